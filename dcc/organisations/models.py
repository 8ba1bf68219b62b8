"""Organisations: network, territory, 3C, establishment and practice in one tree, each of them a principal."""

from django.db import models

from dcc.lib.ids import uuid7
from dcc.organisations.kinds import OrganisationKind
from dcc.tenancy.isolation import RegionWall
from dcc.tenancy.models import Principal, RegionModel


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def active(self) -> "OrganisationQuerySet":
        return self.filter(closed_at__isnull=True)

    def of_kind(self, *kinds: str) -> "OrganisationQuerySet":
        return self.filter(kind__in=kinds)


class Organisation(RegionModel):
    """A node of the network's tree. `region` is the founding region it was created in."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField("type", max_length=14, choices=OrganisationKind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="rattachement"
    )
    name = models.CharField("nom", max_length=200)
    short_name = models.CharField("nom court", max_length=60)
    finess = models.CharField("FINESS géographique", max_length=9, blank=True)
    oid = models.CharField("OID d’autorité d’affectation", max_length=64, blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    email = models.EmailField("adresse électronique", blank=True)
    mssante_address = models.EmailField("adresse MSSanté", blank=True)
    address_line = models.CharField("adresse", max_length=200, blank=True)
    postcode = models.CharField("code postal", max_length=5, blank=True)
    city = models.CharField("ville", max_length=100, blank=True)
    logo = models.BinaryField(null=True, editable=False)  # PNG without transparency, flattened on upload (D16)
    logo_version = models.PositiveSmallIntegerField(default=0, editable=False)
    principal = models.OneToOneField(Principal, models.PROTECT, related_name="organisation", editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            RegionWall(name="organisation_wall"),
            models.UniqueConstraint(fields=["region", "id"], name="organisation_region_id"),
            models.UniqueConstraint(
                fields=["region", "finess"], condition=~models.Q(finess=""), name="organisation_finess_once"
            ),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True, kind=OrganisationKind.NETWORK)
                | models.Q(parent__isnull=False) & ~models.Q(kind=OrganisationKind.NETWORK),
                name="organisation_only_networks_are_roots",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=OrganisationKind.ESTABLISHMENT) | ~models.Q(finess=""),
                name="organisation_establishment_has_finess",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def lineage(self) -> list["Organisation"]:
        """From this organisation up to the network (four queries at most: the tree is four levels deep)."""
        line, node = [self], self.parent
        while node is not None:
            line.append(node)
            node = node.parent
        return line

    @property
    def three_c(self) -> "Organisation | None":
        """The 3C this organisation is, or hangs under."""
        return next((node for node in self.lineage if node.kind == OrganisationKind.THREE_C), None)
