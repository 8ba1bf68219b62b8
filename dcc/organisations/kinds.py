"""The kinds of organisation, as data: what each may hang under and what it must carry."""

from dataclasses import dataclass

from django.db.models import TextChoices


class OrganisationKind(TextChoices):
    NETWORK = "network", "réseau régional"
    TERRITORY = "territory", "territoire"
    THREE_C = "3c", "3C"
    ESTABLISHMENT = "establishment", "établissement"
    PRACTICE = "practice", "cabinet"


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRules:
    parents: frozenset[str]
    needs_finess: bool = False
    has_logo: bool = False
    holds_boards: bool = False


RULES: dict[str, KindRules] = {
    OrganisationKind.NETWORK: KindRules(parents=frozenset(), has_logo=True),
    OrganisationKind.TERRITORY: KindRules(parents=frozenset({OrganisationKind.NETWORK})),
    OrganisationKind.THREE_C: KindRules(
        parents=frozenset({OrganisationKind.NETWORK, OrganisationKind.TERRITORY}), has_logo=True, holds_boards=True
    ),
    OrganisationKind.ESTABLISHMENT: KindRules(
        parents=frozenset({OrganisationKind.NETWORK, OrganisationKind.TERRITORY, OrganisationKind.THREE_C}),
        needs_finess=True,
        has_logo=True,
    ),
    OrganisationKind.PRACTICE: KindRules(
        parents=frozenset({OrganisationKind.NETWORK, OrganisationKind.TERRITORY, OrganisationKind.THREE_C})
    ),
}
