"""Thorax, upper airways, thyroid and endocrine tumours, brain: invented situations."""

from dcc.demo.clinical import Situation

THORAX = (
    Situation(
        form="thorax",
        ages=(50, 76),
        question="Quel traitement adjuvant après lobectomie ?",
        told="Lobectomie inférieure gauche avec curage le {J-30}, marges saines, une station médiastinale envahie.",
        trunk="moment=apres_chirurgie decouverte=fortuite date_diag=M-2 topo=C34.3 lateralite=gauche morpho=8140/3 "
        "date_acp=J-30 taille_tum=34 multifocal=non tnm='p T2a N2a M0' oms=0 tabac=jamais "
        "expo_pro=non bilan=tdm_tap+tep_tdm+irm_cerebrale bilan_txt='pas de métastase' soins_support=apa "
        "oncogenetique=non_indiquee",
        organ="site=lig type=cbnpc histo=adenocarcinome prelev=chirurgie staging_med=ebus_negatif irm_cer=normale "
        "amiante=non pdl1=0 egfr=l858r alk=negatif ros1=negatif kras=sauvage vems=96 dlco=88 operable=operable "
        "resec=resecable chir=aucune rt=aucune periop=osimertinib",
        past=("chirurgie · lobectomie inférieure gauche et curage · J-30 · J-30",),
        plan=("chimiotherapie · cisplatine-pémétrexed, 4 cycles · J+12", "therapie_ciblee · osimertinib, 3 ans"),
    ),
    Situation(
        form="thorax",
        ages=(56, 78),
        question="Radiochimiothérapie possible malgré la fonction respiratoire ?",
        told="Hémoptysies, tumeur du lobe supérieur droit avec ganglions médiastinaux prouvés.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_1er_signe=M-3 date_diag=M-1 topo=C34.1 "
        "lateralite=droite morpho=8070/3 date_acp=J-25 taille_tum=55 multifocal=non "
        "tnm='c T3 N2b M0' oms=1 comorb=respiratoire comorb_txt='BPCO' charlson_comorb=bpco "
        "tabac=actif tabac_pa=50 expo_pro=oui bilan=tdm_tap+tep_tdm+irm_cerebrale "
        "bilan_txt='ganglions 4R et 7 hypermétaboliques' "
        "soins_support=tabac+nutrition oncogenetique=non_indiquee",
        organ="site=lsd type=cbnpc histo=epidermoide prelev=fibroscopie+ebus fibro='bourgeon de la lobaire "
        "supérieure droite' staging_med=ebus_positif irm_cer=normale amiante=certificat_a_faire pdl1=60 vems=62 "
        "dlco=48 vo2=15,5 operable=limite resec=non_resecable chir=aucune rt=concomitante periop=aucun durva=oui "
        "ligne='cisplatine-vinorelbine, 2 cycles'",
        plan=(
            "radiotherapie · 66 Gy avec cisplatine-vinorelbine · J+14",
            "immunotherapie · durvalumab, 1 an",
        ),
    ),
    Situation(
        form="thorax",
        ages=(50, 82),
        question="Première ligne : immunothérapie seule ou associée ?",
        told="Bilan d’une toux persistante : tumeur du culmen avec métastases surrénalienne et hépatiques.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_1er_signe=M-3 date_diag=M-1 topo=C34.1 "
        "lateralite=gauche morpho=8140/3 date_acp=J-20 taille_tum=48 tnm='c T2b N2b M1c2' "
        "meta_sites=foie+surrenale nb_meta=plus_de_5 oms=1 tabac=sevre tabac_pa=45 expo_pro=a_explorer "
        "bilan=tdm_tap+tep_tdm+irm_cerebrale "
        "intention=palliative soins_support=psychologie+nutrition oncogenetique=non_indiquee",
        organ="site=culmen type=cbnpc histo=adenocarcinome prelev=transparietale staging_med=non_explore "
        "irm_cer=normale amiante=a_explorer pdl1=80 egfr=sauvage alk=negatif ros1=negatif kras=autre braf=sauvage "
        "met=negatif ret=negatif operable=inoperable resec=non_resecable chir=aucune rt=aucune periop=aucun "
        "ligne='1re ligne, pembrolizumab'",
        plan=("immunotherapie · pembrolizumab · J+7",),
    ),
    Situation(
        form="thorax",
        ages=(68, 88),
        question="Stéréotaxie d’un nodule non opérable ?",
        told="Nodule du lobe inférieur droit en croissance sur deux scanners, fixant en TEP.",
        trunk="moment=avant_tout_traitement decouverte=fortuite date_diag=M-1 topo=C34.3 lateralite=droite "
        "morpho=8140/3 date_acp=J-22 taille_tum=16 multifocal=non tnm='c T1b N0 M0' oms=1 "
        "comorb=respiratoire comorb_txt='BPCO sévère' charlson_comorb=bpco tabac=sevre tabac_pa=55 "
        "bilan=tdm_tap+tep_tdm "
        "soins_support=kinesitherapie oncogenetique=non_indiquee",
        organ="site=lid type=cbnpc histo=adenocarcinome prelev=transparietale staging_med=non_explore "
        "irm_cer=normale amiante=non vems=38 dlco=34 operable=inoperable resec=resecable chir=aucune rt=stereotaxie "
        "periop=aucun",
        plan=("radiotherapie · stéréotaxie, 5 séances · J+18",),
    ),
    Situation(
        form="thorax",
        ages=(52, 80),
        question="Chimio-immunothérapie d’un carcinome à petites cellules disséminé ?",
        told="Dyspnée d’aggravation rapide, masse médiastino-hilaire droite et métastases hépatiques.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_1er_signe=M-1 date_diag=J-12 topo=C34.1 "
        "lateralite=droite morpho=8041/3 date_acp=J-12 taille_tum=82 tnm='c T4 N3 M1c2' "
        "meta_sites=foie+os nb_meta=plus_de_5 oms=1 tabac=actif tabac_pa=50 bilan=tdm_tap intention=palliative "
        "soins_support=tabac+nutrition+psychologie oncogenetique=non_indiquee",
        organ="site=bsd type=cbpc histo=petites_cellules prelev=ebus cbpc_ext=disseminee irm_cer=en_attente "
        "amiante=non operable=inoperable chir=aucune rt=aucune ligne='1re ligne, "
        "carboplatine-étoposide-atézolizumab'",
        plan=("chimiotherapie · carboplatine-étoposide et atézolizumab, 4 cycles · J+2",),
    ),
)
AIRWAYS = (
    Situation(
        form="vads",
        ages=(45, 76),
        question="Chirurgie première et reconstruction ?",
        told="Ulcération du plancher buccal gauche, douleur et amaigrissement depuis quatre mois.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_1er_signe=M-4 date_diag=M-1 topo=C04.9 "
        "lateralite=gauche morpho=8070/3 date_acp=J-27 taille_tum=31 multifocal=non tnm='c T2 N1 M0' oms=1 "
        "perte_poids=8 tabac=actif tabac_pa=35 alcool=excessif bilan=tdm_tap+irm+endoscopie bilan_txt='pas de lyse "
        "mandibulaire ni de métastase' soins_support=nutrition+tabac+alcool oncogenetique=non_indiquee",
        organ="dent=fait nutri=denutrition_moderee trach=prevue phoniatre=a_faire site=plancher histo=epidermoide "
        "doi=8 nbi=faite second=non ene=non gg='un ganglion IB gauche de 18 mm' chir='pelvi-glossectomie gauche' "
        "curage=bilateral lambeau=lambeau_libre rtct=post_operatoire_rt",
        plan=(
            "chirurgie · pelvi-glossectomie, curage bilatéral et lambeau libre · J+12",
            "radiotherapie · postopératoire",
        ),
    ),
    Situation(
        form="vads",
        ages=(48, 70),
        question="Radiochimiothérapie d’un carcinome de la base de langue ?",
        told="Adénopathie cervicale droite découverte au rasage, puis tumeur de la base de langue.",
        sex="M",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_diag=M-1 topo=C01 lateralite=droite "
        "morpho=8070/3 date_acp=J-22 taille_tum=46 multifocal=non tnm='c T3 N2 M0' oms=0 creat_clair=92 "
        "comorb=aucune tabac=jamais alcool=occasionnel bilan=tdm_tap+irm+tep_tdm "
        "soins_support=nutrition+psychologie oncogenetique=non_indiquee",
        organ="dent=a_faire nutri=normale trach=non phoniatre=fait site=base_langue histo=epidermoide p16=positif "
        "nbi=faite second=non ene=non gg='II et III droits, 35 mm, et II gauche de 15 mm' curage=non "
        "rtct=rt_cisplatine",
        plan=("radiotherapie · 70 Gy avec cisplatine toutes les 3 semaines · J+21",),
    ),
    Situation(
        form="vads",
        ages=(50, 74),
        question="Préservation laryngée ou pharyngo-laryngectomie totale ?",
        told="Dysphagie et otalgie réflexe, tumeur du sinus piriforme gauche, hémilarynx fixé.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_1er_signe=M-3 date_diag=M-1 topo=C12 "
        "lateralite=gauche morpho=8070/3 date_acp=J-20 taille_tum=38 multifocal=non tnm='c T3 N2b M0' oms=1 "
        "creat_clair=84 perte_poids=7 tabac=actif tabac_pa=45 alcool=excessif bilan=tdm_tap+tep_tdm+endoscopie "
        "soins_support=nutrition+tabac+alcool oncogenetique=non_indiquee",
        organ="dent=fait nutri=gastrostomie_prevue trach=non phoniatre=fait site=sinus_piriforme histo=epidermoide "
        "mobilite=fixee_un_cote nbi=faite second=non ene=non gg='II et III gauches, 28 mm' curage=non "
        "preserv=tpf_induction",
        plan=(
            "chimiotherapie · docétaxel, cisplatine et 5-FU, 3 cycles · J+9",
            "radiotherapie · selon la réponse à l’induction",
        ),
    ),
    Situation(
        form="vads",
        ages=(55, 82),
        motive="change",
        question="Immunothérapie en première ligne métastatique ?",
        told="Carcinome glottique opéré et irradié, nodules pulmonaires multiples au scanner de surveillance.",
        trunk="moment=rechute_ou_progression decouverte=symptomes date_diag=M-32 topo=C32.0 lateralite=sans_objet "
        "morpho=8070/3 tnm='r T0 N0 M1' stade=IVC meta_sites=poumon nb_meta=plus_de_5 phase=rechute "
        "date_rechute=M-1 prog_locale=non prog_distance=oui oms=1 perte_poids=5 tabac=sevre tabac_pa=50 "
        "alcool=sevre bilan=tdm_tap+tep_tdm intention=palliative soins_support=douleur+nutrition "
        "oncogenetique=non_indiquee",
        organ="dent=sans_objet nutri=denutrition_moderee trach=non phoniatre=sans_objet site=glotte "
        "histo=epidermoide pdl1=sup_20 second=non preserv=non rtct=aucune recid_met=pembrolizumab",
        past=(
            "chirurgie · laryngectomie partielle et curage · M-30 · M-30",
            "radiotherapie · 66 Gy · M-29 · M-27 · rc",
        ),
        plan=("immunotherapie · pembrolizumab toutes les 6 semaines · J+10",),
    ),
)
ENDOCRINE = (
    Situation(
        form="thyroide",
        ages=(30, 54),
        question="Indication d’une irathérapie ?",
        told="Thyroïdectomie totale et curage central le {J-38}, quatre ganglions envahis sur neuf.",
        trunk="moment=apres_chirurgie decouverte=fortuite date_diag=M-3 topo=C73 lateralite=droite morpho=8260/3 "
        "date_acp=J-38 taille_tum=26 multifocal=oui tnm='p T2 N1a M0' oms=0 comorb=aucune bilan=echographie "
        "bilan_txt='pas d’adénopathie latérale' grossesse=non contraception=oui fertilite=sans_objet "
        "soins_support=psychologie oncogenetique=non_indiquee",
        organ="groupe=papillaire braf=braf_v600e tg='1,8 / négatifs' ata=intermediaire iode=100_mci tsh=0_1_a_0_5 "
        "chir=non",
        past=("chirurgie · thyroïdectomie totale et curage central · J-38 · J-38",),
        plan=("iratherapie · 3,7 GBq sous TSH recombinante · J+45",),
    ),
    Situation(
        form="thyroide",
        ages=(52, 78),
        motive="change",
        question="Radiothérapie interne vectorisée ?",
        told="Tumeur neuroendocrine du grêle connue depuis quatre ans, progression hépatique sous lanréotide.",
        trunk="moment=rechute_ou_progression decouverte=symptomes date_diag=M-46 topo=C17.2 lateralite=sans_objet "
        "morpho=8240/3 relecture=concordante tnm='c T3 N1 M1' stade=IV meta_sites=foie+ganglions nb_meta=plus_de_5 "
        "phase=progression date_rechute=M-1 prog_distance=oui oms=1 bilan=tdm_tap+irm+marqueurs bilan_txt='5-HIAA à "
        "4 fois la normale' intention=palliative soins_support=nutrition oncogenetique=non_indiquee",
        organ="groupe=net_digestive net_site=grele net_grade=g2 net_ki67=8,5 net_sec=carcinoide net_dota=positive "
        "net_prop=lutetium",
        past=("autre_medicament · lanréotide 120 mg toutes les 4 semaines · M-44 · · stable",),
        plan=("iratherapie · 4 cycles de 177Lu-DOTATATE · J+40",),
    ),
    Situation(
        form="thyroide",
        ages=(40, 76),
        question="Étendue de la chirurgie d’un carcinome médullaire ?",
        told="Nodule du lobe gauche, calcitonine élevée, cytoponction évocatrice d’un carcinome médullaire.",
        trunk="moment=avant_tout_traitement decouverte=fortuite date_diag=M-1 topo=C73 lateralite=gauche "
        "morpho=8510/3 date_acp=J-20 taille_tum=18 multifocal=non tnm='c T1b N0 M0' oms=0 "
        "bilan=echographie+marqueurs soins_support=psychologie oncogenetique=a_proposer",
        organ="groupe=medullaire braf=non_fait calcito=412 chir=thyroidectomie_totale",
        plan=("chirurgie · thyroïdectomie totale et curage central, après recherche d’un phéochromocytome · J+30",),
    ),
)
BRAIN = (
    Situation(
        form="neuro",
        ages=(42, 69),
        question="Protocole de Stupp après exérèse subtotale ?",
        told="Crise généralisée inaugurale, exérèse d’une lésion frontale droite le {J-18}.",
        trunk="moment=apres_chirurgie decouverte=symptomes date_1er_signe=M-2 date_diag=J-18 topo=C71.1 "
        "lateralite=droite morpho=9440/3 date_acp=J-18 taille_tum=46 oms=1 bilan=irm_cerebrale intention=palliative "
        "fertilite=sans_objet grossesse=non contraception=oui soins_support=psychologie+kinesitherapie "
        "social=aidant_present oncogenetique=non_indiquee",
        organ="site=frontal cote=droit fonct=non kps=80 mms=epilepsie+corticoides cortico=8 entite=glioblastome "
        "grade=4 idh=sauvage mgmt=methyle tert=tert_mute+egfr_amplifie+gain_7_perte_10 geste=exerese_subtotale "
        "irm72=faite residu=2,5 prop=stupp conduite=oui",
        past=("chirurgie · exérèse subtotale · J-18 · J-18",),
        plan=(
            "radiotherapie · 60 Gy en 30 fractions avec témozolomide · J+14",
            "chimiotherapie · témozolomide, 6 cycles",
        ),
    ),
    Situation(
        form="neuro",
        ages=(30, 56),
        motive="change",
        question="Traitement d’une récidive d’oligodendrogliome, six ans après la chirurgie ?",
        told="Majoration lente de l’hypersignal sur trois IRM, sans prise de contraste ; examen normal.",
        trunk="moment=rechute_ou_progression date_diag=M-76 topo=C71.3 lateralite=gauche morpho=9450/3 "
        "phase=rechute date_rechute=M-1 prog_locale=oui oms=0 comorb=aucune bilan=irm_cerebrale "
        "intention=palliative grossesse=non contraception=oui oncogenetique=non_indiquee soins_support=psychologie",
        organ="site=parietal cote=gauche fonct=oui kps=90 mms=epilepsie entite=oligodendrogliome grade=2 idh=r132h "
        "1p19q=oui rano=progression prop=vorasidenib conduite=oui",
        past=("chirurgie · exérèse partielle en condition éveillée · M-76 · M-76 · stable",),
        plan=("therapie_ciblee · vorasidénib · J+14", "ou radiotherapie · puis PCV"),
    ),
    Situation(
        form="neuro",
        ages=(52, 80),
        question="Stéréotaxie de deux métastases cérébrales d’un cancer bronchique ?",
        told="Déficit discret du membre supérieur gauche, deux métastases sur l’IRM ; primitif pulmonaire contrôlé.",
        trunk="moment=rechute_ou_progression tumeur_statut=metastase_connue "
        "date_diag=M-14 topo=C79.3 lateralite=droite preuve_histo=imagerie "
        "phase=progression date_rechute=M-1 prog_distance=oui oms=1 bilan=irm_cerebrale+tdm_tap tabac=sevre "
        "tabac_pa=40 intention=palliative soins_support=kinesitherapie oncogenetique=non_indiquee",
        organ="site=multifocal cote=droit fonct=non kps=80 mms=deficit_moteur+corticoides cortico=8 "
        "entite=metastase geste=pas_de_geste meta_nb='deux métastases de 18 et 11 mm, primitif contrôlé' dsgpa=2,5 "
        "prop=stereotaxie conduite=oui",
        past=("chimiotherapie · carboplatine, pémétrexed et pembrolizumab · M-13 · M-10 · rp",),
        plan=("radiotherapie · deux lésions, 30 Gy en 3 fractions · J+7",),
    ),
)
SITUATIONS = (*THORAX, *AIRWAYS, *ENDOCRINE, *BRAIN)
