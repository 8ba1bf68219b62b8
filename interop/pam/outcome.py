"""What comes of a message: the answer to send, and what a person must look at."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from interop.pam.person import Identity
from interop.pam.record import LocalId, Traits
from interop.terminologies.hl7v2 import AckCode

Ref = TypeVar("Ref")


class Effect(StrEnum):
    """What a message did."""

    CREATED = "created"
    UPDATED = "updated"
    ATTACHED = "attached"  # a new identifier of a known person, by qualified INS
    MERGED = "merged"
    RENAMED = "renamed"
    LATE = "late"  # took its place before what is known: nothing newer was overwritten
    NOTED = "noted"
    REPLAYED = "replayed"
    REFUSED = "refused"


class ConflictKind(StrEnum):
    """Why a person must decide."""

    COLLISION = "collision"  # an identity would be overwritten by another
    SAME_INS = "same_ins"  # two identities, one qualified INS
    TWO_INS = "two_ins"  # a merge of two qualified identities with different INS
    IDENTIFIER_TAKEN = "identifier_taken"  # a new IPP that was in use before
    ALREADY_REDIRECTED = "already_redirected"  # an IPP that already leads elsewhere
    VISIT_OF_ANOTHER = "visit_of_another"
    TWO_FILES = "two_files"  # merged by a feed, while their files are those of two regions


CONFLICT_SENTENCES = {
    ConflictKind.COLLISION: "Trois au moins du nom, du prénom, de la date de naissance et du sexe changent à la "
    "fois\u00a0: collision probable, l’identité connue n’est pas remplacée.",
    ConflictKind.SAME_INS: "La même INS qualifiée est portée par deux identités.",
    ConflictKind.TWO_INS: "Fusion refusée\u00a0: les deux identités sont qualifiées avec des INS différentes.",
    ConflictKind.IDENTIFIER_TAKEN: "Le nouvel IPP était déjà en usage avant ce changement.",
    ConflictKind.ALREADY_REDIRECTED: "Cet IPP a déjà été fusionné ou remplacé par un autre.",
    ConflictKind.VISIT_OF_ANOTHER: "Ce numéro de venue appartient à un autre patient.",
    ConflictKind.TWO_FILES: "L’établissement a fusionné deux identités dont les dossiers, ici, relèvent de deux "
    "régions fondatrices\u00a0: ils restent séparés.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two identifiers a person must look at side by side; equal when they are the same matter."""

    kind: ConflictKind
    about: LocalId
    other: LocalId | None
    said: Traits | None = field(default=None, compare=False, repr=False)  # what the message at hand says of `about`

    @property
    def sentence(self) -> str:
        """What is wrong, in French, without any trait."""
        return CONFLICT_SENTENCES[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageKey:
    """What makes a message the same as another: its sender (MSH-3, MSH-4) and its control id (MSH-10)."""

    application: str
    facility: str
    control_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The acknowledgement made to a message and the digest of what followed its header."""

    digest: str
    ack: bytes = field(repr=False)
    code: AckCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Generic[Ref]):
    """The result of a message; `ack` is to be sent once everything is stored. No text here holds a trait."""

    effect: Effect
    code: AckCode
    ack: bytes = field(repr=False)
    ref: Ref | None = None
    identity: Identity | None = field(default=None, repr=False)
    alerts: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
