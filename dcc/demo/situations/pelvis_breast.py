"""Breast, gynaecology, prostate and urology: invented situations."""

from dcc.demo.clinical import Situation

BREAST = (
    Situation(
        form="sein",
        sex="F",
        ages=(50, 72),
        question="Après tumorectomie, y a-t-il une indication de chimiothérapie adjuvante ?",
        told="Tumorectomie et ganglion sentinelle le {J-20}, suites simples.",
        trunk="moment=apres_chirurgie decouverte=depistage_organise date_diag=M-2 topo=C50.4 lateralite=droite "
        "morpho=8500/3 date_acp=J-20 taille_tum=18 multifocal=non tnm='p T1c N1mi M0' bilan=echographie+tdm_tap "
        "bilan_txt='pas de lésion secondaire' oncogenetique=non_indiquee",
        organ="quadrant=qse birads=5 densite=b clip=oui statut_menop=menopausee prelev=tumorectomie histo=tns sbr=2 "
        "sbr_det=3/2/1 re=90 rp=80 her2_ihc=2plus her2_ish=non_amplifie ki67=24 embols=non marges=saines "
        "gs_fait=micrometastase gs_preleves=3 gs_envahis=1 signature=demandee brca=non_indique chir=pas_de_chirurgie "
        "rt=sein_entier+boost chimio=adjuvante protocole='3 EC puis 3 docétaxel' hormono=anti_aromatase cdk=non",
        past=("chirurgie · tumorectomie et ganglion sentinelle · J-20 · J-20",),
        plan=(
            "chimiotherapie · 3 EC puis 3 docétaxel, si la signature est de haut risque · J+21",
            "radiotherapie · sein entier et boost",
            "hormonotherapie · anti-aromatase, 5 ans",
        ),
    ),
    Situation(
        form="sein",
        sex="F",
        ages=(30, 62),
        question="Traitement néoadjuvant d’un carcinome triple négatif ?",
        told="Nodule palpé il y a six semaines, biopsies du sein et d’un ganglion axillaire positives.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_1er_signe=M-2 date_diag=M-1 topo=C50.2 "
        "lateralite=gauche morpho=8500/3 date_acp=J-24 taille_tum=34 multifocal=non tnm='c T2 N1 M0' oms=0 "
        "bilan=irm+tep_tdm bilan_txt='un ganglion axillaire fixant, pas de lésion à distance' "
        "oncogenetique=a_proposer fertilite=adresse grossesse=non contraception=oui",
        organ="quadrant=qsi birads=5 densite=c taille_irm=36 foyers=unifocal clip=oui prelev=microbiopsie histo=tns "
        "sbr=3 sbr_det=3/3/3 re=0 rp=0 her2_ihc=0 ki67=70 tils=40 embols=non brca=demande chimio=neoadjuvante "
        "protocole='carboplatine-paclitaxel puis EC, avec pembrolizumab'",
        plan=(
            "chimiotherapie · carboplatine-paclitaxel puis EC · J+12",
            "immunotherapie · pembrolizumab · J+12",
            "chirurgie · selon la réponse et le résultat de BRCA",
        ),
    ),
    Situation(
        form="sein",
        sex="F",
        ages=(36, 52),
        motive="change",
        question="Traitement adjuvant après réponse incomplète au traitement néoadjuvant ?",
        told="Tumeur HER2 positif de 41 mm traitée par chimiothérapie néoadjuvante avec double blocage, "
        "puis tumorectomie et ganglion sentinelle le {J-25}.",
        trunk="moment=apres_chirurgie decouverte=symptomes date_diag=M-8 topo=C50.4 lateralite=gauche morpho=8500/3 "
        "date_acp=J-25 taille_tum=7 multifocal=non tnm='yp T1b N0 M0' bilan=irm+echographie fertilite=refus "
        "grossesse=non contraception=oui oncogenetique=non_indiquee",
        organ="quadrant=qse birads=6 clip=oui statut_menop=non_menopausee prelev=tumorectomie histo=tns sbr=3 re=20 "
        "rp=0 her2_ihc=3plus ki67=45 embols=non marges=saines gs_fait=negatif gs_preleves=3 gs_envahis=0 rcb=rcb_1 "
        "brca=pas_de_variant chir=pas_de_chirurgie rt=sein_entier+boost chimio=non antiher2=t_dm1 "
        "hormono=tamoxifene cdk=non",
        past=(
            "chimiotherapie · docétaxel, carboplatine, trastuzumab, pertuzumab, 6 cycles · M-7 · M-2 · rp",
            "chirurgie · tumorectomie et ganglion sentinelle · J-25 · J-25",
        ),
        plan=("therapie_ciblee · T-DM1, 14 cycles · J+14", "radiotherapie · sein entier et boost"),
    ),
    Situation(
        form="sein",
        sex="F",
        ages=(52, 82),
        question="Première ligne d’un cancer du sein métastatique osseux ?",
        told="Douleurs dorsales depuis trois mois, révélant une tumeur du sein avec métastases osseuses d’emblée.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_1er_signe=M-4 date_diag=M-1 topo=C50.8 "
        "lateralite=droite morpho=8520/3 date_acp=J-30 taille_tum=42 multifocal=oui tnm='c T2 N1 M1' meta_sites=os "
        "nb_meta=plus_de_5 oms=1 bilan=tep_tdm+marqueurs bilan_txt='lésions du rachis dorsal et du bassin, sans "
        "menace médullaire' intention=palliative soins_support=douleur+psychologie oncogenetique=a_proposer",
        organ="birads=5 foyers=multifocal statut_menop=menopausee prelev=microbiopsie histo=lobulaire sbr=2 re=95 "
        "rp=60 her2_ihc=1plus ki67=15 brca=demande pik3ca=non_fait ca153=148 chir=pas_de_chirurgie rt=aucune "
        "chimio=non hormono=anti_aromatase cdk=ribociclib",
        plan=(
            "hormonotherapie · létrozole · J+7",
            "therapie_ciblee · ribociclib · J+7",
            "autre_medicament · dénosumab, après bilan dentaire",
        ),
    ),
    Situation(
        form="sein",
        sex="F",
        ages=(50, 72),
        question="Carcinome intracanalaire étendu : mastectomie avec reconstruction immédiate ?",
        told="Microcalcifications étendues du quadrant supéro-externe au dépistage, macrobiopsies en deux sites.",
        trunk="moment=avant_tout_traitement decouverte=depistage_organise date_diag=M-1 topo=D05.1 "
        "lateralite=gauche morpho=8500/2 date_acp=J-22 multifocal=non tnm='c Tis(DCIS) N0 M0' bilan=irm "
        "oncogenetique=non_indiquee",
        organ="quadrant=qse birads=5 densite=c clip=oui statut_menop=menopausee prelev=macrobiopsie histo=ccis "
        "ccis_grade=haut ccis_taille=62 re=80 rp=50 brca=non_indique chir=mastectomie_etui axil=gs recon=immediate "
        "rt=aucune chimio=non",
        plan=("chirurgie · mastectomie, ganglion sentinelle et reconstruction immédiate · J+28",),
    ),
    Situation(
        form="sein",
        sex="F",
        ages=(75, 90),
        question="Chirurgie seule ou hormonothérapie première à cet âge ?",
        told="Nodule découvert à l’examen par le médecin traitant, autonomie conservée.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_diag=M-1 topo=C50.4 lateralite=droite "
        "morpho=8500/3 date_acp=J-18 taille_tum=16 multifocal=non tnm='c T1c N0 M0' oms=1 bilan=echographie "
        "oncogenetique=non_indiquee",
        organ="quadrant=qse birads=5 densite=a clip=oui statut_menop=menopausee prelev=microbiopsie histo=tns sbr=1 "
        "re=100 rp=90 her2_ihc=0 ki67=8 brca=non_indique chir=tumorectomie axil=aucun rt=aucune chimio=non "
        "hormono=anti_aromatase cdk=non",
        plan=("chirurgie · tumorectomie sous sédation · J+20", "hormonotherapie · anti-aromatase, 5 ans"),
    ),
)
GYNAECOLOGY = (
    Situation(
        form="gyneco",
        sex="F",
        ages=(50, 76),
        question="Chirurgie première ou chimiothérapie puis chirurgie d’intervalle ?",
        told="Distension abdominale et ascite. Cœlioscopie le {J-15} : carcinose étendue aux coupoles et au grêle.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_1er_signe=M-3 date_diag=M-1 topo=C56 "
        "lateralite=bilaterale morpho=8461/3 date_acp=J-15 tnm='c T3c N0 M0' oms=1 "
        "bilan=tdm_tap+coelioscopie+marqueurs oncogenetique=a_proposer soins_support=nutrition+apa",
        organ="organe=ovaire ca125=860 ov_histo=sereux_haut_grade ov_brca=en_cours ov_pci=24 ov_residu=non_operee "
        "ov_coelio='Fagotti 10, non résécable d’emblée' figo=IIIC ov_prop=intervalle",
        plan=(
            "chimiotherapie · carboplatine-paclitaxel, 3 cycles · J+7",
            "chirurgie · cytoréduction d’intervalle après réévaluation",
        ),
    ),
    Situation(
        form="gyneco",
        sex="F",
        ages=(62, 86),
        question="Quel traitement adjuvant après hystérectomie ?",
        told="Métrorragies après la ménopause. Hystérectomie, annexectomie et ganglion sentinelle le {J-21}.",
        trunk="moment=apres_chirurgie decouverte=symptomes date_diag=M-2 topo=C54.1 lateralite=sans_objet "
        "morpho=8380/3 date_acp=J-21 taille_tum=38 tnm='p T1b N0 M0' bilan=irm+tdm_tap autre_classif='FIGO 2023 : "
        "IB' oncogenetique=a_proposer",
        organ="organe=endometre en_histo=endometrioide en_grade=2 en_lvsi=focaux en_myo=plus_de_50 en_mol=dmmr "
        "en_risque=intermediaire figo=IB en_prop=curietherapie",
        past=("chirurgie · hystérectomie, annexectomie et ganglion sentinelle · J-21 · J-21",),
        plan=("curietherapie · fond vaginal · J+21",),
    ),
    Situation(
        form="gyneco",
        sex="F",
        ages=(28, 44),
        question="Traitement conservateur possible ?",
        told="Frottis anormal, conisation le {J-35} : carcinome épidermoïde. Souhait de grossesse.",
        trunk="moment=avant_tout_traitement decouverte=depistage_individuel date_diag=M-1 topo=C53.1 "
        "lateralite=sans_objet morpho=8070/3 date_acp=J-35 taille_tum=17 tnm='c T1b1 N0 M0' oms=0 bilan=irm+tep_tdm "
        "bilan_txt='pas de fixation ganglionnaire' fertilite=adresse grossesse=non contraception=oui "
        "soins_support=fertilite oncogenetique=non_indiquee",
        organ="preserv_fert=oui organe=col co_hpv=positif co_histo=epidermoide co_taille=17 co_param=non "
        "co_lomboao=non co_prop=curage_gs+trachelectomie",
        plan=("chirurgie · trachélectomie et ganglion sentinelle · J+18",),
    ),
    Situation(
        form="gyneco",
        sex="F",
        ages=(36, 74),
        question="Radiochimiothérapie et curiethérapie : volumes et calendrier ?",
        told="Métrorragies depuis trois mois, tumeur bourgeonnante du col avec infiltration paramétriale droite.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_1er_signe=M-4 date_diag=M-1 topo=C53.9 "
        "lateralite=sans_objet morpho=8070/3 date_acp=J-19 taille_tum=52 tnm='c T2b N1 M0' oms=1 creat_clair=88 "
        "bilan=irm+tep_tdm bilan_txt='deux ganglions iliaques externes droits, pas d’atteinte lombo-aortique' "
        "fertilite=sans_objet grossesse=non contraception=sans_objet soins_support=douleur+onco_sexologie "
        "oncogenetique=non_indiquee",
        organ="organe=col co_hpv=positif co_histo=epidermoide co_taille=52 co_param=unilateral co_lomboao=tep "
        "figo=IIIC1 co_prop=rtct+curietherapie",
        plan=(
            "radiotherapie · pelvis et boost ganglionnaire intégré, avec cisplatine hebdomadaire · J+14",
            "curietherapie · utérovaginale",
        ),
    ),
    Situation(
        form="gyneco",
        sex="F",
        ages=(45, 78),
        motive="change",
        question="Rechute tardive : reprise chirurgicale avant chimiothérapie ?",
        told="CA 125 en hausse depuis deux mois, 21 mois après la dernière cure de platine.",
        trunk="moment=rechute_ou_progression date_diag=M-33 topo=C56 lateralite=bilaterale morpho=8461/3 tnm='p T3c "
        "N1a M0' phase=rechute date_rechute=M-1 prog_locale=non prog_regionale=oui prog_distance=non oms=0 "
        "bilan=tdm_tap+tep_tdm+marqueurs bilan_txt='deux nodules péritonéaux pelviens' intention=palliative "
        "oncogenetique=deja_faite fertilite=sans_objet",
        organ="organe=ovaire ca125=148 ov_histo=sereux_haut_grade ov_brca=brca_constitutionnel ov_residu=cc0 "
        "figo=IIIC ov_prop=rechute_sensible ov_ifl=21",
        past=(
            "chirurgie · cytoréduction complète · M-31 · M-31",
            "chimiotherapie · carboplatine-paclitaxel, 6 cycles · M-30 · M-22 · rc",
        ),
        plan=(
            "chirurgie · exérèse complète de la récidive · J+18",
            "chimiotherapie · carboplatine et doxorubicine liposomale",
        ),
    ),
)
PROSTATE = (
    Situation(
        form="prostate",
        sex="M",
        ages=(52, 73),
        question="Surveillance active ou traitement local ?",
        told="PSA en hausse lente depuis quatre ans, lésion PI-RADS 4 du lobe gauche.",
        trunk="moment=avant_tout_traitement decouverte=depistage_individuel date_diag=M-1 topo=C61 "
        "lateralite=sans_objet morpho=8140/3 date_acp=J-36 multifocal=non tnm='c T1c N0 M0' oms=0 bilan=irm "
        "soins_support=onco_sexologie+kinesitherapie oncogenetique=non_indiquee",
        organ="esperance=plus_de_10 ipss=6 iief5=22 psa=7,85 psa_date=J-60 psa_ratio=11 vol=48 tr=T1c irm=4 "
        "irm_eec=non biopsie=les_deux bx_nb='3 / 14' bx_lg=6 gleason1=3 gleason2=4 crib=non intermediaire=favorable "
        "psma=non_faite statut_horm=naif ttt=prostatectomie_totale curage=non sad=non arpi=non",
        plan=("chirurgie · prostatectomie totale robot-assistée · J+45", "ou surveillance_active"),
    ),
    Situation(
        form="prostate",
        sex="M",
        ages=(60, 80),
        question="Radiothérapie et durée de l’hormonothérapie ?",
        told="PSA à 24 ng/mL, nodule palpable du lobe droit.",
        trunk="moment=avant_tout_traitement decouverte=depistage_individuel date_diag=M-1 topo=C61 "
        "lateralite=sans_objet morpho=8140/3 date_acp=J-28 tnm='c T2c N0 M0' oms=0 bilan=irm+tep_tdm "
        "oncogenetique=a_proposer soins_support=apa",
        organ="esperance=plus_de_10 ipss=14 psa=24,3 psa_date=J-45 vol=41 tr=T2c irm=5 irm_eec=suspecte "
        "biopsie=les_deux bx_nb='9 / 15' bx_lg=11 gleason1=4 gleason2=5 crib=cribriforme psma=locale "
        "statut_horm=naif ttt=radiotherapie_externe sad=longue arpi=non",
        plan=(
            "hormonotherapie · agoniste de la LHRH, 24 à 36 mois · J+7",
            "radiotherapie · prostate et aires pelviennes · J+75",
        ),
    ),
    Situation(
        form="prostate",
        sex="M",
        ages=(58, 79),
        motive="change",
        question="Radiothérapie de rattrapage et hormonothérapie courte ?",
        told="Prostatectomie totale il y a quatre ans, PSA redevenu détectable il y a un an.",
        trunk="moment=rechute_ou_progression date_diag=M-50 topo=C61 lateralite=sans_objet morpho=8140/3 tnm='p T3a "
        "N0 M0' phase=rechute date_rechute=M-1 prog_locale=oui prog_regionale=non prog_distance=non oms=0 "
        "bilan=tep_tdm+marqueurs bilan_txt='fixation de la loge, sans ganglion' oncogenetique=non_indiquee",
        organ="esperance=plus_de_10 ipss=8 psa=0,34 psa_date=J-20 psa_dt=5,5 gleason1=4 gleason2=3 psma=locale "
        "statut_horm=naif marges=r1_focale psa_postop=0,02 ttt=aucun rt_lit=rattrapage sad=courte arpi=non",
        past=("chirurgie · prostatectomie totale avec curage · M-48 · M-48",),
        plan=("radiotherapie · loge prostatique · J+30", "hormonotherapie · agoniste de la LHRH, 6 mois"),
    ),
    Situation(
        form="prostate",
        sex="M",
        ages=(56, 76),
        question="Maladie métastatique d’emblée : doublet ou triplet ?",
        told="Douleurs du bassin et altération de l’état général, PSA à 412 ng/mL.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_1er_signe=M-3 date_diag=M-1 topo=C61 "
        "lateralite=sans_objet morpho=8140/3 date_acp=J-25 tnm='c T3b N1 M1b' meta_sites=os nb_meta=plus_de_5 oms=1 "
        "bilan=tdm_tap+scintigraphie_osseuse intention=palliative soins_support=douleur+psychologie "
        "oncogenetique=a_proposer",
        organ="esperance=5_10 psa=412 psa_date=J-30 tr=T3b irm=5 irm_eec=vesicules biopsie=systematiques bx_nb='12 "
        "/ 12' gleason1=4 gleason2=4 crib=non psma=os volume_meta=haut statut_horm=naif brca=non_fait ttt=aucun "
        "sad=continue arpi=darolutamide chimio=triplet",
        plan=(
            "hormonotherapie · dégarélix · J+3",
            "hormonotherapie · darolutamide",
            "chimiotherapie · docétaxel, 6 cycles · J+30",
        ),
    ),
    Situation(
        form="prostate",
        sex="M",
        ages=(68, 88),
        motive="change",
        question="Quel traitement après progression sous enzalutamide ?",
        told="Progression biologique et osseuse sous enzalutamide, variant pathogène de BRCA2.",
        trunk="moment=en_cours_de_traitement date_diag=M-40 topo=C61 lateralite=sans_objet morpho=8140/3 tnm='c T3b "
        "N1 M1b' meta_sites=os nb_meta=plus_de_5 phase=progression date_rechute=M-1 prog_distance=oui oms=1 "
        "bilan=tdm_tap+scintigraphie_osseuse intention=palliative soins_support=douleur+nutrition "
        "oncogenetique=a_proposer",
        organ="esperance=moins_de_5 psa=186 psa_date=J-6 gleason1=4 gleason2=5 psma=os volume_meta=haut "
        "statut_horm=cprc testo=0,18 brca=brca2 msi=mss ttt=aucun sad=continue arpi=non chimio=non lu=parp",
        past=("hormonotherapie · dégarélix et enzalutamide · M-39 · · progression",),
        plan=("therapie_ciblee · olaparib · J+10",),
    ),
)
UROLOGY = (
    Situation(
        form="uro",
        ages=(55, 84),
        question="BCG ou cystectomie d’emblée ?",
        told="Hématurie. Résection complète le {J-27} : trois lésions dont la plus grande de 35 mm.",
        trunk="moment=apres_chirurgie decouverte=symptomes date_1er_signe=M-3 date_diag=M-1 topo=C67.2 "
        "lateralite=gauche morpho=8130/3 date_acp=J-27 multifocal=oui tnm='p T1 N0 M0' bilan=tdm_tap+endoscopie "
        "tabac=actif tabac_pa=40 bilan_txt='uro-TDM sans lésion du haut appareil' soins_support=tabac "
        "oncogenetique=non_indiquee",
        organ="organe=vessie v_type=tvnim v_grade=haut_grade v_cis=oui v_nb='3 lésions, la plus grande de 35 mm' "
        "v_risque=haut v_2e_look=a_faire v_bcg=naif v_prop=bcg",
        past=("chirurgie · résection transurétrale complète · J-27 · J-27",),
        plan=("chirurgie · seconde résection · J+14", "immunotherapie · BCG, 6 instillations puis entretien"),
    ),
    Situation(
        form="uro",
        ages=(52, 71),
        question="Chimiothérapie néoadjuvante avant cystectomie ?",
        told="Hématurie avec caillots. Résection le {J-20} : infiltration du muscle.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_1er_signe=M-2 date_diag=J-20 topo=C67.9 "
        "lateralite=sans_objet morpho=8120/3 date_acp=J-20 multifocal=non tnm='c T2b N0 M0' oms=0 creat_clair=78 "
        "bilan=tdm_tap+endoscopie tabac=sevre tabac_pa=35 soins_support=apa+stomatherapie oncogenetique=non_indiquee",
        organ="organe=vessie v_type=tvim v_grade=haut_grade v_cis=non v_nb='1 lésion de 42 mm' v_cis_elig=oui "
        "v_prop=chimio_cystectomie",
        past=("chirurgie · résection transurétrale · J-20 · J-20",),
        plan=("chimiotherapie · MVAC dose-dense, 4 cycles · J+10", "chirurgie · cystectomie et curage"),
    ),
    Situation(
        form="uro",
        ages=(48, 78),
        question="Traitement systémique d’emblée ou néphrectomie ?",
        told="Toux et amaigrissement, masse du rein droit avec nodules pulmonaires et lésion costale.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_diag=M-1 topo=C64 lateralite=droite "
        "morpho=8310/3 date_acp=J-18 taille_tum=92 tnm='c T3a N1 M1' meta_sites=poumon+os nb_meta=plus_de_5 oms=1 "
        "perte_poids=8 bilan=tdm_tap+irm_cerebrale bilan_txt='pas de lésion cérébrale' intention=palliative "
        "soins_support=nutrition+psychologie oncogenetique=non_indiquee",
        organ="organe=rein r_taille=92 r_renal='RENAL 10x' r_histo=cellules_claires r_isup=3 r_throm=veine_renale "
        "imdc_karnofsky=non imdc_delai=oui imdc_hb=oui imdc_ca=non imdc_neutro=non imdc_plaq=non r_prop=ici_tki",
        plan=("immunotherapie · pembrolizumab-axitinib · J+10",),
    ),
    Situation(
        form="uro",
        ages=(45, 79),
        question="Néphrectomie partielle ou thermoablation ?",
        told="Masse du rein gauche découverte sur une échographie demandée pour une lithiase.",
        trunk="moment=avant_tout_traitement decouverte=fortuite date_diag=M-1 topo=C64 lateralite=gauche "
        "preuve_histo=imagerie taille_tum=31 multifocal=non tnm='c T1a N0 M0' oms=0 bilan=tdm_tap "
        "oncogenetique=non_indiquee",
        organ="organe=rein r_taille=31 r_renal='RENAL 6a' r_histo=non_biopsie r_throm=non "
        "r_prop=nephrectomie_partielle",
        plan=(
            "chirurgie · néphrectomie partielle robot-assistée · J+40",
            "ou radiologie_interventionnelle · cryoablation",
        ),
    ),
    Situation(
        form="uro",
        sex="M",
        ages=(18, 46),
        question="Nombre de cures de BEP ?",
        told="Orchidectomie le {J-17}, nodules pulmonaires infracentimétriques.",
        trunk="moment=apres_chirurgie decouverte=symptomes date_diag=M-1 topo=C62.1 lateralite=gauche morpho=9085/3 "
        "date_acp=J-17 taille_tum=41 tnm='p T2 N2 M1a' stade=IIIA meta_sites=poumon nb_meta=2_5 oms=0 comorb=aucune "
        "bilan=tdm_tap+marqueurs fertilite=adresse soins_support=fertilite+psychologie oncogenetique=non_indiquee",
        organ="organe=testicule t_histo=mixte t_marq='AFP 840 ng/mL, hCG 320 UI/L, LDH 1,3 fois la normale' t_s=s1 "
        "t_igcccg=bon t_cecos=oui t_prop=3_bep",
        past=("chirurgie · orchidectomie gauche · J-17 · J-17",),
        plan=("chimiotherapie · 3 BEP · J+7",),
    ),
)
SITUATIONS = (*BREAST, *GYNAECOLOGY, *PROSTATE, *UROLOGY)
