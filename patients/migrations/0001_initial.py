"""Patients: identity, numbers, contact, accesses, information, documents and their contents."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import dcc.lib.clock
import dcc.lib.ids
import dcc.tenancy.isolation
from dcc.lib.tables import CreateTables

SQL = """
-- A document's data never changes; its content is written once. Merge moves a row to another patient (worker only),
-- rotation and elimination touch the wrapped key alone.
CREATE FUNCTION dcc_document_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'documents are never deleted' USING ERRCODE = 'DC001';
    END IF;
    IF (NEW.id, NEW.kind, NEW.version, NEW.data, NEW.data_hash, NEW.source_id, NEW.issued_at, NEW.issued_by)
       IS DISTINCT FROM
       (OLD.id, OLD.kind, OLD.version, OLD.data, OLD.data_hash, OLD.source_id, OLD.issued_at, OLD.issued_by)
       OR (NEW.patient_id <> OLD.patient_id AND current_user = 'dcc_web') THEN
        RAISE EXCEPTION 'an issued document is frozen' USING ERRCODE = 'DC001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON patients_document
    FOR EACH ROW EXECUTE FUNCTION dcc_document_frozen();

CREATE FUNCTION dcc_content_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR current_user = 'dcc_web'
       OR (NEW.id, NEW.owner_id, NEW.kind, NEW.sha256, NEW.size, NEW.ciphertext, NEW.written_at)
          IS DISTINCT FROM
          (OLD.id, OLD.owner_id, OLD.kind, OLD.sha256, OLD.size, OLD.ciphertext, OLD.written_at) THEN
        RAISE EXCEPTION 'content is written once' USING ERRCODE = 'DC001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON patients_content
    FOR EACH ROW EXECUTE FUNCTION dcc_content_frozen();
"""
REVERSE = """
DROP TRIGGER frozen ON patients_content; DROP TRIGGER frozen ON patients_document;
DROP FUNCTION dcc_content_frozen(); DROP FUNCTION dcc_document_frozen();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organisations", "0001_initial"),
        ("tenancy", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="Patient",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("birth_name", models.CharField(max_length=100, verbose_name="nom de naissance")),
                        ("birth_name_received", models.CharField(max_length=100)),
                        ("birth_name_key", models.CharField(editable=False, max_length=100)),
                        (
                            "first_given_name",
                            models.CharField(max_length=100, verbose_name="premier prénom de naissance"),
                        ),
                        ("first_given_name_received", models.CharField(max_length=100)),
                        ("first_given_name_key", models.CharField(editable=False, max_length=100)),
                        (
                            "given_names",
                            models.CharField(blank=True, max_length=100, verbose_name="prénoms de naissance"),
                        ),
                        ("birth_date", models.DateField(verbose_name="date de naissance")),
                        (
                            "birth_date_interpreted",
                            models.BooleanField(default=False, verbose_name="date de naissance incertaine"),
                        ),
                        (
                            "sex",
                            models.CharField(
                                choices=[("F", "féminin"), ("M", "masculin"), ("I", "indéterminé")],
                                max_length=1,
                                verbose_name="sexe",
                            ),
                        ),
                        ("birth_insee", models.CharField(max_length=5, verbose_name="code INSEE du lieu de naissance")),
                        (
                            "birth_postcode",
                            models.CharField(blank=True, max_length=5, verbose_name="code postal du lieu de naissance"),
                        ),
                        ("birth_place", models.CharField(max_length=120, verbose_name="lieu de naissance")),
                        ("used_name", models.CharField(blank=True, max_length=100, verbose_name="nom utilisé")),
                        ("used_name_key", models.CharField(blank=True, editable=False, max_length=100)),
                        (
                            "used_given_name",
                            models.CharField(blank=True, max_length=100, verbose_name="prénom utilisé"),
                        ),
                        ("used_given_name_key", models.CharField(blank=True, editable=False, max_length=100)),
                        ("birth_name_sound", models.CharField(editable=False, max_length=40)),
                        ("used_name_sound", models.CharField(blank=True, editable=False, max_length=40)),
                        ("given_name_sound", models.CharField(editable=False, max_length=40)),
                        ("used_given_name_sound", models.CharField(blank=True, editable=False, max_length=40)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("PROV", "provisoire"),
                                    ("RECUP", "récupérée"),
                                    ("VALI", "validée"),
                                    ("QUAL", "qualifiée"),
                                ],
                                default="PROV",
                                max_length=5,
                                verbose_name="statut",
                            ),
                        ),
                        ("ins_sealed", models.BinaryField(null=True)),
                        ("ins_hash", models.BinaryField(null=True)),
                        ("ins_oid", models.CharField(blank=True, editable=False, max_length=32)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        (
                            "duplicate_reason",
                            models.CharField(
                                blank=True, max_length=300, verbose_name="motif de création malgré une identité proche"
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "merged_into",
                            models.ForeignKey(
                                editable=False,
                                null=True,
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
                            "billing_birth_date",
                            models.CharField(
                                blank=True,
                                db_default="",
                                default="",
                                max_length=10,
                                verbose_name="date de naissance de la carte Vitale",
                            ),
                        ),
                        ("died_on", models.DateField(blank=True, null=True, verbose_name="date du décès")),
                        (
                            "document_checked_on",
                            models.DateField(editable=False, null=True, verbose_name="contrôlée le"),
                        ),
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
                                db_default="",
                                default="",
                                editable=False,
                                max_length=6,
                                verbose_name="pièce d’identité",
                            ),
                        ),
                        (
                            "fed_by",
                            models.ForeignKey(
                                db_constraint=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="organisations.organisation",
                            ),
                        ),
                        (
                            "given_names_key",
                            models.CharField(blank=True, db_default="", default="", editable=False, max_length=100),
                        ),
                        (
                            "given_names_received",
                            models.CharField(blank=True, db_default="", default="", max_length=200),
                        ),
                        ("ins_confirmed_at", models.DateTimeField(editable=False, null=True)),
                        (
                            "ins_source",
                            models.CharField(
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
                        (
                            "is_anonymous",
                            models.BooleanField(
                                db_default=False, default=False, editable=False, verbose_name="anonyme"
                            ),
                        ),
                        (
                            "is_deceased",
                            models.BooleanField(db_default=False, default=False, verbose_name="décès connu"),
                        ),
                        (
                            "is_doubtful",
                            models.BooleanField(
                                db_default=False, default=False, editable=False, verbose_name="douteuse"
                            ),
                        ),
                        (
                            "is_fictitious",
                            models.BooleanField(
                                db_default=False, default=False, editable=False, verbose_name="fictive"
                            ),
                        ),
                        (
                            "is_homonym",
                            models.BooleanField(
                                db_default=False, default=False, editable=False, verbose_name="homonyme"
                            ),
                        ),
                        (
                            "used_given_name_received",
                            models.CharField(blank=True, db_default="", default="", max_length=100),
                        ),
                        ("used_name_received", models.CharField(blank=True, db_default="", default="", max_length=100)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["region", "birth_date", "birth_name_key"], name="patient_date_name"),
                            models.Index(fields=["region", "birth_date", "used_name_key"], name="patient_date_used"),
                            models.Index(
                                fields=["region", "birth_name_sound", "birth_date"], name="patient_sound_date"
                            ),
                            models.Index(
                                fields=["region", "used_name_sound", "birth_date"], name="patient_used_sound_date"
                            ),
                            models.Index(
                                fields=["region", "given_name_sound", "birth_date"], name="patient_given_sound_date"
                            ),
                            models.Index(
                                fields=["region", "birth_name_sound", "given_name_sound"], name="patient_sounds"
                            ),
                            models.Index(
                                fields=["region", "used_name_sound", "given_name_sound"], name="patient_used_sounds"
                            ),
                            models.Index(
                                fields=["region", "used_given_name_sound", "birth_date"], name="patient_used_given_date"
                            ),
                        ],
                        "constraints": [
                            dcc.tenancy.isolation.RegionWall(name="patient_wall", web="SIU", worker="SIU"),
                            models.UniqueConstraint(fields=("region", "id"), name="patient_region_id"),
                            models.UniqueConstraint(
                                condition=models.Q(("ins_hash__isnull", False), ("merged_into__isnull", True)),
                                fields=("region", "ins_hash"),
                                name="patient_ins_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ins_hash__isnull", True), ("ins_oid", ""), ("ins_sealed__isnull", True)),
                                    models.Q(
                                        ("ins_hash__isnull", False),
                                        ("ins_sealed__isnull", False),
                                        models.Q(("ins_oid", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="patient_ins_with_its_oid",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("sex__in", ["F", "M", "I"])), name="patient_sex"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("birth_name", ""), _negated=True),
                                    models.Q(("first_given_name", ""), _negated=True),
                                    models.Q(("birth_insee", ""), _negated=True),
                                ),
                                name="patient_strict_traits",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status__in", ["RECUP", "QUAL"]), _negated=True),
                                    ("ins_hash__isnull", False),
                                    _connector="OR",
                                ),
                                name="patient_status_has_its_ins",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("is_anonymous", False), ("is_doubtful", False), ("is_fictitious", False)),
                                    models.Q(("ins_hash__isnull", True), ("status", "PROV")),
                                    _connector="OR",
                                ),
                                name="patient_distrusted_is_provisional",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("is_anonymous", False), ("is_fictitious", False)),
                                    models.Q(
                                        ("is_anonymous", False),
                                        ("is_doubtful", False),
                                        ("is_fictitious", True),
                                        ("is_homonym", False),
                                    ),
                                    models.Q(
                                        ("is_anonymous", True),
                                        ("is_doubtful", False),
                                        ("is_fictitious", False),
                                        ("is_homonym", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="patient_attributes_that_combine",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("is_deceased", True), ("died_on__isnull", True), _connector="OR"),
                                name="patient_death_and_its_date",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PatientIdentifier",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("value", models.CharField(max_length=40, verbose_name="IPP")),
                        ("since", models.DateTimeField(default=django.utils.timezone.now)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "organisation",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="organisations.organisation",
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="identifiers",
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
                        "indexes": [models.Index(fields=["patient"], name="patientidentifier_patient_x")],
                        "constraints": [
                            dcc.tenancy.isolation.RegionWall(name="patientidentifier_wall", web="SIU", worker="SIU"),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="patient_id",
                                name="patientidentifier_patient",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Patient",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("region", "organisation", "value"),
                                name="patientidentifier_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Contact",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("address_line", models.CharField(blank=True, max_length=200, verbose_name="adresse")),
                        ("postcode", models.CharField(blank=True, max_length=10, verbose_name="code postal")),
                        ("city", models.CharField(blank=True, max_length=100, verbose_name="commune")),
                        ("phone", models.CharField(blank=True, max_length=20, verbose_name="téléphone")),
                        ("gp_name", models.CharField(blank=True, max_length=150, verbose_name="médecin traitant")),
                        (
                            "gp_rpps",
                            models.CharField(blank=True, max_length=11, verbose_name="RPPS du médecin traitant"),
                        ),
                        (
                            "gp_mssante_address",
                            models.EmailField(
                                blank=True, max_length=254, verbose_name="adresse MSSanté du médecin traitant"
                            ),
                        ),
                        (
                            "gp_address",
                            models.CharField(
                                blank=True, max_length=300, verbose_name="adresse postale du médecin traitant"
                            ),
                        ),
                        ("updated_at", models.DateTimeField(auto_now=True)),
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
                            "patient",
                            models.ForeignKey(
                                db_constraint=False,
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="patients.patient",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            dcc.tenancy.isolation.PatientWall(
                                name="patients_contact_wall", patient="patient_id", web="SIU", worker="SIU"
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="patient_id",
                                name="patients_contact_patient",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Patient",
                            ),
                            models.UniqueConstraint(fields=("patient",), name="contact_one_per_patient"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Access",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("creation", "création de l’identité"),
                                    ("registration", "inscription en RCP"),
                                    ("meeting", "réunion"),
                                    ("referring", "médecin adresseur"),
                                    ("treating", "médecin traitant"),
                                    ("sharing", "partage"),
                                    ("break_glass", "accès exceptionnel"),
                                ],
                                max_length=14,
                            ),
                        ),
                        ("granted_by", models.BigIntegerField(null=True)),
                        ("granted_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("expires_at", models.DateTimeField(default=dcc.lib.clock.never)),
                        (
                            "principal",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.principal"
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
                            "patient",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="patients.patient",
                            ),
                        ),
                        ("why", models.CharField(blank=True, db_default="", max_length=300)),
                    ],
                    options={
                        "db_table": "patients_access",
                        "indexes": [
                            models.Index(fields=["patient", "principal", "expires_at"], name="access_probe"),
                            models.Index(fields=["principal", "granted_at"], name="access_driver"),
                        ],
                        "constraints": [
                            dcc.tenancy.isolation.OwnPrincipals(name="access_wall", web="S", worker="SIU"),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="patient_id",
                                name="access_patient",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Patient",
                            ),
                            models.UniqueConstraint(fields=("patient", "principal", "reason"), name="access_once"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Information",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("given_on", models.DateField(verbose_name="date de l’information")),
                        ("given_by", models.CharField(max_length=150, verbose_name="donnée par")),
                        (
                            "opposition",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "aucune"),
                                    ("nominative", "refus de la présentation nominative"),
                                    ("sharing", "opposition au partage"),
                                ],
                                max_length=10,
                                verbose_name="opposition",
                            ),
                        ),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                            "document",
                            models.CharField(blank=True, db_default="", max_length=120, verbose_name="document remis"),
                        ),
                        (
                            "document_version",
                            models.CharField(
                                blank=True, db_default="", max_length=20, verbose_name="version du document"
                            ),
                        ),
                        (
                            "means",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("oral", "de vive voix"),
                                    ("paper", "document remis en main propre"),
                                    ("post", "par courrier"),
                                    ("mail", "par messagerie sécurisée"),
                                ],
                                db_default="",
                                max_length=8,
                                verbose_name="moyen",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["patient", "recorded_at"], name="information_patient_x")],
                        "constraints": [
                            dcc.tenancy.isolation.SameRegionReference(
                                column="patient_id",
                                name="patients_information_patient",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Patient",
                            ),
                            dcc.tenancy.isolation.PatientWall(
                                name="patients_information_wall", patient="patient_id", web="SI", worker="SIU"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Document",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("rcp_report", "compte rendu de RCP"),
                                    ("pps", "programme personnalisé de soins"),
                                    ("received", "document reçu"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("title", models.CharField(max_length=200)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("producing", "en production"),
                                    ("ready", "prêt"),
                                    ("failed", "production en échec"),
                                    ("replaced", "remplacé"),
                                ],
                                default="producing",
                                max_length=10,
                            ),
                        ),
                        ("version", models.PositiveSmallIntegerField(default=1)),
                        ("data", models.JSONField()),
                        ("data_hash", models.BinaryField(max_length=32)),
                        ("source_id", models.UUIDField()),
                        ("issued_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("issued_by", models.CharField(max_length=200)),
                        ("ready_at", models.DateTimeField(null=True)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("next_attempt_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("last_error", models.CharField(blank=True, max_length=300)),
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
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replaced_by",
                                to="patients.document",
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
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["patient", "issued_at"], name="document_patient_x"),
                            models.Index(
                                condition=models.Q(("state", "producing")),
                                fields=["region", "next_attempt_at"],
                                name="document_due",
                            ),
                        ],
                        "constraints": [
                            dcc.tenancy.isolation.PatientWall(
                                name="patients_document_wall", patient="patient_id", web="SIU", worker="SIU"
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="patient_id",
                                name="patients_document_patient",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Patient",
                            ),
                            models.UniqueConstraint(fields=("region", "id"), name="document_region_id"),
                            models.UniqueConstraint(
                                fields=("source_id", "kind", "version"), name="document_version_once"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Content",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=dcc.lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("owner_id", models.UUIDField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("pdf", "PDF"),
                                    ("cda", "CDA"),
                                    ("mail", "message MSSanté"),
                                    ("hl7", "message HL7"),
                                    ("ack", "accusé"),
                                    ("png", "image PNG"),
                                    ("jpg", "image JPEG"),
                                    ("tif", "image TIFF"),
                                    ("txt", "texte"),
                                ],
                                max_length=4,
                            ),
                        ),
                        ("sha256", models.BinaryField(max_length=32)),
                        ("size", models.PositiveIntegerField()),
                        ("key_id", models.CharField(max_length=40)),
                        ("wrapped_key", models.BinaryField()),
                        ("ciphertext", models.BinaryField()),
                        ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                            "patient",
                            models.ForeignKey(
                                db_constraint=False,
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="patients.patient",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["patient"], name="content_patient_x")],
                        "constraints": [
                            dcc.tenancy.isolation.PatientWall(
                                name="patients_content_wall", patient="patient_id", web="SIU", worker="SIU"
                            ),
                            dcc.tenancy.isolation.SameRegionReference(
                                column="patient_id",
                                name="patients_content_patient",
                                on_delete="NO ACTION",
                                region="region_id",
                                to="patients.Patient",
                            ),
                            models.UniqueConstraint(fields=("owner_id", "kind"), name="content_once"),
                        ],
                    },
                ),
            ]
        ),
        migrations.RunSQL(SQL, REVERSE),
    ]
