"""Networks (tenants), founding regions and principals: the three global tables that isolation is written with."""

from django.db import models

from dcc.tenancy.isolation import GlobalTable, RegionWall


class Network(models.Model):
    """A regional cancer network: the tenant, a set of founding regions that a merger may enlarge."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [GlobalTable(name="network_global", reason="names of the tenants, no personal data", web="S")]

    def __str__(self) -> str:
        return self.name


class Region(models.Model):
    """A founding region, stamped on every row for ever: a merger rewrites nothing, an extraction is exact."""

    id = models.SmallIntegerField(primary_key=True)
    network = models.ForeignKey(Network, models.PROTECT, related_name="regions")
    code = models.SlugField(unique=True)
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [GlobalTable(name="region_global", reason="the table the walls are made of", web="S")]

    def __str__(self) -> str:
        return self.name


class PrincipalKind(models.TextChoices):
    ORGANISATION = "organisation", "organisation"
    BOARD = "board", "RCP"
    MEETING = "meeting", "réunion"
    USER = "user", "personne"


class Principal(models.Model):
    """Whoever a patient file can be opened to."""

    id = models.AutoField(primary_key=True)
    kind = models.CharField(max_length=12, choices=PrincipalKind)
    label = models.CharField(max_length=250)

    class Meta:
        constraints = [GlobalTable(name="principal_global", reason="names of teams and users, no patient", web="SIU")]

    def __str__(self) -> str:
        return self.label


class RegionModel(models.Model):
    """A row that belongs to one founding region and is visible to its whole network."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="+", editable=False)

    class Meta:
        abstract = True
        constraints = [RegionWall(name="%(app_label)s_%(class)s_wall")]
