"""Who says the traits of an establishment's patients: its own software, or the people who type here (PAT-01)."""

from dataclasses import dataclass

from dcc.accounts.models import User
from dcc.audit.record import record
from dcc.organisations.models import Organisation
from patients.events import PatientEvent
from patients.lifecycle.states import Regime
from patients.models import IdentityRegime, Patient


@dataclass
class TraitsComeFromFeed(Exception):
    """Traits are said by the software of this establishment: it is there that they are created and corrected."""

    source: Organisation

    @property
    def message(self) -> str:
        return (
            f"Les identités de {self.source.short_name} viennent de son logiciel\u00a0: créez, corrigez ou validez "
            "celle-ci dans ce logiciel, le DCC la recevra."
        )


def follows(organisation: Organisation) -> bool:
    """Whether the identities of this establishment come from its feed."""
    return IdentityRegime.objects.filter(organisation=organisation, regime=Regime.FOLLOWER).exists()


def source_of(*, by: User, patient: Patient | None = None) -> Organisation | None:
    """The establishment whose software says these traits; None when they are typed here.

    The one that feeds the patient first, then the one the person works for.
    """
    here: Organisation = by.acting_as
    fed_by = patient.fed_by_id if patient is not None else None
    concerned = IdentityRegime.objects.filter(organisation__in={here.pk, fed_by} - {None})
    followed = set(concerned.filter(regime=Regime.FOLLOWER).values_list("organisation_id", flat=True))
    if fed_by in followed:
        return Organisation.objects.get(pk=fed_by)
    return here if here.pk in followed else None


def demand_typed_here(*, by: User, patient: Patient | None = None) -> None:
    """Raise TraitsComeFromFeed where strict traits are read only."""
    source = source_of(by=by, patient=patient)
    if source is not None:
        raise TraitsComeFromFeed(source)


def change_regime(*, organisation: Organisation, regime: Regime, by: User) -> IdentityRegime:
    """Say who says the traits of the patients of an establishment, and trace it."""
    existing = IdentityRegime.objects.select_for_update(of=("self",)).filter(organisation=organisation).first()
    if existing is not None and existing.regime == regime:
        return existing
    kept = existing or IdentityRegime(region_id=organisation.region_id, organisation=organisation)
    kept.regime, kept.changed_by = regime, by
    kept.save()
    record(PatientEvent.REGIME_CHANGED, on=kept, by=by, organisation_name=organisation.short_name, regime=regime.label)
    return kept
