"""The life of an identity: attributes, documents, history, former matricules, answers of INSi, regimes, relatives."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import dcc.lib.ids
import dcc.tenancy.isolation


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0001_initial"),
        ("patients", "0004_opposition"),
        ("tenancy", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FormerIns",
            fields=[
                ("id", models.UUIDField(default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("hash", models.BinaryField()),
                ("oid", models.CharField(max_length=32)),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("declared", "ancien matricule donné par INSi"),
                            ("replaced", "remplacé par un autre"),
                            ("corrected", "traits corrigés"),
                            ("unconfirmed", "non confirmé par INSi"),
                            ("doubted", "identité douteuse, fictive ou anonyme"),
                        ],
                        max_length=11,
                    ),
                ),
                ("started_on", models.DateField(null=True)),
                ("ended_on", models.DateField(null=True)),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="IdentityChange",
            fields=[
                ("id", models.UUIDField(default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("actor", models.CharField(max_length=200)),
                ("organisation", models.CharField(blank=True, max_length=200)),
                ("act", models.CharField(max_length=14)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("SM", "saisie manuelle"),
                            ("CB", "lecture du datamatrix INS"),
                            ("INSI", "téléservice INSi"),
                            ("FLUX", "flux de l’établissement"),
                        ],
                        max_length=4,
                    ),
                ),
                (
                    "status_before",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("PROV", "provisoire"),
                            ("RECUP", "récupérée"),
                            ("VALI", "validée"),
                            ("QUAL", "qualifiée"),
                        ],
                        max_length=5,
                    ),
                ),
                (
                    "status_after",
                    models.CharField(
                        choices=[
                            ("PROV", "provisoire"),
                            ("RECUP", "récupérée"),
                            ("VALI", "validée"),
                            ("QUAL", "qualifiée"),
                        ],
                        max_length=5,
                    ),
                ),
                ("attributes", models.CharField(blank=True, max_length=30)),
                (
                    "document_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("CN", "carte nationale d’identité"),
                            ("PA", "passeport"),
                            ("CS", "titre de séjour"),
                            ("IN", "identité numérique de niveau substantiel ou élevé"),
                            ("AV", "application carte Vitale"),
                            ("AN", "extrait d’acte de naissance"),
                            ("LF", "livret de famille"),
                            ("CV", "carte Vitale"),
                            ("PC", "permis de conduire"),
                            ("AUTRE", "autre document"),
                            ("SOURCE", "pièce contrôlée par l’établissement d’origine"),
                        ],
                        max_length=6,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("traits", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="IdentityRegime",
            fields=[
                ("id", models.UUIDField(default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "regime",
                    models.CharField(
                        choices=[
                            ("reference", "référentiel : les identités se saisissent ici"),
                            ("follower", "esclave : les identités viennent du logiciel de l’établissement"),
                        ],
                        default="reference",
                        max_length=9,
                        verbose_name="régime des identités",
                    ),
                ),
                ("changed_at", models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name="InsiCall",
            fields=[
                ("id", models.UUIDField(default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("code", models.CharField(max_length=2)),
                ("answer_sealed", models.BinaryField(null=True)),
                ("traits_hash", models.BinaryField(max_length=32)),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[("", "en attente"), ("accepted", "acceptée"), ("refused", "écartée")],
                        default="",
                        max_length=8,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Relative",
            fields=[
                ("id", models.UUIDField(default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("mother", "mère, représentante légale"),
                            ("father", "père, représentant légal"),
                            ("guardian", "tuteur ou autre représentant légal"),
                            ("trusted", "personne de confiance"),
                            ("to_call", "personne à prévenir"),
                        ],
                        max_length=8,
                        verbose_name="qualité",
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="nom et prénom")),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="téléphone")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="adresse électronique")),
                ("address", models.CharField(blank=True, max_length=300, verbose_name="adresse postale")),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="patient",
            name="billing_birth_date",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=10,
                verbose_name="date de naissance de la carte Vitale",
            ),
        ),
        migrations.AddField(
            model_name="patient",
            name="died_on",
            field=models.DateField(blank=True, null=True, verbose_name="date du décès"),
        ),
        migrations.AddField(
            model_name="patient",
            name="document_checked_on",
            field=models.DateField(editable=False, null=True, verbose_name="contrôlée le"),
        ),
        migrations.AddField(
            model_name="patient",
            name="document_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("CN", "carte nationale d’identité"),
                    ("PA", "passeport"),
                    ("CS", "titre de séjour"),
                    ("IN", "identité numérique de niveau substantiel ou élevé"),
                    ("AV", "application carte Vitale"),
                    ("AN", "extrait d’acte de naissance"),
                    ("LF", "livret de famille"),
                    ("CV", "carte Vitale"),
                    ("PC", "permis de conduire"),
                    ("AUTRE", "autre document"),
                    ("SOURCE", "pièce contrôlée par l’établissement d’origine"),
                ],
                db_default="",
                default="",
                editable=False,
                max_length=6,
                verbose_name="pièce d’identité",
            ),
        ),
        migrations.AddField(
            model_name="patient",
            name="fed_by",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisations.organisation",
            ),
        ),
        migrations.AddField(
            model_name="patient",
            name="given_names_key",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=100),
        ),
        migrations.AddField(
            model_name="patient",
            name="given_names_received",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="patient",
            name="ins_confirmed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="patient",
            name="ins_source",
            field=models.CharField(
                blank=True,
                choices=[
                    ("SM", "saisie manuelle"),
                    ("CB", "lecture du datamatrix INS"),
                    ("INSI", "téléservice INSi"),
                    ("FLUX", "flux de l’établissement"),
                ],
                db_default="",
                default="",
                editable=False,
                max_length=4,
            ),
        ),
        migrations.AddField(
            model_name="patient",
            name="is_anonymous",
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name="anonyme"),
        ),
        migrations.AddField(
            model_name="patient",
            name="is_deceased",
            field=models.BooleanField(db_default=False, default=False, verbose_name="décès connu"),
        ),
        migrations.AddField(
            model_name="patient",
            name="is_doubtful",
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name="douteuse"),
        ),
        migrations.AddField(
            model_name="patient",
            name="is_fictitious",
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name="fictive"),
        ),
        migrations.AddField(
            model_name="patient",
            name="is_homonym",
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name="homonyme"),
        ),
        migrations.AddField(
            model_name="patient",
            name="used_given_name_received",
            field=models.CharField(blank=True, db_default="", default="", max_length=100),
        ),
        migrations.AddField(
            model_name="patient",
            name="used_name_received",
            field=models.CharField(blank=True, db_default="", default="", max_length=100),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["RECUP", "QUAL"]), _negated=True),
                    ("ins_hash__isnull", False),
                    _connector="OR",
                ),
                name="patient_status_has_its_ins",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_anonymous", False), ("is_doubtful", False), ("is_fictitious", False)),
                    models.Q(("ins_hash__isnull", True), ("status", "PROV")),
                    _connector="OR",
                ),
                name="patient_distrusted_is_provisional",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_anonymous", False), ("is_fictitious", False)),
                    models.Q(
                        ("is_anonymous", False), ("is_doubtful", False), ("is_fictitious", True), ("is_homonym", False)
                    ),
                    models.Q(
                        ("is_anonymous", True), ("is_doubtful", False), ("is_fictitious", False), ("is_homonym", False)
                    ),
                    _connector="OR",
                ),
                name="patient_attributes_that_combine",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_deceased", True), ("died_on__isnull", True), _connector="OR"),
                name="patient_death_and_its_date",
            ),
        ),
        migrations.AddField(
            model_name="formerins",
            name="patient",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="former_ins",
                to="patients.patient",
            ),
        ),
        migrations.AddField(
            model_name="formerins",
            name="region",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.region"
            ),
        ),
        migrations.AddField(
            model_name="identitychange",
            name="by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="identitychange",
            name="patient",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="patients.patient",
            ),
        ),
        migrations.AddField(
            model_name="identitychange",
            name="region",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.region"
            ),
        ),
        migrations.AddField(
            model_name="identityregime",
            name="changed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="identityregime",
            name="organisation",
            field=models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisations.organisation",
            ),
        ),
        migrations.AddField(
            model_name="identityregime",
            name="region",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.region"
            ),
        ),
        migrations.AddField(
            model_name="insicall",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="insicall",
            name="decided_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="insicall",
            name="patient",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="patients.patient",
            ),
        ),
        migrations.AddField(
            model_name="insicall",
            name="region",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.region"
            ),
        ),
        migrations.AddField(
            model_name="relative",
            name="added_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="relative",
            name="patient",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="patients.patient",
            ),
        ),
        migrations.AddField(
            model_name="relative",
            name="region",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.region"
            ),
        ),
        migrations.AddIndex(
            model_name="formerins",
            index=models.Index(fields=["region", "hash"], name="formerins_hash"),
        ),
        migrations.AddIndex(
            model_name="formerins",
            index=models.Index(fields=["patient"], name="formerins_patient_x"),
        ),
        migrations.AddConstraint(
            model_name="formerins",
            constraint=dcc.tenancy.isolation.RegionWall(name="formerins_wall", web="SI", worker="SIU"),
        ),
        migrations.AddConstraint(
            model_name="formerins",
            constraint=dcc.tenancy.isolation.SameRegionReference(
                column="patient_id",
                name="formerins_patient",
                on_delete="NO ACTION",
                region="region_id",
                to="patients.Patient",
            ),
        ),
        migrations.AddIndex(
            model_name="identitychange",
            index=models.Index(fields=["patient", "at"], name="identitychange_patient_x"),
        ),
        migrations.AddConstraint(
            model_name="identitychange",
            constraint=dcc.tenancy.isolation.PatientWall(
                name="identitychange_wall", patient="patient_id", web="SI", worker="SIU"
            ),
        ),
        migrations.AddConstraint(
            model_name="identitychange",
            constraint=dcc.tenancy.isolation.SameRegionReference(
                column="patient_id",
                name="identitychange_patient",
                on_delete="NO ACTION",
                region="region_id",
                to="patients.Patient",
            ),
        ),
        migrations.AddConstraint(
            model_name="identityregime",
            constraint=dcc.tenancy.isolation.RegionWall(name="identityregime_wall", web="SIU", worker="SIU"),
        ),
        migrations.AddConstraint(
            model_name="identityregime",
            constraint=dcc.tenancy.isolation.SameRegionReference(
                column="organisation_id",
                name="identityregime_organisation",
                on_delete="NO ACTION",
                region="region_id",
                to="organisations.Organisation",
            ),
        ),
        migrations.AddIndex(
            model_name="insicall",
            index=models.Index(fields=["patient", "asked_at"], name="insicall_patient_x"),
        ),
        migrations.AddConstraint(
            model_name="insicall",
            constraint=dcc.tenancy.isolation.PatientWall(
                name="patients_insicall_wall", patient="patient_id", web="SIU", worker="SIU"
            ),
        ),
        migrations.AddConstraint(
            model_name="insicall",
            constraint=dcc.tenancy.isolation.SameRegionReference(
                column="patient_id",
                name="patients_insicall_patient",
                on_delete="NO ACTION",
                region="region_id",
                to="patients.Patient",
            ),
        ),
        migrations.AddIndex(
            model_name="relative",
            index=models.Index(fields=["patient", "relation"], name="relative_patient_x"),
        ),
        migrations.AddConstraint(
            model_name="relative",
            constraint=dcc.tenancy.isolation.PatientWall(
                name="patients_relative_wall", patient="patient_id", web="SIU", worker="SIU"
            ),
        ),
        migrations.AddConstraint(
            model_name="relative",
            constraint=dcc.tenancy.isolation.SameRegionReference(
                column="patient_id",
                name="patients_relative_patient",
                on_delete="NO ACTION",
                region="region_id",
                to="patients.Patient",
            ),
        ),
    ]
