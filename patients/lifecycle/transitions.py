"""The one table of what can happen to an identity, and what it becomes (identity §1.7, D12).

A transition is refused with a sentence that says what to do. `judge` and `available` read the table: screens, actions
and tests all come from it. Where the published rules leave a choice, the safer side is taken: what is no longer proved
is provisional again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from patients.events import PatientEvent
from patients.lifecycle.states import Attribute, IdentityStatus
from patients.permissions import PatientPermission as P

PROV, RECUP, VALI, QUAL = (
    IdentityStatus.PROVISIONAL,
    IdentityStatus.RETRIEVED,
    IdentityStatus.VALIDATED,
    IdentityStatus.QUALIFIED,
)
HOMA, DOUT, FICT, ANOM = Attribute.HOMONYM, Attribute.DOUBTFUL, Attribute.FICTITIOUS, Attribute.ANONYMOUS
ALL_FALL = {PROV: PROV, RECUP: PROV, VALI: PROV, QUAL: PROV}
UNCHANGED = {PROV: PROV, RECUP: RECUP, VALI: VALI, QUAL: QUAL}


class IdentityAct(StrEnum):
    """What happens to an identity: the names of the transitions, as the history keeps them."""

    CREATE = "create"
    COMPLETE = "complete"
    CORRECT = "correct"
    VALIDATE = "validate"
    UNVALIDATE = "unvalidate"
    RETRIEVE = "retrieve"
    LOSE_INS = "lose_ins"
    MARK_HOMONYM = "homonym"
    UNMARK_HOMONYM = "no_homonym"
    DOUBT = "doubt"
    LIFT_DOUBT = "no_doubt"
    MAKE_FICTITIOUS = "fictitious"
    LIFT_FICTION = "no_fictitious"
    MAKE_ANONYMOUS = "anonymous"
    LIFT_ANONYMITY = "no_anonymous"
    FEED = "feed"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityState:
    """All that the rules look at."""

    status: IdentityStatus
    attributes: frozenset[Attribute] = frozenset()
    has_ins: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityTransition:
    """One line: from each status it applies to, the status it leads to; what it sets, clears and cannot go with.

    `forbids` are attributes it refuses, `needs` one it starts from. `drops_ins` sends the matricule to the history.
    `source_only`: where traits come from a feed, it is done in the software they come from. `by_hand` has a button.
    """

    label: str
    done: str  # in the history
    targets: Mapping[IdentityStatus, IdentityStatus]
    permission: StrEnum
    event: PatientEvent
    sets: Attribute | None = None
    clears: Attribute | None = None
    forbids: frozenset[Attribute] = frozenset()
    drops_ins: bool = False
    wants_reason: bool = False
    source_only: bool = False
    by_hand: bool = True
    elsewhere: str = field(default="")  # what to do when the status is not one it applies to


_SHUT = frozenset({DOUT, FICT, ANOM})
_ALONE = frozenset({HOMA, DOUT, FICT, ANOM})

TRANSITIONS: dict[IdentityAct, IdentityTransition] = {
    IdentityAct.VALIDATE: IdentityTransition(
        label="Valider avec une pièce d’identité",
        done="Identité validée",
        targets={PROV: VALI, RECUP: QUAL},
        permission=P.IDENTITY_EDIT,
        event=PatientEvent.IDENTITY_VALIDATED,
        forbids=_SHUT,
        source_only=True,
        elsewhere="Une pièce a déjà été contrôlée. Si c’était à tort, annulez d’abord cette validation.",
    ),
    IdentityAct.RETRIEVE: IdentityTransition(
        label="Interroger INSi",
        done="INS récupérée",
        targets={PROV: RECUP, RECUP: RECUP, VALI: QUAL, QUAL: QUAL},
        permission=P.IDENTITY_EDIT,
        event=PatientEvent.INS_RETRIEVED,
        forbids=_SHUT,
        source_only=True,
    ),
    IdentityAct.LOSE_INS: IdentityTransition(
        label="Retirer l’INS que INSi ne confirme pas",
        done="INS retirée",
        targets={RECUP: PROV, QUAL: VALI},
        permission=P.IDENTITY_EDIT,
        event=PatientEvent.INS_LOST,
        drops_ins=True,
        by_hand=False,
        elsewhere="Cette identité n’a pas d’INS.",
    ),
    IdentityAct.CORRECT: IdentityTransition(
        label="Corriger un trait",
        done="Traits corrigés",
        targets={PROV: PROV, RECUP: PROV, VALI: PROV},
        permission=P.IDENTITY_EDIT,
        event=PatientEvent.IDENTITY_CORRECTED,
        drops_ins=True,
        source_only=True,
        elsewhere=(
            "Les traits d’une identité qualifiée viennent de l’INS et ne se corrigent pas à la main. Interrogez de "
            "nouveau INSi\u202f; s’ils sont ceux d’une autre personne, marquez d’abord l’identité douteuse."
        ),
    ),
    IdentityAct.COMPLETE: IdentityTransition(
        label="Modifier le nom utilisé",
        done="Identité complétée",
        targets=UNCHANGED,
        permission=P.IDENTITY_EDIT,
        event=PatientEvent.UPDATED,
        by_hand=False,
    ),
    IdentityAct.UNVALIDATE: IdentityTransition(
        label="Annuler la validation",
        done="Validation annulée",
        targets={VALI: PROV, QUAL: RECUP},
        permission=P.IDENTITY_EDIT,
        event=PatientEvent.IDENTITY_UNVALIDATED,
        wants_reason=True,
        source_only=True,
        elsewhere="Aucune pièce d’identité n’a été contrôlée\u00a0: il n’y a rien à annuler.",
    ),
    IdentityAct.MARK_HOMONYM: IdentityTransition(
        label="Signaler un homonyme",
        done="Homonyme signalé",
        targets=UNCHANGED,
        permission=P.IDENTITY_EDIT,
        event=PatientEvent.HOMONYM_MARKED,
        sets=HOMA,
        forbids=frozenset({HOMA, FICT, ANOM}),
        wants_reason=True,
    ),
    IdentityAct.UNMARK_HOMONYM: IdentityTransition(
        label="Ne plus signaler d’homonyme",
        done="Homonyme levé",
        targets=UNCHANGED,
        permission=P.IDENTITY_VIGILANCE,
        event=PatientEvent.HOMONYM_UNMARKED,
        clears=HOMA,
        wants_reason=True,
    ),
    IdentityAct.DOUBT: IdentityTransition(
        label="Marquer douteuse",
        done="Identité douteuse",
        targets=ALL_FALL,
        permission=P.IDENTITY_EDIT,
        event=PatientEvent.IDENTITY_DOUBTED,
        sets=DOUT,
        forbids=frozenset({DOUT, FICT, ANOM}),
        drops_ins=True,
        wants_reason=True,
    ),
    IdentityAct.LIFT_DOUBT: IdentityTransition(
        label="Lever le doute",
        done="Doute levé",
        targets={PROV: PROV},
        permission=P.IDENTITY_VIGILANCE,
        event=PatientEvent.IDENTITY_DOUBT_LIFTED,
        clears=DOUT,
        wants_reason=True,
    ),
    IdentityAct.MAKE_FICTITIOUS: IdentityTransition(
        label="Déclarer fictive",
        done="Identité fictive",
        targets=ALL_FALL,
        permission=P.IDENTITY_VIGILANCE,
        event=PatientEvent.IDENTITY_FICTITIOUS,
        sets=FICT,
        forbids=_ALONE,
        drops_ins=True,
        wants_reason=True,
    ),
    IdentityAct.LIFT_FICTION: IdentityTransition(
        label="N’est plus fictive",
        done="Identité qui n’est plus fictive",
        targets={PROV: PROV},
        permission=P.IDENTITY_VIGILANCE,
        event=PatientEvent.IDENTITY_FICTION_LIFTED,
        clears=FICT,
        wants_reason=True,
    ),
    IdentityAct.MAKE_ANONYMOUS: IdentityTransition(
        label="Déclarer anonyme",
        done="Identité anonyme",
        targets=ALL_FALL,
        permission=P.IDENTITY_VIGILANCE,
        event=PatientEvent.IDENTITY_ANONYMOUS,
        sets=ANOM,
        forbids=_ALONE,
        drops_ins=True,
        wants_reason=True,
    ),
    IdentityAct.LIFT_ANONYMITY: IdentityTransition(
        label="N’est plus anonyme",
        done="Identité qui n’est plus anonyme",
        targets={PROV: PROV},
        permission=P.IDENTITY_VIGILANCE,
        event=PatientEvent.IDENTITY_ANONYMITY_LIFTED,
        clears=ANOM,
        wants_reason=True,
    ),
}
# The two ways in, and what a feed says: in the history, but nothing a person starts from the page of an identity.
BEGINNINGS = {IdentityAct.CREATE: "Identité créée", IdentityAct.FEED: "Identité reçue du flux"}

_BECAUSE = {
    HOMA: "Elle est signalée homonyme\u00a0: un seul cas, «\u00a0douteuse et homonyme\u00a0», se combine.",
    DOUT: "L’identité est douteuse\u00a0: levez d’abord le doute avec la cellule d’identitovigilance.",
    FICT: "L’identité est fictive\u00a0: elle ne se valide pas et n’a pas d’INS.",
    ANOM: "L’identité est anonyme\u00a0: elle ne se valide pas et n’a pas d’INS.",
}


class ActRefused(Exception):
    """An identity does not take this act as it stands; the message says why and what to do, in French."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def judge(act: IdentityAct, state: IdentityState) -> IdentityState:
    """Give what an identity becomes by an act; raise ActRefused."""
    line = TRANSITIONS[act]
    if line.clears is not None and line.clears not in state.attributes:
        raise ActRefused(f"L’identité n’est pas {line.clears.label}\u00a0: il n’y a rien à lever.")
    for attribute in (FICT, ANOM, DOUT, HOMA):
        if attribute in line.forbids and attribute in state.attributes:
            again = attribute is line.sets
            raise ActRefused(f"L’identité est déjà {attribute.label}." if again else _BECAUSE[attribute])
    if state.status not in line.targets:
        raise ActRefused(line.elsewhere)
    attributes = set(state.attributes) - {line.clears} | ({line.sets} if line.sets else set())
    return IdentityState(
        status=line.targets[state.status],
        attributes=frozenset(one for one in attributes if one is not None),
        has_ins=(state.has_ins or act is IdentityAct.RETRIEVE) and not line.drops_ins,
    )


def refusal(act: IdentityAct, state: IdentityState) -> str:
    """Say why an identity does not take this act; "" when it does."""
    try:
        judge(act, state)
    except ActRefused as refused:
        return refused.message
    return ""


def available(state: IdentityState, rights: frozenset[str], *, follows: bool) -> list[IdentityAct]:
    """List the acts that this person may start on that identity; `follows` where its traits come from a feed."""
    return [
        act
        for act, line in TRANSITIONS.items()
        if line.by_hand and line.permission in rights and not (follows and line.source_only) and not refusal(act, state)
    ]
