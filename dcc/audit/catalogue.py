"""The catalogue of audit events: each app adds its own members, each event has its French sentence."""

from enum import StrEnum

_SENTENCES: dict[str, str] = {}


class EventCatalogue(StrEnum):
    """Base of an app's events: `NAME = "app.code", "Sentence, with {details} if any."`."""

    def __new__(cls, code: str, sentence: str) -> "EventCatalogue":
        member = str.__new__(cls, code)
        member._value_ = code
        _SENTENCES[code] = sentence
        return member

    @property
    def sentence(self) -> str:
        return _SENTENCES[self.value]


class _Blanks(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "…"


def sentence(code: str, details: dict[str, object]) -> str:
    """What a reader of the trace sees; an event of a retired code shows its code."""
    return _SENTENCES.get(code, code).format_map(_Blanks(details)).replace("….", "…")


def catalogue() -> dict[str, str]:
    return dict(_SENTENCES)


class AccessEvent(EventCatalogue):
    REFUSED = "access.refused", "Accès refusé à {path}."
    NOT_FOUND = "access.not_found", "Adresse inconnue ou hors de portée : {path}."
