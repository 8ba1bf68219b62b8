"""Statistics: the standardised answers of validated sheets, one row each, without any key of a patient (STA-01)."""

from django.db import models

from dcc.tenancy.isolation import GlobalTable, RegionWall
from dcc.tenancy.models import Region


class StatKey(models.Model):
    """The name of a standardised item: not its linkId, it survives the versions of forms and joins regions."""

    id = models.SmallAutoField(primary_key=True)
    key = models.TextField(unique=True)

    class Meta:
        constraints = [
            GlobalTable(name="statkey_global", reason="names of standardised items, no patient data", web="S"),
            # Global, so that nothing typed about somebody can pass for a key.
            models.CheckConstraint(condition=models.Q(key__regex=r"^[a-z][a-z0-9_.-]{0,63}$"), name="statkey_is_a_key"),
        ]

    def __str__(self) -> str:
        return self.key


class Fact(models.Model):
    """One answer of the newest validated sheet of a case. No process reads or writes this table itself.

    Rows come by `dcc_file_facts` and are read through the views of migration 0005, which count. `case_key` is keyed
    (rcp.facts.pseudonym), there are no foreign keys to follow: neither case, sheet nor patient can be read from here.
    """

    pk = models.CompositePrimaryKey("region_id", "stat_key_id", "code", "case_key", "instance")
    # Checked by the function that writes, not forty-five times a sheet by constraints; no index but those below.
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    stat_key = models.ForeignKey(StatKey, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    case_key = models.UUIDField()
    instance = models.PositiveSmallIntegerField()  # the line of a repeating group, 0 elsewhere
    first = models.BooleanField()  # the first of its case under its key: counting these counts cases
    pathology = models.TextField()  # code of the form
    centre_id = models.UUIDField()  # the 3C that holds the board
    held_on = models.DateField()
    code = models.TextField(blank=True)  # of a list, or « oui », « non »; of a date, how precise it is
    number = models.FloatField(null=True)
    flag = models.BooleanField(null=True)
    day = models.DateField(null=True)

    class Meta:
        constraints = [RegionWall(name="fact_wall", web="", worker="")]
        indexes = [
            models.Index(
                fields=["region", "stat_key", "pathology", "held_on"],
                include=["centre_id", "code", "number", "first", "day", "case_key"],
                name="fact_main_x",
            ),
            models.Index(fields=["region", "case_key"], name="fact_case_x"),
        ]
