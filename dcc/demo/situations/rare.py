"""Skin, sarcoma, children, molecular and transversal boards, and the trunk alone: invented situations."""

from dcc.demo.clinical import Situation

SKIN = (
    Situation(
        form="melanome",
        ages=(34, 76),
        question="Traitement adjuvant après ganglion sentinelle positif ?",
        told="Mélanome du dos, reprise à 2 cm et ganglion sentinelle axillaire gauche le {J-30}.",
        trunk="moment=apres_chirurgie decouverte=depistage_individuel date_diag=M-2 topo=C43.5 lateralite=gauche "
        "morpho=8743/3 date_acp=J-62 tnm='p T2a N1a M0' oms=0 bilan=tdm_tap+irm_cerebrale fertilite=sans_objet "
        "bilan_txt='pas de métastase' soins_support=psychologie oncogenetique=non_indiquee",
        organ="type=melanome site=tronc_posterieur histo=ssm breslow=1,8 ulcer=absente mitoses=3 clark=iv "
        "regression=absente marges_histo=saines microsat=non gs=positif gs_charge='0,8 / 1' braf=v600e nras=sauvage "
        "marge_prop=non curage=non adj=dabrafenib_trametinib",
        past=("chirurgie · exérèse · J-62 · J-62", "chirurgie · reprise à 2 cm et ganglion sentinelle · J-30 · J-30"),
        plan=("therapie_ciblee · dabrafénib-tramétinib, 1 an · J+14",),
    ),
    Situation(
        form="melanome",
        ages=(40, 84),
        question="Marge de reprise et ganglion sentinelle ?",
        told="Lésion du mollet droit modifiée depuis six mois, exérèse diagnostique le {J-16}.",
        trunk="moment=apres_chirurgie decouverte=symptomes date_diag=J-16 topo=C43.7 lateralite=droite "
        "morpho=8721/3 date_acp=J-16 tnm='p T3b N0 M0' oms=0 bilan=echographie bilan_txt='aires inguinales libres' "
        "soins_support=hygiene_de_vie oncogenetique=non_indiquee",
        organ="type=melanome site=membre_inferieur histo=nodulaire breslow=2,6 ulcer=presente mitoses=6 clark=iv "
        "regression=absente marges_histo=saines microsat=non gs=a_faire braf=en_cours marge_prop=2 curage=non",
        past=("chirurgie · exérèse diagnostique · J-16 · J-16",),
        plan=("chirurgie · reprise à 2 cm et ganglion sentinelle inguinal · J+14",),
    ),
    Situation(
        form="melanome",
        ages=(40, 78),
        motive="change",
        question="Traitement de métastases cérébrales révélées sous anti-PD-1 ?",
        told="Progression sous nivolumab adjuvant au huitième mois : trois lésions cérébrales et nodules pulmonaires.",
        trunk="moment=rechute_ou_progression date_diag=M-18 topo=C43.7 lateralite=droite morpho=8721/3 tnm='r T0 N0 "
        "M1d' meta_sites=cerveau+poumon nb_meta=plus_de_5 phase=progression date_rechute=M-1 prog_distance=oui "
        "oms=1 bilan=tep_tdm+irm_cerebrale bilan_txt='trois lésions cérébrales de 6 à 14 mm' intention=palliative "
        "soins_support=psychologie+social oncogenetique=non_indiquee",
        organ="type=melanome site=membre_inferieur histo=nodulaire breslow=4,6 ulcer=presente braf=sauvage "
        "nras=nras_mute ldh=elevee sys=ipilimumab_nivolumab cereb=stereotaxie",
        past=("immunotherapie · nivolumab adjuvant · M-8 · · progression",),
        plan=(
            "radiotherapie · trois lésions en conditions stéréotaxiques · J+6",
            "immunotherapie · ipilimumab-nivolumab · J+10",
        ),
    ),
    Situation(
        form="melanome",
        ages=(70, 92),
        question="Radiothérapie après exérèse d’un carcinome épidermoïde à haut risque ?",
        told="Carcinome épidermoïde du cuir chevelu opéré le {J-24}, engainement périnerveux, marge profonde limite.",
        trunk="moment=apres_chirurgie decouverte=symptomes date_diag=M-2 topo=C44.4 lateralite=sans_objet "
        "morpho=8070/3 date_acp=J-24 taille_tum=34 tnm='p T3 N0 M0' oms=1 bilan=echographie "
        "oncogenetique=non_indiquee",
        organ="type=carcinome_epidermoide site=tete_et_cou marges_histo=limites cec_risque=tres_haut marge_prop=non "
        "curage=non",
        past=("chirurgie · exérèse et greffe de peau · J-24 · J-24",),
        plan=("radiotherapie · lit tumoral, hypofractionnée · J+21",),
    ),
)
SARCOMA = (
    Situation(
        form="sarcome",
        ages=(30, 78),
        question="Radiothérapie préopératoire d’un sarcome profond de cuisse ?",
        told="Masse de la loge postérieure de la cuisse droite, biopsie coaxiale en centre expert.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_1er_signe=M-5 date_diag=M-1 topo=C49.2 "
        "lateralite=droite morpho=8830/3 date_acp=J-20 relecture=concordante taille_tum=124 multifocal=non tnm='c "
        "T3 N0 M0' oms=0 bilan=irm+tdm_tap bilan_txt='pas de nodule pulmonaire, paquet vasculaire refoulé' "
        "soins_support=kinesitherapie oncogenetique=non_indiquee",
        organ="famille=tissus_mous site=membre_profond netsarc=oui biopsie=coaxiale prechir_hors=non entite=ups "
        "fnclcc=3 translocation='pas d’amplification de MDM2' relect=concordante chir=monobloc_large qualite=r0 "
        "rt=neoadjuvante chimio=non",
        plan=("radiotherapie · 50 Gy en 25 fractions · J+14", "chirurgie · exérèse monobloc large"),
    ),
    Situation(
        form="sarcome",
        ages=(48, 82),
        question="Imatinib adjuvant après gastrectomie partielle ?",
        told="GIST gastrique découvert en endoscopie, gastrectomie atypique sans effraction le {J-33}.",
        trunk="moment=apres_chirurgie decouverte=fortuite date_diag=M-2 topo=C16.2 lateralite=sans_objet "
        "morpho=8936/3 date_acp=J-33 taille_tum=65 tnm='p T3 N0 M0' stade=IIIA oms=0 bilan=tdm_tap+endoscopie "
        "oncogenetique=non_indiquee soins_support=nutrition",
        organ="famille=gist site=estomac netsarc=oui biopsie=non_faite prechir_hors=r0 entite=gist "
        "fnclcc=non_applicable relect=concordante gist_taille=65 gist_mitoses=7 gist_risque=eleve "
        "gist_mut=kit_exon_11 chir=non rt=non chimio=imatinib",
        past=("chirurgie · gastrectomie atypique · J-33 · J-33",),
        plan=("therapie_ciblee · imatinib 400 mg par jour, 3 ans · J+14",),
    ),
    Situation(
        form="sarcome",
        ages=(45, 80),
        question="Résection compartimentale d’emblée d’un liposarcome rétropéritonéal ?",
        told="Masse rétropéritonéale gauche de 18 cm refoulant le rein, biopsie coaxiale.",
        trunk="moment=avant_tout_traitement decouverte=fortuite date_diag=M-1 topo=C48.0 lateralite=gauche "
        "morpho=8858/3 date_acp=J-21 relecture=concordante taille_tum=182 multifocal=non tnm='c T4 N0 M0' oms=0 "
        "bilan=tdm_tap creat_clair=79 soins_support=nutrition oncogenetique=non_indiquee",
        organ="famille=retroperitoneal site=retroperitoine netsarc=oui biopsie=coaxiale prechir_hors=non "
        "entite=liposarcome_dedifferencie fnclcc=2 translocation='amplification de MDM2' relect=concordante "
        "chir=compartimentectomie qualite=r0 rt=non chimio=non",
        plan=("chirurgie · compartimentectomie avec néphrectomie et colectomie gauches · J+30",),
    ),
)
CHILDREN = (
    Situation(
        form="pediatrie",
        ages=(1, 6),
        question="Traitement d’un neuroblastome de haut risque ?",
        told="Masse abdominale et douleurs osseuses : neuroblastome surrénalien gauche métastatique.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_1er_signe=M-2 date_diag=M-1 topo=C74.1 "
        "lateralite=gauche morpho=9500/3 date_acp=J-14 taille_tum=82 meta_sites=os+moelle_osseuse nb_meta=plus_de_5 "
        "comorb=aucune bilan=irm+ponction_biopsie bilan_txt='fixations multiples à la scintigraphie à la MIBG' "
        "essai_prop=oui essai_nom=HR-NBL2 soins_support=psychologie+proches+social oncogenetique=non_indiquee",
        organ="urgence=non consent=oui assent=age lansky=60 scolarite=suspendue fertilite=non_indiquee "
        "predispo=a_explorer iccc=iv protocole='SIOPEN HR-NBL2' essai=oui_randomise neuro_stade=m nmyc=amplifie "
        "prop='Induction, chirurgie de la tumeur primitive, intensification avec autogreffe, radiothérapie puis "
        "immunothérapie anti-GD2, selon le protocole.'",
        plan=("chimiotherapie · HR-NBL2, induction · J+3", "chirurgie · exérèse de la tumeur primitive"),
    ),
    Situation(
        form="pediatrie",
        ages=(1, 6),
        question="Chimiothérapie préopératoire d’un néphroblastome ?",
        told="Masse du flanc droit découverte au bain par les parents, hypertension artérielle.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_diag=J-10 topo=C64 lateralite=droite "
        "preuve_histo=imagerie taille_tum=96 comorb=aucune bilan=tdm_tap+echographie bilan_txt='rein gauche normal, "
        "pas de nodule pulmonaire' soins_support=psychologie+proches oncogenetique=non_indiquee",
        organ="urgence=non consent=oui assent=age lansky=90 scolarite=suspendue fertilite=non_indiquee "
        "predispo=non_evoquee iccc=vi protocole='UMBRELLA SIOP' essai=oui_observationnel prop='Vincristine et "
        "actinomycine pendant quatre semaines, puis néphrectomie élargie.'",
        plan=("chimiotherapie · vincristine et actinomycine, 4 semaines · J+2", "chirurgie · néphrectomie élargie"),
    ),
    Situation(
        form="pediatrie",
        ages=(10, 15),
        question="Chimiothérapie néoadjuvante et chirurgie conservatrice ?",
        told="Douleur du genou droit depuis trois mois, lésion du fémur distal, biopsie en centre expert.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_1er_signe=M-3 date_diag=M-1 topo=C40.2 "
        "lateralite=droite morpho=9180/3 date_acp=J-18 relecture=concordante taille_tum=95 tnm='c T2 N0 M0' "
        "stade=IIB oms=1 comorb=aucune bilan=irm+tdm_tap+tep_tdm fertilite=adresse grossesse=non "
        "contraception=sans_objet soins_support=kinesitherapie+psychologie+fertilite oncogenetique=non_indiquee",
        organ="urgence=non consent=oui assent=faite lansky=80 scolarite=pai+hopital predispo=non_evoquee iccc=viii "
        "protocole=Sarcome-13 essai=oui_observationnel prop='Chimiothérapie néoadjuvante, chirurgie conservatrice, "
        "chimiothérapie adjuvante selon la réponse histologique.'",
        plan=("chimiotherapie · M-API/AI · J+6", "chirurgie · résection du fémur distal et reconstruction"),
    ),
    Situation(
        form="pediatrie",
        ages=(6, 15),
        question="Groupe de risque et poursuite du protocole ?",
        told="Pâleur, fièvre et ecchymoses : leucémie aiguë lymphoblastique B, corticothérapie débutée en urgence.",
        trunk="moment=en_cours_de_traitement decouverte=symptomes date_diag=J-9 topo=C91.0 lateralite=sans_objet "
        "morpho=9836/3 date_acp=J-9 oms=1 comorb=aucune bilan=ponction_biopsie bilan_txt='ponction lombaire sans "
        "blaste' fertilite=sans_objet grossesse=non contraception=sans_objet soins_support=psychologie+proches "
        "oncogenetique=non_indiquee",
        organ="urgence=oui consent=oui assent=faite lansky=80 scolarite=suspendue fertilite=non_indiquee "
        "predispo=non_evoquee iccc=i protocole='ALLTogether' essai=oui_randomise all_risque=intermediaire "
        "mrd=non_faite prop='Poursuivre l’induction, maladie résiduelle à la fin de l’induction puis représenter.'",
        plan=("chimiotherapie · ALLTogether, induction · J+1",),
    ),
)
MOLECULAR = (
    Situation(
        form="moleculaire",
        ages=(40, 76),
        motive="change",
        question="Cible accessible après progression sous gemcitabine et cisplatine ?",
        told="Cholangiocarcinome intrahépatique, progression pulmonaire à sept mois de la première ligne.",
        trunk="moment=rechute_ou_progression date_diag=M-10 topo=C22.1 lateralite=sans_objet morpho=8160/3 "
        "date_acp=J-305 tnm='c T2 N1 M1' stade=IV meta_sites=poumon nb_meta=plus_de_5 phase=progression "
        "date_rechute=M-1 oms=1 bilan=tdm_tap intention=palliative oncogenetique=non_indiquee "
        "soins_support=psychologie",
        organ="indication=impasse_therapeutique lignes=1 materiel=primitif prelev_date=J-305 cellularite=40 "
        "plateforme='Plateforme de génétique des cancers, CHU de Valmer' technique=panel_adn+panel_arn panel=324 "
        "delai_resultat=J-12 nonconcluant=non msi=mss tmb=3,5 fusions=FGFR2-BICC1 constit=non escat=i_b oncokb=1 "
        "resultat_type=impact_connu reco=medicament_amm medicament=pémigatinib",
        past=("chimiotherapie · gemcitabine, cisplatine et durvalumab · M-9 · M-2 · stable",),
        plan=("therapie_ciblee · pémigatinib · J+14",),
        lines=(
            "moleculaire.variants gene=fgfr2 hgvs='réarrangement avec BICC1' classe=5 materiel=primitif",
            "moleculaire.variants gene=idh1 hgvs='c.394C>T p.(Arg132Cys)' vaf=22 classe=5 materiel=primitif",
        ),
    ),
    Situation(
        form="moleculaire",
        ages=(48, 82),
        motive="diagnosis",
        question="Orientation du primitif par l’analyse moléculaire ?",
        told="Carcinome peu différencié de primitif inconnu, métastases ganglionnaires et hépatiques.",
        trunk="moment=avant_tout_traitement date_diag=M-2 tumeur_statut=metastase_inconnue topo=C80.0 "
        "lateralite=sans_objet preuve_histo=oui morpho=8010/3 date_acp=J-40 tnm='c T0 NX M1' stade=IV "
        "meta_sites=foie+ganglions nb_meta=plus_de_5 oms=1 bilan=tdm_tap+tep_tdm dossier_complet=non "
        "dossier_manque=biologie_moleculaire decision=examens represent_le=J+28 oncogenetique=non_indiquee",
        organ="indication=acup lignes=0 materiel=metastase prelev_date=J-40 cellularite=10 plateforme=AURAGEN "
        "technique=genome nonconcluant=cellularite_insuffisante msi=non_fait hrd=non_fait "
        "resultat_type=non_interpretable reco=nouveau_prelevement",
        lines=("tronc.exam_compl type='nouvelle biopsie hépatique' au_plus_tard=J+12",),
    ),
    Situation(
        form="moleculaire",
        ages=(45, 80),
        motive="change",
        question="Inhibiteur de KRAS G12C après chimio-immunothérapie ?",
        told="Adénocarcinome bronchique en progression ; panel tissulaire refait sur la biopsie hépatique.",
        trunk="moment=rechute_ou_progression date_diag=M-13 topo=C34.1 lateralite=droite morpho=8140/3 "
        "date_acp=J-30 tnm_version=uicc9 tnm='c T2 N2 M1c' stade=IVB meta_sites=foie+os nb_meta=plus_de_5 "
        "phase=progression date_rechute=M-1 oms=1 bilan=tdm_tap tabac=sevre tabac_pa=40 intention=palliative "
        "oncogenetique=non_indiquee soins_support=apa",
        organ="indication=resistance lignes=1 materiel=metastase prelev_date=J-30 cellularite=50 "
        "plateforme='Plateforme de génétique des cancers, CHU de Valmer' technique=panel_adn panel=82 "
        "delai_resultat=J-8 nonconcluant=non msi=mss tmb=9,2 constit=non escat=i_b oncokb=1 "
        "resultat_type=impact_connu reco=medicament_amm medicament=sotorasib",
        past=("immunotherapie · pembrolizumab, pémétrexed et carboplatine · M-12 · M-2 · rp",),
        plan=("therapie_ciblee · sotorasib · J+10",),
        lines=("moleculaire.variants gene=kras hgvs='c.34G>T p.(Gly12Cys)' vaf=31 classe=5 materiel=metastase",),
    ),
)
TRANSVERSAL = (
    Situation(
        form="transversale",
        board="OGE",
        ages=(76, 89),
        motive="supportive",
        question="Jusqu’où explorer et traiter à cet âge ?",
        told="Métastases hépatiques et ganglionnaires d’un adénocarcinome de primitif inconnu, CK7+, CK20−.",
        trunk="date_diag=M-1 tumeur_statut=metastase_inconnue topo=C80.0 lateralite=sans_objet morpho=8140/3 "
        "date_acp=J-19 tnm='c T0 N0 M1' stade=IV meta_sites=foie+ganglions nb_meta=plus_de_5 oms=2 "
        "bilan=tdm_tap+tep_tdm+ponction_biopsie avis_onco_ger=realise avis_onco_ger_txt='dénutrition modérée, "
        "troubles cognitifs légers, entourage présent' intention=palliative conforme=sans_referentiel "
        "soins_support=nutrition+proches oncogenetique=non_indiquee social=aidant_present",
        organ="egs_date=J-9 domaines=nutrition+cognition+polymedication egs_reco=traitement_adapte "
        "bilan=tdm_tap+tep+marqueurs+ihc groupe=defavorable pronostic=de_6_a_12_mois lieu=domicile had=emsp "
        "arret=non",
        plan=("chimiotherapie · carboplatine et paclitaxel hebdomadaires, doses adaptées · J+10",),
    ),
    Situation(
        form="transversale",
        board="OGE",
        ages=(78, 91),
        motive="supportive",
        question="Le traitement proposé est-il réalisable après évaluation gériatrique ?",
        told="Cancer du côlon opéré de stade III, chutes répétées depuis l’intervention.",
        trunk="date_diag=M-3 topo=C18.7 lateralite=sans_objet morpho=8140/3 date_acp=J-70 tnm='p T3 N1 M0' "
        "stade=III oms=2 bilan=tdm_tap avis_onco_ger=realise avis_onco_ger_txt='risque de chute élevé, autonomie "
        "réduite aux activités instrumentales' decision=surveillance soins_support=kinesitherapie+nutrition+social "
        "oncogenetique=non_indiquee",
        organ="egs_date=J-7 domaines=mobilite+autonomie+nutrition egs_reco=a_reevaluer arret=non",
        past=("chirurgie · sigmoïdectomie · M-2 · M-2",),
    ),
    Situation(
        form="transversale",
        board="PAL",
        ages=(48, 84),
        motive="supportive",
        question="Stabilisation de T12 et fixation préventive du fémur droit ?",
        told="Cancer du rein en progression osseuse, douleurs mal contrôlées malgré les opioïdes.",
        trunk="date_diag=M-38 topo=C64 lateralite=gauche morpho=8310/3 tnm='p T3 N0 M1' stade=IV "
        "meta_sites=os+poumon nb_meta=plus_de_5 phase=progression date_rechute=M-1 prog_distance=oui oms=3 "
        "bilan=irm+tdm_tap decision=arret soins_support=douleur+emsp+kinesitherapie oncogenetique=non_indiquee",
        organ="sins_siege=3 sins_douleur=3 sins_lesion=2 sins_alignement=0 sins_tassement=2 sins_posterolateral=1 "
        "bilsky=1c mirels_siege=3 mirels_douleur=3 mirels_lesion=3 mirels_taille=2 pronostic=moins_de_6_mois "
        "symptomes.douleur=7 symptomes.fatigue=6 symptomes.nausee=0 symptomes.depression=3 symptomes.anxiete=5 "
        "symptomes.somnolence=2 symptomes.appetit=4 symptomes.bien_etre=6 symptomes.dyspnee=1 lieu=domicile "
        "had=had+emsp arret=a_annoncer prop=chirurgie+rt+antiresorptif",
        past=("therapie_ciblee · cabozantinib · M-10 · · progression",),
    ),
    Situation(
        form="transversale",
        board="PAL",
        ages=(50, 90),
        motive="stop",
        question="Arrêt de la chimiothérapie et retour à domicile ?",
        told="Cancer du pancréas métastatique en deuxième ligne, ascite et altération rapide de l’état général.",
        trunk="date_diag=M-12 topo=C25.1 lateralite=sans_objet morpho=8140/3 tnm='c T3 N1 M1' stade=IV "
        "meta_sites=foie+peritoine nb_meta=plus_de_5 phase=progression date_rechute=M-1 prog_distance=oui oms=3 "
        "perte_poids=14 bilan=tdm_tap decision=arret soins_support=douleur+emsp+proches "
        "directives=personne_confiance oncogenetique=non_indiquee",
        organ="pronostic=moins_de_6_mois symptomes.douleur=5 symptomes.fatigue=8 symptomes.nausee=4 "
        "symptomes.depression=3 symptomes.anxiete=4 symptomes.somnolence=3 symptomes.appetit=8 "
        "symptomes.bien_etre=7 symptomes.dyspnee=2 lieu=domicile had=had+emsp arret=annonce",
        past=(
            "chimiotherapie · mFOLFIRINOX · M-11 · M-5 · stable",
            "chimiotherapie · gemcitabine-nab-paclitaxel · M-4 · M-1 · progression",
        ),
    ),
)
TRUNK_ONLY = (
    Situation(
        form="tronc",
        motive="diagnosis",
        ages=(60, 88),
        question="Quels examens avant de traiter ?",
        told="Douleurs lombaires et amaigrissement, lésions hépatiques et vertébrale révélatrices.",
        trunk="moment=avant_tout_traitement decouverte=symptomes date_1er_signe=M-2 date_diag=J-14 "
        "tumeur_statut=metastase_inconnue topo=C80.0 lateralite=sans_objet morpho=8010/3 date_acp=J-14 "
        "concl_acp='carcinome peu différencié' tnm='c T0 NX M1' stade=IV meta_sites=foie+os nb_meta=plus_de_5 "
        "oms=1 bilan=tdm_tap+ponction_biopsie dossier_complet=non dossier_manque=imagerie+biologie_moleculaire "
        "decision=examens represent_le=J+21 soins_support=douleur+nutrition",
        lines=("tronc.exam_compl type=TEP-TDM au_plus_tard=J+10",),
    ),
    Situation(
        form="tronc",
        motive="change",
        ages=(40, 72),
        question="Reprise chirurgicale ou traitement général ?",
        told="Thymome B3 opéré il y a six ans, trois nodules pleuraux au scanner de surveillance.",
        trunk="moment=rechute_ou_progression date_diag=M-74 topo=C37 lateralite=sans_objet morpho=8585/3 "
        "date_acp=J-20 relecture=concordante tnm='r T0 N0 M1a' stade=IVA autre_classif='Masaoka-Koga IVa' "
        "meta_sites=plevre nb_meta=2_5 phase=rechute date_rechute=M-1 prog_distance=oui oms=0 bilan=tep_tdm "
        "fertilite=sans_objet grossesse=non contraception=oui conforme=sans_referentiel",
        past=("chirurgie · thymectomie élargie · M-73 · M-73 · rc",),
        plan=("chimiotherapie · CAP, 4 cycles · J+14", "chirurgie · pleurectomie selon la réponse"),
    ),
)
SITUATIONS = (*SKIN, *SARCOMA, *CHILDREN, *MOLECULAR, *TRANSVERSAL, *TRUNK_ONLY)
