"""Colon, rectum and anus, liver and pancreas, oesophagus and stomach: invented situations."""

from dcc.demo.clinical import Situation

COLORECTAL = (
    Situation(
        form="colorectal",
        ages=(50, 74),
        question="Chimiothérapie adjuvante : trois ou six mois ?",
        told="Sigmoïdectomie cœlioscopique le {J-26}, suites simples.",
        trunk="moment=apres_chirurgie decouverte=depistage_organise date_diag=M-2 topo=C18.7 lateralite=sans_objet "
        "morpho=8140/3 date_acp=J-26 taille_tum=38 multifocal=non tnm='p T3 N1b M0' oms=0 bilan=tdm_tap "
        "bilan_txt='pas de lésion à distance' soins_support=apa oncogenetique=non_indiquee",
        organ="site=sigmoide complic=aucune colo=oui ace=3,2 histo=lieberkuhnien grade=moyennement gg='2 / 21' "
        "gg_examines=21 emboles=aucun budding=bd1 r=r0 msi=pmmr dpyd=normal uracile=8,6 chir=aucune adj=folfox_3",
        past=("chirurgie · sigmoïdectomie cœlioscopique · J-26 · J-26",),
        plan=("chimiotherapie · CAPOX, 3 mois · J+14",),
    ),
    Situation(
        form="colorectal",
        ages=(50, 70),
        question="Traitement néoadjuvant total avant proctectomie ?",
        told="Rectorragies depuis quatre mois, tumeur du moyen rectum à 7 cm de la marge anale.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_1er_signe=M-4 date_diag=M-1 topo=C20 "
        "lateralite=sans_objet morpho=8140/3 date_acp=J-23 taille_tum=46 multifocal=non tnm='c T3 N1b M0' oms=0 "
        "bilan=tdm_tap+irm bilan_txt='pas de lésion à distance' soins_support=nutrition+stomatherapie "
        "oncogenetique=non_indiquee",
        organ="site=moyen_rectum dist_ma=7 complic=aucune colo=oui irm_mrf=0,8 irm_emvi=oui irm_tdepot=non ace=9,4 "
        "histo=lieberkuhnien grade=moyennement msi=pmmr dpyd=normal uracile=10,2 chir=proctectomie "
        "stomie=temporaire neoadj=tnt_prodige_23",
        plan=(
            "chimiotherapie · mFOLFIRINOX, 6 cycles · J+10",
            "radiotherapie · 50 Gy avec capécitabine",
            "chirurgie · proctectomie avec exérèse du mésorectum",
        ),
    ),
    Situation(
        form="colorectal",
        ages=(46, 76),
        question="Chimiothérapie première avant chirurgie des métastases hépatiques ?",
        told="Anémie ferriprive. Adénocarcinome du côlon ascendant et cinq métastases hépatiques synchrones.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_diag=M-1 topo=C18.2 lateralite=sans_objet "
        "morpho=8140/3 date_acp=J-20 multifocal=non tnm='c T3 N1b M1a' meta_sites=foie nb_meta=2_5 oms=1 "
        "bilan=tdm_tap+irm intention=curative soins_support=nutrition oncogenetique=non_indiquee",
        organ="site=ascendant complic=aucune colo=oui ace=86 histo=lieberkuhnien grade=moyennement "
        "meta_resec=potentiellement meta_nb_foie='5 lésions, 42 mm, deux lobes' msi=pmmr kras=mute kras_var=G12D "
        "nras=sauvage braf=sauvage dpyd=normal uracile=7,9 chir=aucune ligne='1re ligne, FOLFIRI et bévacizumab'",
        plan=(
            "chimiotherapie · FOLFIRI et bévacizumab, 4 cycles puis réévaluation · J+8",
            "chirurgie · résection hépatique et colectomie selon la réponse",
        ),
    ),
    Situation(
        form="colorectal",
        ages=(68, 90),
        question="Immunothérapie première ou chirurgie ?",
        told="Tumeur du cæcum avec métastases hépatiques et carcinose, instabilité des microsatellites.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_1er_signe=M-3 date_diag=M-1 topo=C18.0 "
        "lateralite=sans_objet morpho=8480/3 date_acp=J-16 tnm='c T4a N2b M1c' meta_sites=foie+peritoine "
        "nb_meta=plus_de_5 oms=1 perte_poids=6 bilan=tdm_tap+endoscopie intention=palliative "
        "soins_support=nutrition+psychologie oncogenetique=non_indiquee",
        organ="site=caecum complic=aucune colo=oui ace=212 histo=mucineux grade=peu meta_resec=jamais "
        "meta_nb_foie='multiples, 35 mm, deux lobes' pci=14 msi=dmmr mlh1=mlh1+pms2 mlh1_met=sporadique "
        "kras=sauvage nras=sauvage braf=v600e dpyd=non_fait chir=aucune ligne='1re ligne, pembrolizumab'",
        plan=("immunotherapie · pembrolizumab · J+7",),
    ),
    Situation(
        form="colorectal",
        ages=(46, 78),
        question="Radiochimiothérapie : doses et volumes ?",
        told="Douleur anale et rectorragies, lésion ulcérée du canal anal de 34 mm.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_diag=M-1 topo=C21.1 lateralite=sans_objet "
        "morpho=8070/3 date_acp=J-21 taille_tum=34 tnm='c T2 N1a M0' oms=1 bilan=irm+tep_tdm soins_support=douleur "
        "bilan_txt='un ganglion inguinal gauche fixant' oncogenetique=non_indiquee",
        organ="site=canal_anal complic=aucune colo=oui histo=epidermoide dpyd=normal uracile=9,1 chir=aucune",
        plan=("radiotherapie · canal anal et aires inguinales, avec capécitabine et mitomycine · J+15",),
    ),
)
LIVER = (
    Situation(
        form="hpb",
        ages=(50, 69),
        question="Ablation percutanée ou inscription sur liste de greffe ?",
        told="Nodule de 28 mm du segment VI, découvert par l’échographie semestrielle d’une cirrhose compensée.",
        trunk="moment=avant_tout_traitement decouverte=surveillance date_diag=M-1 topo=C22.0 lateralite=sans_objet "
        "preuve_histo=imagerie multifocal=non tnm='c T1b N0 M0' oms=0 comorb=hepatopathie "
        "charlson_comorb=hepatopathie_legere alcool=sevre bilan=tdm_tap+irm bilan_txt='rehaussement artériel et "
        "lavage portal' soins_support=nutrition+apa oncogenetique=non_indiquee",
        organ="organe=chc foie_sousjacent=cirrhose cause_cirr=alcool+mash child_albumine=34 child_tp=72 "
        "child_ascite=absente child_encephalopathie=absente meld=9 htp=oui afp=45 bili=19 ch_nb=1 ch_taille=28 "
        "ch_portal=non ch_bclc=a ch_lirads=5 ch_prop=ablation",
        plan=(
            "radiologie_interventionnelle · thermoablation par micro-ondes · J+21",
            "ou chirurgie · transplantation hépatique en cas de récidive",
        ),
    ),
    Situation(
        form="hpb",
        ages=(48, 74),
        question="Traitement néoadjuvant avant duodénopancréatectomie ?",
        told="Ictère nu, endoprothèse biliaire métallique posée le {J-19}.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_1er_signe=M-2 date_diag=M-1 topo=C25.0 "
        "lateralite=sans_objet morpho=8140/3 date_acp=J-17 taille_tum=31 multifocal=non tnm='c T2 N1 M0' oms=1 "
        "perte_poids=8 bilan=tdm_tap+echoendoscopie+irm bilan_txt='pas de lésion hépatique en IRM' "
        "soins_support=nutrition+psychologie oncogenetique=a_proposer",
        organ="organe=pancreas foie_sousjacent=normal ca199=812,5 bili=24 ck_drain=cpre pa_resec=borderline "
        "pa_vasc='VMS 150°, AMS libre, tronc cœliaque libre' pa_biopsie=eus_fnb pa_brca=non_fait "
        "pa_prop=mfolfirinox_neoadjuvant",
        plan=(
            "chimiotherapie · mFOLFIRINOX, 6 cures · J+7",
            "chirurgie · duodénopancréatectomie céphalique après réévaluation",
        ),
    ),
    Situation(
        form="hpb",
        ages=(56, 80),
        motive="change",
        question="Deuxième ligne après progression hépatique et péritonéale ?",
        told="Cholangiocarcinome périhilaire en progression après huit cures, ictère récidivant drainé.",
        trunk="moment=rechute_ou_progression date_diag=M-14 topo=C24.0 lateralite=sans_objet morpho=8160/3 tnm='c "
        "T2b N1 M1' meta_sites=foie+peritoine nb_meta=plus_de_5 phase=progression date_rechute=M-1 prog_locale=oui "
        "prog_distance=oui oms=1 perte_poids=6 bilan=tdm_tap intention=palliative soins_support=douleur+emsp "
        "oncogenetique=non_indiquee",
        organ="organe=cholangiocarcinome_perihilaire foie_sousjacent=fibrose_f1_f2 ca199=2350 bili=31 "
        "ck_bismuth=iiib ck_drain=percutane ck_mol=idh1_mute ck_prop=ivosidenib",
        past=("chimiotherapie · gemcitabine, cisplatine et durvalumab · M-12 · M-2 · stable",),
        plan=("therapie_ciblee · ivosidénib · J+10",),
    ),
    Situation(
        form="hpb",
        ages=(55, 80),
        question="Première ligne d’un carcinome hépatocellulaire avancé ?",
        told="Altération de l’état général sur cirrhose virale C guérie, thrombose tumorale d’une branche portale.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_diag=M-1 topo=C22.0 lateralite=sans_objet "
        "morpho=8170/3 date_acp=J-14 multifocal=oui tnm='c T4 N0 M0' oms=1 comorb=hepatopathie "
        "charlson_comorb=hepatopathie_legere bilan=tdm_tap+irm intention=palliative soins_support=nutrition "
        "oncogenetique=non_indiquee",
        organ="organe=chc foie_sousjacent=cirrhose cause_cirr=vhc child_albumine=37 child_tp=81 "
        "child_ascite=absente child_encephalopathie=absente meld=8 htp=non afp=1860 bili=16 ch_nb=plus_de_3 "
        "ch_taille=64 ch_portal=branche ch_bclc=c ch_lirads=biopsie_faite ch_prop=atezolizumab_bevacizumab",
        plan=("immunotherapie · atézolizumab-bévacizumab, après fibroscopie · J+14",),
    ),
)
STOMACH = (
    Situation(
        form="estomac",
        ages=(50, 74),
        question="FLOT périopératoire puis gastrectomie ?",
        told="Épigastralgies et anémie, ulcère creusant de l’antre.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_1er_signe=M-3 date_diag=M-1 topo=C16.3 "
        "lateralite=sans_objet morpho=8144/3 date_acp=J-20 taille_tum=42 multifocal=non tnm='c T3 N1 M0' oms=1 "
        "perte_poids=6 bilan=tdm_tap+echoendoscopie+coelioscopie soins_support=nutrition oncogenetique=non_indiquee",
        organ="site=antre histo=adenocarcinome lauren=intestinal dysphagie=0 hpylori=positif echoendo='uT3 uN1' "
        "coelio=negative msi=pmmr prop=flot nutri=non",
        plan=(
            "chimiotherapie · FLOT, 4 cycles · J+9",
            "chirurgie · gastrectomie et curage D2",
            "chimiotherapie · FLOT, 4 cycles",
        ),
    ),
    Situation(
        form="estomac",
        ages=(52, 76),
        question="Radiochimiothérapie puis chirurgie ?",
        told="Dysphagie progressive, sténose franchissable à 28 cm des arcades dentaires.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_1er_signe=M-3 date_diag=M-1 topo=C15.4 "
        "lateralite=sans_objet morpho=8070/3 date_acp=J-26 taille_tum=45 multifocal=non tnm='c T3 N1 M0' oms=1 "
        "perte_poids=10 tabac=actif tabac_pa=40 alcool=excessif bilan=tdm_tap+tep_tdm+echoendoscopie+endoscopie "
        "bilan_txt='panendoscopie et fibroscopie bronchique sans lésion' soins_support=nutrition+tabac+alcool "
        "oncogenetique=non_indiquee",
        organ="site=oesophage_moyen histo=epidermoide dysphagie=2 echoendo='uT3 uN1' prop=cross nutri=prevue",
        plan=(
            "radiotherapie · 41,4 Gy avec carboplatine et paclitaxel · J+14",
            "chirurgie · œsophagectomie de Lewis Santy",
        ),
    ),
    Situation(
        form="estomac",
        ages=(58, 84),
        motive="change",
        question="Traitement de la rechute hépatique ?",
        told="Adénocarcinome de la jonction opéré il y a deux ans, deux lésions hépatiques au scanner de surveillance.",
        trunk="moment=rechute_ou_progression decouverte=symptomes date_diag=M-27 topo=C16.0 lateralite=sans_objet "
        "morpho=8140/3 tnm='r T0 N0 M1' stade=IV meta_sites=foie nb_meta=2_5 phase=rechute date_rechute=M-1 "
        "prog_distance=oui oms=1 bilan=tdm_tap+tep_tdm intention=palliative soins_support=nutrition "
        "oncogenetique=non_indiquee",
        organ="site=siewert_2 histo=adenocarcinome dysphagie=0 her2=3plus pdl1=1_4 cldn18=non_fait msi=pmmr "
        "prop=folfox_trastuzumab nutri=non",
        past=(
            "radiotherapie · radiochimiothérapie préopératoire (CROSS) · M-26 · M-25 · rp",
            "chirurgie · œsophagectomie · M-23 · M-23",
        ),
        plan=("chimiotherapie · FOLFOX, trastuzumab et pembrolizumab · J+10",),
    ),
)
SITUATIONS = (*COLORECTAL, *LIVER, *STOMACH)
