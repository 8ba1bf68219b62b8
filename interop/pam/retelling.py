"""Whether a merge or a change of number could be, now that more is known of both numbers: pure."""

from interop.pam.outcome import ConflictKind
from interop.pam.record import Record, RedirectKind, Stamp, Traits


def untenable(prior: Record, target: Record) -> ConflictKind | None:
    """Say why the redirection of `prior` to `target` is to be refused, if it is.

    Either the event that made it said another person than the survivor was, or, for a change of number, another person
    than the former number was, or the new number was in use before.
    """
    redirect = prior.redirect
    if redirect is None:
        return None
    renamed = redirect.kind is RedirectKind.RENAMED
    if renamed and target.first_event is not None and target.first_event < redirect.stamp:
        return ConflictKind.IDENTIFIER_TAKEN
    if redirect.stamp in target.collisions | prior.collisions:
        return ConflictKind.COLLISION
    return None


def at(record: Record, stamp: Stamp) -> Traits | None:
    """Give what an event said of a number."""
    return next((said.traits for said in record.statements if said.stamp == stamp), None)
