"""The identity: strict traits and the keys it is found by, visible in the whole network (wall 1)."""

from django.db import models
from django.utils import timezone

from dcc.accounts.models import User
from dcc.lib.ids import uuid7
from dcc.organisations.models import Organisation
from dcc.tenancy.isolation import RegionWall, SameRegionReference
from dcc.tenancy.models import RegionModel
from patients.lifecycle.states import FLAGS, Attribute, Channel, IdentityDocument, IdentityStatus, Regime


class Sex(models.TextChoices):
    FEMALE = "F", "féminin"
    MALE = "M", "masculin"
    UNKNOWN = "I", "indéterminé"


class PatientQuerySet(models.QuerySet["Patient"]):
    def living_records(self) -> "PatientQuerySet":
        return self.filter(merged_into__isnull=True)


class Patient(RegionModel):
    """An identity: strict traits and the keys it is found by. Searchable in the whole network, strictly (PAT-02…05)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Strict traits; *_received is what was typed, the plain one is normalised, *_key has letters only.
    birth_name = models.CharField("nom de naissance", max_length=100)
    birth_name_received = models.CharField(max_length=100)
    birth_name_key = models.CharField(max_length=100, editable=False)
    first_given_name = models.CharField("premier prénom de naissance", max_length=100)
    first_given_name_received = models.CharField(max_length=100)
    first_given_name_key = models.CharField(max_length=100, editable=False)
    given_names = models.CharField("prénoms de naissance", max_length=100, blank=True)
    given_names_received = models.CharField(max_length=200, blank=True, default="", db_default="")
    given_names_key = models.CharField(max_length=100, blank=True, default="", db_default="", editable=False)
    birth_date = models.DateField("date de naissance")
    birth_date_interpreted = models.BooleanField("date de naissance incertaine", default=False)
    sex = models.CharField("sexe", max_length=1, choices=Sex)
    birth_insee = models.CharField("code INSEE du lieu de naissance", max_length=5)
    birth_postcode = models.CharField("code postal du lieu de naissance", max_length=5, blank=True)
    birth_place = models.CharField("lieu de naissance", max_length=120)
    # Complementary traits used to search and to address.
    used_name = models.CharField("nom utilisé", max_length=100, blank=True)
    used_name_received = models.CharField(max_length=100, blank=True, default="", db_default="")
    used_name_key = models.CharField(max_length=100, blank=True, editable=False)
    used_given_name = models.CharField("prénom utilisé", max_length=100, blank=True)
    used_given_name_received = models.CharField(max_length=100, blank=True, default="", db_default="")
    used_given_name_key = models.CharField(max_length=100, blank=True, editable=False)
    # The « date lunaire » of a Vitale card is the billing's: text, never a date (EXI ID 12).
    billing_birth_date = models.CharField(
        "date de naissance de la carte Vitale", max_length=10, blank=True, default="", db_default=""
    )
    is_deceased = models.BooleanField("décès connu", default=False, db_default=False)
    died_on = models.DateField("date du décès", null=True, blank=True)
    # Phonetic keys: plain columns, because functions lose their index under row-level security.
    birth_name_sound = models.CharField(max_length=40, editable=False)
    used_name_sound = models.CharField(max_length=40, blank=True, editable=False)
    given_name_sound = models.CharField(max_length=40, editable=False)
    used_given_name_sound = models.CharField(max_length=40, blank=True, editable=False)
    status = models.CharField("statut", max_length=5, choices=IdentityStatus, default=IdentityStatus.PROVISIONAL)
    ins_sealed = models.BinaryField(null=True, editable=False)  # encrypted matricule
    ins_hash = models.BinaryField(null=True, editable=False)  # keyed, to find it again
    ins_oid = models.CharField(max_length=32, blank=True, editable=False)
    ins_source = models.CharField(max_length=4, choices=Channel, blank=True, default="", db_default="", editable=False)
    ins_confirmed_at = models.DateTimeField(null=True, editable=False)
    # Attributes beside the status (identity §1.6), and the document that validated the identity: its kind, no copy.
    is_homonym = models.BooleanField("homonyme", default=False, db_default=False, editable=False)
    is_doubtful = models.BooleanField("douteuse", default=False, db_default=False, editable=False)
    is_fictitious = models.BooleanField("fictive", default=False, db_default=False, editable=False)
    is_anonymous = models.BooleanField("anonyme", default=False, db_default=False, editable=False)
    document_kind = models.CharField(
        "pièce d’identité",
        max_length=6,
        choices=IdentityDocument,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    document_checked_on = models.DateField("contrôlée le", null=True, editable=False)
    # The establishment whose software says the traits of this identity, if one does (PAT-01).
    fed_by = models.ForeignKey(
        Organisation, models.PROTECT, null=True, editable=False, related_name="+", db_constraint=False
    )
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, editable=False)
    duplicate_reason = models.CharField("motif de création malgré une identité proche", max_length=300, blank=True)

    objects = PatientQuerySet.as_manager()

    class Meta:
        constraints = [
            RegionWall(name="patient_wall"),
            models.UniqueConstraint(fields=["region", "id"], name="patient_region_id"),
            models.UniqueConstraint(
                fields=["region", "ins_hash"],
                condition=models.Q(ins_hash__isnull=False, merged_into__isnull=True),
                name="patient_ins_once",
            ),
            models.CheckConstraint(
                condition=models.Q(ins_sealed__isnull=True, ins_hash__isnull=True, ins_oid="")
                | models.Q(ins_sealed__isnull=False, ins_hash__isnull=False) & ~models.Q(ins_oid=""),
                name="patient_ins_with_its_oid",
            ),
            models.CheckConstraint(condition=models.Q(sex__in=["F", "M", "I"]), name="patient_sex"),
            models.CheckConstraint(
                condition=~models.Q(birth_name="") & ~models.Q(first_given_name="") & ~models.Q(birth_insee=""),
                name="patient_strict_traits",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=["RECUP", "QUAL"]) | models.Q(ins_hash__isnull=False),
                name="patient_status_has_its_ins",
            ),
            models.CheckConstraint(
                condition=models.Q(is_doubtful=False, is_fictitious=False, is_anonymous=False)
                | models.Q(status="PROV", ins_hash__isnull=True),
                name="patient_distrusted_is_provisional",
            ),
            models.CheckConstraint(
                condition=models.Q(is_fictitious=False, is_anonymous=False)
                | models.Q(is_fictitious=True, is_anonymous=False, is_homonym=False, is_doubtful=False)
                | models.Q(is_fictitious=False, is_anonymous=True, is_homonym=False, is_doubtful=False),
                name="patient_attributes_that_combine",
            ),
            models.CheckConstraint(
                condition=models.Q(is_deceased=True) | models.Q(died_on__isnull=True), name="patient_death_and_its_date"
            ),
        ]
        indexes = [
            models.Index(fields=["region", "birth_date", "birth_name_key"], name="patient_date_name"),
            models.Index(fields=["region", "birth_date", "used_name_key"], name="patient_date_used"),
            # A sound with dates, or with given names whatever the date: both are sifted in the index (ADR 12).
            models.Index(
                fields=["region", "birth_name_sound", "birth_date", "given_name_sound", "used_given_name_sound"],
                name="patient_sound_date",
            ),
            models.Index(
                fields=["region", "used_name_sound", "birth_date", "given_name_sound", "used_given_name_sound"],
                name="patient_used_sound_date",
            ),
            models.Index(fields=["region", "given_name_sound", "birth_date"], name="patient_given_sound_date"),
            models.Index(fields=["region", "used_given_name_sound", "birth_date"], name="patient_used_given_date"),
        ]

    def __str__(self) -> str:
        return f"{self.birth_name} {self.first_given_name}"

    @property
    def attributes(self) -> frozenset[Attribute]:
        """What is said of the identity beside its status."""
        return frozenset(attribute for attribute, column in FLAGS.items() if getattr(self, column))


class PatientIdentifier(RegionModel):
    """An IPP: the number one establishment gave this patient (PAT-03)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="identifiers", db_constraint=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_constraint=False)
    value = models.CharField("IPP", max_length=40)
    since = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            RegionWall(name="patientidentifier_wall"),
            SameRegionReference(name="patientidentifier_patient", column="patient_id", to="patients.Patient"),
            models.UniqueConstraint(
                fields=["region", "organisation", "value"],
                condition=models.Q(ended_at__isnull=True),
                name="patientidentifier_once",
            ),
        ]
        indexes = [models.Index(fields=["patient"], name="patientidentifier_patient_x")]

    def __str__(self) -> str:
        return self.value


class IdentityRegime(RegionModel):
    """Who says the traits of an establishment's patients; without a row, identities are typed here (identity §1.2)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="+", db_constraint=False)
    regime = models.CharField("régime des identités", max_length=9, choices=Regime, default=Regime.REFERENCE)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            RegionWall(name="identityregime_wall"),
            SameRegionReference(
                name="identityregime_organisation", column="organisation_id", to="organisations.Organisation"
            ),
        ]

    def __str__(self) -> str:
        return Regime(self.regime).label
