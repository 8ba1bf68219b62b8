"""Nominative users, their memberships (user × organisation × role) and the teams they belong to."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils import timezone

from dcc.accounts.professions import Profession, specialty_label
from dcc.lib.clock import never
from dcc.lib.ids import uuid7
from dcc.organisations.models import Organisation
from dcc.tenancy.isolation import GlobalTable, OwnOrRegion, SameRegionReference
from dcc.tenancy.models import Principal, RegionModel


class UserQuerySet(models.QuerySet["User"]):
    def at(self, email: str) -> "UserQuerySet":
        """Whose address it is, however it is typed: addresses are kept in small letters, which the index compares."""
        return self.filter(email=email.strip().lower())


class UserManager(BaseUserManager.from_queryset(UserQuerySet)["User"]):  # type: ignore[misc]  # the stubs cannot tell
    def get_by_natural_key(self, username: str | None) -> "User":
        found: User = self.at(username or "").get()
        return found


class Theme(models.TextChoices):
    SYSTEM = "", "comme l’ordinateur"
    LIGHT = "light", "clair"
    DARK = "dark", "sombre"


class User(AbstractBaseUser):
    """A named person (ADM-05); rights come only from memberships. One person may work in several networks."""

    email = models.EmailField("adresse électronique", unique=True)
    civility = models.CharField("civilité", max_length=8, blank=True, help_text="Dr, Pr, Mme, M.")
    first_name = models.CharField("prénom", max_length=100)
    last_name = models.CharField("nom", max_length=100)
    profession = models.CharField("profession", max_length=12, choices=Profession)
    specialty = models.CharField("spécialité", max_length=8, blank=True)
    rpps = models.CharField("RPPS", max_length=11, blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    mssante_address = models.EmailField("adresse MSSanté", blank=True)
    principal = models.OneToOneField(Principal, models.PROTECT, related_name="user", editable=False)
    is_active = models.BooleanField("actif", default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    cgu_version = models.CharField(max_length=16, blank=True, editable=False)
    cgu_accepted_at = models.DateTimeField(null=True, editable=False)
    theme = models.CharField("thème", max_length=5, choices=Theme, blank=True, default=Theme.SYSTEM)
    single_keys = models.BooleanField("raccourcis d’une seule touche", default=True)

    # The post this request, task or story works from (dcc/accounts/access.py): not a column, absent until it is known.
    acting_as: Organisation
    acting_in: int

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name"]

    class Meta:
        constraints = [
            GlobalTable(
                name="user_global",
                reason="a person may work in two networks; professionals, never patients",
                web="SIU",
            ),
            models.UniqueConstraint(fields=["rpps"], condition=~models.Q(rpps=""), name="user_rpps_once"),
            # Sign-in looks an address up in small letters: one kept otherwise could never sign in.
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lower"),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        title = self.civility if self.civility in {"Dr", "Pr"} else ""
        return " ".join(part for part in (title, self.first_name, self.last_name) if part)

    @property
    def short_name(self) -> str:
        """As the room says it: « Dr Kerjean », « Mme Jézéquel »."""
        return f"{self.civility} {self.last_name}".strip()

    @property
    def is_physician(self) -> bool:
        return self.profession == Profession.PHYSICIAN

    @property
    def specialty_label(self) -> str:
        return specialty_label(self.specialty)

    def get_full_name(self) -> str:
        return self.display_name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> "MembershipQuerySet":
        return self.filter(revoked_at__isnull=True, starts_at__lte=Now(), expires_at__gt=Now())


class Membership(RegionModel):
    """A habilitation: what a user may do, for which organisation, until when, on which signed paper (ADM-03…05)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships", db_constraint=False)
    role = models.CharField("rôle", max_length=24)
    clinical = models.BooleanField(editable=False, help_text="opens patient files: copied from the role")
    starts_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=never)
    granted_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True)
    signed_by = models.CharField("signataire du formulaire", max_length=200, blank=True)
    signed_on = models.DateField("date de signature", null=True, blank=True)
    paper_reference = models.CharField("référence du formulaire", max_length=100, blank=True)
    revoked_at = models.DateTimeField(null=True, editable=False)
    revoked_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            OwnOrRegion(name="membership_wall"),
            SameRegionReference(
                name="membership_organisation", column="organisation_id", to="organisations.Organisation"
            ),
            models.UniqueConstraint(
                fields=["region", "user", "organisation", "role"],
                condition=models.Q(revoked_at__isnull=True),
                name="membership_once",
            ),
        ]
        indexes = [models.Index(fields=["user"], name="membership_user")]

    def __str__(self) -> str:
        return f"{self.user}, {self.role}, {self.organisation}"


class PrincipalMember(RegionModel):
    """A user who belongs to a board, or to a meeting for its time: what the scope adds to their own principals."""

    principal = models.ForeignKey(Principal, models.CASCADE, related_name="members")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    starts_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=never)

    class Meta:
        constraints = [
            OwnOrRegion(name="principalmember_wall", web="SIUD"),
            models.UniqueConstraint(fields=["region", "principal", "user"], name="principalmember_once"),
        ]
        indexes = [models.Index(fields=["user", "expires_at"], name="principalmember_user")]
