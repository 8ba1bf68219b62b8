"""Boards, meetings with who attends, cases with their correspondents and attachments, sheets with their answers."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import dcc.lib.ids
import dcc.tenancy.isolation
from dcc.lib.tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("patients", "0005_documents_received"),
        ("organisations", "0001_initial"),
        ("tenancy", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="Board",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("code", models.CharField(max_length=8, verbose_name="sigle")),
                        ("name", models.CharField(max_length=120, verbose_name="nom")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("organ", "d’organe"),
                                    ("recourse", "de recours"),
                                    ("transversal", "transversale"),
                                    ("molecular", "moléculaire"),
                                    ("paediatric", "pédiatrique"),
                                ],
                                default="organ",
                                max_length=12,
                                verbose_name="type",
                            ),
                        ),
                        ("form_code", models.CharField(max_length=30, verbose_name="fiche")),
                        (
                            "other_forms",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=30),
                                default=list,
                                size=None,
                                verbose_name="autres fiches",
                            ),
                        ),
                        (
                            "national_number",
                            models.CharField(blank=True, max_length=20, verbose_name="numéro national"),
                        ),
                        ("place", models.CharField(blank=True, max_length=200, verbose_name="lieu")),
                        (
                            "mode",
                            models.CharField(
                                choices=[
                                    ("room", "présentiel"),
                                    ("remote", "visioconférence"),
                                    ("mixed", "présentiel et visio"),
                                ],
                                default="mixed",
                                max_length=6,
                                verbose_name="mode",
                            ),
                        ),
                        (
                            "frequency",
                            models.CharField(
                                choices=[
                                    ("weekly", "chaque semaine"),
                                    ("fortnightly", "une semaine sur deux"),
                                    ("monthly", "chaque mois"),
                                ],
                                default="weekly",
                                max_length=11,
                                verbose_name="fréquence",
                            ),
                        ),
                        ("weekday", models.PositiveSmallIntegerField(default=1, verbose_name="jour")),
                        ("starts_at", models.TimeField(verbose_name="heure")),
                        ("minutes", models.PositiveSmallIntegerField(default=90, verbose_name="durée (min)")),
                        ("capacity", models.PositiveSmallIntegerField(default=20, verbose_name="dossiers par séance")),
                        (
                            "closes_hours_before",
                            models.PositiveSmallIntegerField(default=24, verbose_name="clôture (h avant)"),
                        ),
                        (
                            "remote_counts",
                            models.BooleanField(default=True, verbose_name="la visio compte pour le quorum"),
                        ),
                        (
                            "written_opinion_counts",
                            models.BooleanField(default=False, verbose_name="l’avis écrit compte pour le quorum"),
                        ),
                        ("quorum_groups", models.JSONField(default=list, verbose_name="spécialités exigées")),
                        (
                            "quorum_physicians",
                            models.PositiveSmallIntegerField(default=3, verbose_name="médecins au moins"),
                        ),
                        (
                            "quorum_specialties",
                            models.PositiveSmallIntegerField(default=3, verbose_name="spécialités au moins"),
                        ),
                        ("active", models.BooleanField(default=True, verbose_name="active")),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="boards",
                                to="organisations.organisation",
                            ),
                        ),
                        (
                            "principal",
                            models.OneToOneField(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="board",
                                to="tenancy.principal",
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
                            dcc.tenancy.isolation.RegionWall(name="board_wall", web="SIU", worker="SIU"),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="organisation_id",
                                name="board_organisation",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="organisations.Organisation",
                            ),
                            models.UniqueConstraint(fields=("region", "id"), name="board_region_id"),
                            models.UniqueConstraint(fields=("region", "code"), name="board_code_once"),
                            models.CheckConstraint(
                                condition=models.Q(("quorum_physicians__gte", 3), ("quorum_specialties__gte", 3)),
                                name="board_quorum_floor",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BoardMember",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("coordinator", "coordonnateur"),
                                    ("member", "membre"),
                                    ("secretary", "secrétaire"),
                                ],
                                default="member",
                                max_length=11,
                            ),
                        ),
                        (
                            "board",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="members",
                                to="rcp.board",
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
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            dcc.tenancy.isolation.RegionWall(name="boardmember_wall", web="SIUD", worker="SIU"),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="board_id",
                                name="boardmember_board",
                                on_delete="CASCADE",
                                region="region_id",
                                to="rcp.Board",
                            ),
                            models.UniqueConstraint(fields=("region", "board", "user"), name="boardmember_once"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FormVersion",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("code", models.CharField(max_length=30)),
                        ("version", models.CharField(max_length=20)),
                        ("title", models.CharField(max_length=200)),
                        ("questionnaire", models.JSONField()),
                        ("digest", models.BinaryField(max_length=32)),
                        ("published_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [
                            dcc.tenancy.isolation.GlobalTable(
                                name="formversion_global",
                                reason="definitions of forms, no patient data",
                                web="S",
                                worker="S",
                            ),
                            models.UniqueConstraint(fields=("code", "version"), name="formversion_once"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Meeting",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("starts_at", models.DateTimeField(verbose_name="début")),
                        ("ends_at", models.DateTimeField(verbose_name="fin")),
                        ("closes_at", models.DateTimeField(verbose_name="clôture des inscriptions")),
                        ("place", models.CharField(blank=True, max_length=200, verbose_name="lieu")),
                        (
                            "mode",
                            models.CharField(
                                choices=[
                                    ("room", "présentiel"),
                                    ("remote", "visioconférence"),
                                    ("mixed", "présentiel et visio"),
                                ],
                                max_length=6,
                                verbose_name="mode",
                            ),
                        ),
                        ("capacity", models.PositiveSmallIntegerField(verbose_name="dossiers")),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("planned", "prévue"),
                                    ("open", "en cours"),
                                    ("closed", "terminée"),
                                    ("cancelled", "annulée"),
                                ],
                                default="planned",
                                max_length=9,
                            ),
                        ),
                        ("opened_at", models.DateTimeField(null=True)),
                        ("closed_at", models.DateTimeField(null=True)),
                        (
                            "board",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="meetings",
                                to="rcp.board",
                            ),
                        ),
                        (
                            "chair",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "principal",
                            models.OneToOneField(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="meeting",
                                to="tenancy.principal",
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
                        "indexes": [models.Index(fields=["region", "starts_at"], name="meeting_calendar")],
                        "constraints": [
                            dcc.tenancy.isolation.RegionWall(name="meeting_wall", web="SIU", worker="SIU"),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="board_id",
                                name="meeting_board",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="rcp.Board",
                            ),
                            models.UniqueConstraint(fields=("region", "id"), name="meeting_region_id"),
                            models.UniqueConstraint(fields=("region", "board", "starts_at"), name="meeting_once"),
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="meeting_ends_after"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Attendance",
                    fields=[
                        ("name", models.CharField(max_length=150, verbose_name="nom")),
                        (
                            "profession",
                            models.CharField(
                                choices=[
                                    ("10", "médecin"),
                                    ("21", "pharmacien"),
                                    ("40", "chirurgien-dentiste"),
                                    ("50", "sage-femme"),
                                    ("60", "infirmier"),
                                    ("93", "psychologue"),
                                    ("95", "diététicien"),
                                    ("98", "manipulateur"),
                                    ("interne", "interne"),
                                    ("secretaire", "secrétaire médicale"),
                                    ("admin", "administration"),
                                    ("informatique", "informatique"),
                                    ("arc", "recherche clinique"),
                                ],
                                max_length=12,
                                verbose_name="profession",
                            ),
                        ),
                        ("specialty", models.CharField(blank=True, max_length=8, verbose_name="spécialité")),
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "presence",
                            models.CharField(
                                choices=[
                                    ("expected", "attendu"),
                                    ("present", "présent"),
                                    ("absent", "absent"),
                                    ("written", "avis écrit"),
                                ],
                                default="expected",
                                max_length=8,
                            ),
                        ),
                        ("remote", models.BooleanField(default=False, verbose_name="en visio")),
                        ("arrived_at", models.DateTimeField(null=True)),
                        ("left_at", models.DateTimeField(null=True)),
                        ("is_guest", models.BooleanField(default=False)),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
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
                        (
                            "user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "meeting",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attendances",
                                to="rcp.meeting",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["user"], name="attendance_user")],
                        "constraints": [
                            dcc.tenancy.isolation.RegionWall(name="attendance_wall", web="SIUD", worker="SIU"),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="meeting_id",
                                name="attendance_meeting",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="rcp.Meeting",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("user__isnull", False)),
                                fields=("region", "meeting", "user"),
                                name="attendance_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OrderCounter",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("year", models.PositiveSmallIntegerField()),
                        ("last_number", models.PositiveIntegerField(default=0)),
                        (
                            "board",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="rcp.board",
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
                            dcc.tenancy.isolation.RegionWall(name="ordercounter_wall", web="SIU", worker="SIU"),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="board_id",
                                name="ordercounter_board",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="rcp.Board",
                            ),
                            models.UniqueConstraint(fields=("region", "board", "year"), name="ordercounter_once"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Case",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("requested", "demandé"),
                                    ("registered", "inscrit"),
                                    ("prepared", "prêt"),
                                    ("discussed", "discuté"),
                                    ("awaiting", "validé, en attente de contresignature"),
                                    ("validated", "validé"),
                                    ("postponed", "reporté"),
                                    ("cancelled", "annulé"),
                                    ("refused", "refusé"),
                                ],
                                default="registered",
                                max_length=10,
                            ),
                        ),
                        (
                            "level",
                            models.CharField(
                                choices=[
                                    ("registered", "enregistré (niveau 1)"),
                                    ("discussed", "à discuter (niveau 2)"),
                                ],
                                default="discussed",
                                max_length=10,
                                verbose_name="niveau",
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                        (
                            "motive",
                            models.CharField(
                                choices=[
                                    ("diagnosis", "avis diagnostique"),
                                    ("initial", "proposition de traitement initial"),
                                    ("change", "modification ou ajustement du traitement"),
                                    ("follow_up", "surveillance"),
                                    ("stop", "arrêt des traitements spécifiques"),
                                    ("recourse", "recours"),
                                    ("supportive", "avis soins de support ou palliatifs"),
                                    ("emergency", "enregistrement d’un traitement fait en urgence"),
                                ],
                                max_length=10,
                                verbose_name="motif",
                            ),
                        ),
                        ("question", models.TextField(blank=True, max_length=2000, verbose_name="question posée")),
                        (
                            "urgency",
                            models.CharField(
                                choices=[
                                    ("standard", "standard"),
                                    ("week", "semi-urgent (< 7 j)"),
                                    ("urgent", "urgent (< 48 h)"),
                                ],
                                default="standard",
                                max_length=8,
                                verbose_name="degré d’urgence",
                            ),
                        ),
                        ("mode", models.CharField(default="room", max_length=6, verbose_name="présentation")),
                        ("anonymous", models.BooleanField(default=False, verbose_name="présentation anonyme")),
                        ("requester_name", models.CharField(max_length=150, verbose_name="demandeur")),
                        ("requested_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("registered_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("order_number", models.PositiveIntegerField(null=True)),
                        ("order_year", models.PositiveSmallIntegerField(null=True)),
                        ("order_label", models.CharField(blank=True, max_length=24)),
                        ("discussed_at", models.DateTimeField(null=True)),
                        ("validated_at", models.DateTimeField(null=True)),
                        ("status_reason", models.CharField(blank=True, max_length=300, verbose_name="motif")),
                        ("representation_due", models.BooleanField(default=False, verbose_name="à représenter")),
                        (
                            "information",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patients.information"
                            ),
                        ),
                        (
                            "meeting_region",
                            models.ForeignKey(
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenancy.region",
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
                            "previous",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="rcp.case",
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
                        (
                            "registered_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "registered_organisation",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="organisations.organisation",
                            ),
                        ),
                        (
                            "requester",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "requester_organisation",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="organisations.organisation",
                            ),
                        ),
                        (
                            "validated_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "meeting",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="cases",
                                to="rcp.meeting",
                            ),
                        ),
                        (
                            "moved_from",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="rcp.meeting",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["meeting", "position"], name="case_meeting_x"),
                            models.Index(fields=["patient", "registered_at"], name="case_patient_x"),
                            models.Index(fields=["requester", "status"], name="case_requester_x"),
                        ],
                        "constraints": [
                            dcc.tenancy.isolation.PatientWall(
                                name="case_wall", patient="patient_id", web="SIU", worker="SIU"
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="patient_id",
                                name="case_patient",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Patient",
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="meeting_id",
                                name="case_meeting",
                                on_delete="NO ACTION",
                                region="meeting_region_id",
                                to="rcp.Meeting",
                            ),
                            models.UniqueConstraint(fields=("region", "id"), name="case_region_id"),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("status__in", ["cancelled", "postponed", "refused"]), _negated=True
                                ),
                                fields=("patient", "meeting"),
                                name="case_once_per_meeting",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "validated"), _negated=True),
                                    models.Q(("order_number__isnull", False), ("validated_at__isnull", False)),
                                    _connector="OR",
                                ),
                                name="case_validated_is_numbered",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Correspondent",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("requester", "demandeur"),
                                    ("referring", "médecin adresseur"),
                                    ("gp", "médecin traitant"),
                                    ("requesting_3c", "3C demandeur"),
                                    ("other", "autre correspondant"),
                                ],
                                max_length=13,
                                verbose_name="qualité",
                            ),
                        ),
                        ("name", models.CharField(max_length=150, verbose_name="nom")),
                        ("rpps", models.CharField(blank=True, max_length=11, verbose_name="RPPS")),
                        (
                            "mssante_address",
                            models.EmailField(blank=True, max_length=254, verbose_name="adresse MSSanté"),
                        ),
                        (
                            "postal_address",
                            models.CharField(blank=True, max_length=300, verbose_name="adresse postale"),
                        ),
                        (
                            "case",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="correspondents",
                                to="rcp.case",
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
                        (
                            "user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["case"], name="correspondent_case_x")],
                        "constraints": [
                            dcc.tenancy.isolation.PatientWall(
                                name="correspondent_wall", patient="patient_id", web="SIUD", worker="SIU"
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="patient_id",
                                name="correspondent_patient",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Patient",
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="case_id",
                                name="correspondent_case",
                                on_delete="CASCADE",
                                region="region_id",
                                to="rcp.Case",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CaseAttachment",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("attached_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "attached_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "case",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attachments",
                                to="rcp.case",
                            ),
                        ),
                        (
                            "document",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="patients.receiveddocument",
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
                        "indexes": [
                            models.Index(fields=["document"], name="caseattachment_document_x"),
                            models.Index(fields=["patient"], name="caseattachment_patient_x"),
                        ],
                        "constraints": [
                            dcc.tenancy.isolation.PatientWall(
                                name="caseattachment_wall", patient="patient_id", web="SID", worker="SIU"
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="patient_id",
                                name="caseattachment_patient",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Patient",
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="case_id",
                                name="caseattachment_case",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="rcp.Case",
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="document_id",
                                name="caseattachment_document",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.ReceivedDocument",
                            ),
                            models.UniqueConstraint(fields=("case", "document"), name="caseattachment_once"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Sheet",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[("draft", "en cours"), ("frozen", "figée")], default="draft", max_length=6
                            ),
                        ),
                        ("rev", models.PositiveIntegerField(default=0)),
                        ("version", models.PositiveSmallIntegerField(default=1)),
                        ("replace_reason", models.CharField(blank=True, max_length=300)),
                        ("response", models.JSONField(null=True)),
                        ("report", models.JSONField(null=True)),
                        ("content_hash", models.BinaryField(max_length=32, null=True)),
                        ("frozen_at", models.DateTimeField(null=True)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "case",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sheets",
                                to="rcp.case",
                            ),
                        ),
                        (
                            "form",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="rcp.formversion"
                            ),
                        ),
                        (
                            "frozen_by",
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
                        (
                            "replaces",
                            models.OneToOneField(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replaced_by",
                                to="rcp.sheet",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["patient"], name="sheet_patient_x")],
                        "constraints": [
                            dcc.tenancy.isolation.PatientWall(
                                name="sheet_wall", patient="patient_id", web="SIU", worker="SIU"
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="patient_id",
                                name="sheet_patient",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Patient",
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="case_id",
                                name="sheet_case",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="rcp.Case",
                            ),
                            models.UniqueConstraint(fields=("region", "id"), name="sheet_region_id"),
                            models.UniqueConstraint(fields=("case", "version"), name="sheet_version_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("content_hash__isnull", True), ("response__isnull", True), ("status", "draft")
                                    ),
                                    models.Q(
                                        ("content_hash__isnull", False),
                                        ("response__isnull", False),
                                        ("status", "frozen"),
                                    ),
                                    _connector="OR",
                                ),
                                name="sheet_frozen_whole",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Answer",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("path", models.CharField(max_length=300)),
                        ("value", models.JSONField(null=True)),
                        ("ver", models.PositiveIntegerField(default=1)),
                        ("rev", models.PositiveIntegerField()),
                        (
                            "origin",
                            models.CharField(
                                choices=[("typed", "saisie"), ("prefill", "reprise"), ("calculated", "calcul")],
                                default="typed",
                                max_length=10,
                            ),
                        ),
                        ("to_confirm", models.BooleanField(default=False)),
                        ("author_name", models.CharField(max_length=150)),
                        ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "author",
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
                        (
                            "sheet",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answers",
                                to="rcp.sheet",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["patient"], name="answer_patient_x")],
                        "constraints": [
                            dcc.tenancy.isolation.PatientWall(
                                name="answer_wall", patient="patient_id", web="SIU", worker="SIU"
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="patient_id",
                                name="answer_patient",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Patient",
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="sheet_id",
                                name="answer_sheet",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="rcp.Sheet",
                            ),
                            models.UniqueConstraint(fields=("sheet", "path"), name="answer_once"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AnswerEvent",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("op_id", models.UUIDField()),
                        ("path", models.CharField(max_length=300)),
                        ("value", models.JSONField(null=True)),
                        ("base_ver", models.PositiveIntegerField()),
                        ("ver", models.PositiveIntegerField(null=True)),
                        ("rev", models.PositiveIntegerField(null=True)),
                        (
                            "outcome",
                            models.CharField(
                                choices=[("applied", "appliquée"), ("conflict", "en conflit"), ("refused", "refusée")],
                                max_length=8,
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "author",
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
                        (
                            "sheet",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="events",
                                to="rcp.sheet",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["sheet", "rev"], name="answerevent_sheet_x")],
                        "constraints": [
                            dcc.tenancy.isolation.PatientWall(
                                name="answerevent_wall", patient="patient_id", web="SI", worker="S"
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="patient_id",
                                name="answerevent_patient",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Patient",
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="sheet_id",
                                name="answerevent_sheet",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="rcp.Sheet",
                            ),
                            models.UniqueConstraint(fields=("sheet", "op_id"), name="answerevent_op_once"),
                        ],
                    },
                ),
            ]
        ),
    ]
