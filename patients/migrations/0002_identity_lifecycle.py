"""The life of an identity: history, former matricules, answers of INSi, regimes, relatives."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import dcc.lib.ids
import dcc.tenancy.isolation
from dcc.lib.tables import CreateTables


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0001_initial"),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="FormerIns",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
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
                        (
                            "patient",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="former_ins",
                                to="patients.patient",
                            ),
                        ),
                        (
                            "region",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenancy.region",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["region", "hash"], name="formerins_hash"),
                            models.Index(fields=["patient"], name="formerins_patient_x"),
                        ],
                        "constraints": [
                            dcc.tenancy.isolation.RegionWall(name="formerins_wall", web="SI", worker="SIU"),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="patient_id",
                                name="formerins_patient",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Patient",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="IdentityChange",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
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
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                db_constraint=False,
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="patients.patient",
                            ),
                        ),
                        (
                            "region",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenancy.region",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["patient", "at"], name="identitychange_patient_x")],
                        "constraints": [
                            dcc.tenancy.isolation.PatientWall(
                                name="identitychange_wall", patient="patient_id", web="SI", worker="SIU"
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="patient_id",
                                name="identitychange_patient",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Patient",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="IdentityRegime",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
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
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organisation",
                            models.OneToOneField(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="organisations.organisation",
                            ),
                        ),
                        (
                            "region",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenancy.region",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            dcc.tenancy.isolation.RegionWall(name="identityregime_wall", web="SIU", worker="SIU"),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="organisation_id",
                                name="identityregime_organisation",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="organisations.Organisation",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="InsiCall",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
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
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                db_constraint=False,
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="patients.patient",
                            ),
                        ),
                        (
                            "region",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenancy.region",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["patient", "asked_at"], name="insicall_patient_x")],
                        "constraints": [
                            dcc.tenancy.isolation.PatientWall(
                                name="patients_insicall_wall", patient="patient_id", web="SIU", worker="SIU"
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="patient_id",
                                name="patients_insicall_patient",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Patient",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Relative",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
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
                        (
                            "added_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                db_constraint=False,
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="patients.patient",
                            ),
                        ),
                        (
                            "region",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenancy.region",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["patient", "relation"], name="relative_patient_x")],
                        "constraints": [
                            dcc.tenancy.isolation.PatientWall(
                                name="patients_relative_wall", patient="patient_id", web="SIU", worker="SIU"
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="patient_id",
                                name="patients_relative_patient",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Patient",
                            ),
                        ],
                    },
                ),
            ]
        ),
    ]
