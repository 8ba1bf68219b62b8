"""Haematology: invented situations."""

from dcc.demo.clinical import Situation

SITUATIONS = (
    Situation(
        form="hemato",
        ages=(20, 46),
        question="Traitement de première ligne d’un lymphome de Hodgkin disséminé ?",
        told="Sueurs nocturnes, prurit et masse médiastinale, biopsie d’un ganglion sus-claviculaire.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_1er_signe=M-4 date_diag=M-1 topo=C81.1 "
        "lateralite=sans_objet morpho=9663/3 date_acp=J-16 oms=1 comorb=aucune perte_poids=9 bilan=tep_tdm "
        "bilan_txt='atteinte sus- et sous-diaphragmatique, foyer hépatique' fertilite=adresse grossesse=non "
        "contraception=oui soins_support=psychologie+fertilite oncogenetique=non_indiquee",
        organ="famille=hodgkin classif=oms_2022 relecture=concordante virus=tous_negatifs hemogramme='9,8 / 452 / "
        "14,1' ldh=1,4 b2m=2,9 greffe_elig=oui ann_arbor=iv symptomes_b=b e=multiple bulky=oui ips_albumine=31 "
        "ips_hb=9,8 ips_gb=16,2 ips_lympho=0,5 ly_prop=brentuximab_avd",
        plan=("chimiotherapie · brentuximab-AVD, 6 cycles · J+7",),
    ),
    Situation(
        form="hemato",
        ages=(48, 78),
        question="R-CHOP ou Pola-R-CHP en première ligne ?",
        told="Adénopathies inguinales et rétropéritonéales d’apparition rapide, biopsie chirurgicale.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_1er_signe=M-2 date_diag=J-18 topo=C83.3 "
        "lateralite=sans_objet morpho=9680/3 date_acp=J-18 oms=1 bilan=tep_tdm soins_support=nutrition "
        "oncogenetique=non_indiquee",
        organ="famille=lnh_agressif classif=oms_2022 relecture=demandee virus=tous_negatifs hemogramme='11,6 / 210 "
        "/ 4,2' ldh=1,8 ann_arbor=iii symptomes_b=a e=non bulky=oui ipi_sites=0 snc_rein=non coo=gcb myc=aucun "
        "greffe_elig=a_evaluer ly_prop=pola_r_chp",
        plan=("chimiotherapie · Pola-R-CHP, 6 cycles · J+6",),
    ),
    Situation(
        form="hemato",
        ages=(50, 70),
        question="Induction puis autogreffe ?",
        told="Tassement de L1 et anémie, pic monoclonal IgG kappa.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_diag=M-1 topo=C90.0 lateralite=sans_objet "
        "morpho=9732/3 date_acp=J-14 oms=1 creat_clair=74 bilan=tep_tdm+irm bilan_txt='lésions lytiques du rachis "
        "et du bassin, sans épidurite' soins_support=douleur+apa oncogenetique=non_indiquee",
        organ="famille=myelome classif=oms_2022 virus=tous_negatifs hemogramme='9,6 / 198 / 3,1' ldh=0,9 b2m=4,1 "
        "greffe_elig=oui mm_type=igg_kappa mm_pic='38 / 24' mm_plasmo=35 mm_crab=anemie+lesions_osseuses "
        "iss_albumine=36 mm_cyto=standard mm_prop=dara_vrd_puis_autogreffe",
        plan=("immunotherapie · Dara-VRd, 4 cycles · J+8", "greffe · autogreffe après intensification"),
    ),
    Situation(
        form="hemato",
        ages=(58, 86),
        motive="follow_up",
        question="Faut-il débuter un traitement ?",
        told="Leucémie lymphoïde chronique suivie depuis quatre ans, lymphocytose doublée en cinq mois, asthénie.",
        trunk="moment=apres_traitement date_diag=M-50 topo=C91.1 lateralite=sans_objet morpho=9823/3 "
        "phase=progression date_rechute=M-1 oms=1 bilan=echographie soins_support=apa oncogenetique=non_indiquee "
        "intention=palliative",
        organ="famille=llc classif=oms_2022 virus=tous_negatifs hemogramme='10,8 / 142 / 3,4' ldh=1,1 b2m=4,4 "
        "llc_hb=10,8 llc_plaquettes=142 llc_aires=3 llc_rate=oui llc_foie=non llc_iwcll=oui llc_tp53=non "
        "llc_ighv=non_mute llc_prop=venetoclax_obinutuzumab",
        plan=("therapie_ciblee · vénétoclax et obinutuzumab, 12 cycles · J+14",),
    ),
    Situation(
        form="hemato",
        ages=(68, 88),
        question="Azacitidine et vénétoclax chez un sujet non éligible à l’intensif ?",
        told="Pancytopénie fébrile, leucémie aiguë myéloïde au myélogramme.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_diag=J-8 topo=C92.0 lateralite=sans_objet "
        "morpho=9861/3 date_acp=J-8 oms=2 bilan=ponction_biopsie intention=palliative "
        "soins_support=psychologie+social oncogenetique=non_indiquee",
        organ="famille=lam classif=oms_2022 virus=tous_negatifs hemogramme='7,9 / 28 / 0,4' ldh=1,6 la_blastes='22 "
        "/ 54' la_gb=11,5 eln_complet=oui eln_caryo=normal eln_genes=srsf2 la_mut=asxl1 la_fit=non "
        "la_mrd=non_evaluee la_donneur=non_recherche la_prop=aza_venetoclax",
        plan=("chimiotherapie · azacitidine et vénétoclax · J+2",),
    ),
)
