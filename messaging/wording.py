"""The states of a delivery in words: badge, second line, what can be done about it (guide §7, §10)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from dcc.lib import french
from messaging.models import ChannelKind, Delivery, DeliveryStatus

S = DeliveryStatus
ICONS = {ChannelKind.MSSANTE: "mail", ChannelKind.HL7: "sync", ChannelKind.PAPER: "paper"}
VOICES = {ChannelKind.MSSANTE: "MSSanté", ChannelKind.HL7: "HL7", ChannelKind.PAPER: "Courrier"}


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A badge, the line under it, and the label of the row's button ('' when there is nothing to do)."""

    kind: str
    label: str
    note: str = ""
    action: str = ""


def state_of(delivery: Delivery) -> State:
    """What the list says of a delivery."""
    match delivery.status:
        case S.REFUSED:
            label = "Document non produit" if delivery.attempts == 0 else "Refusé"
            return State(kind="bad", label=label, note=_first_sentence(delivery.last_error), action="Corriger")
        case S.WAITING:
            return State(kind="info", label="En préparation", note=f"demandé {when(delivery.planned_at)}")
        case S.DUE if delivery.attempts:
            return State(
                kind="warn",
                label=f"{french_rank(delivery.attempts + 1)} essai {at(delivery.next_attempt_at)}",
                note=_first_sentence(delivery.last_error),
                action="Voir",
            )
        case S.DUE:
            return State(kind="info", label="À envoyer", note=f"demandé {when(delivery.planned_at)}")
        case S.SENDING:
            return State(kind="info", label="En cours d’envoi")
        case S.TO_PRINT:
            return State(kind="warn", label="À poster", note=f"demandé {when(delivery.planned_at)}", action="Imprimer")
        case S.PRINTED:
            return State(kind="ok", label="Imprimé", note=_moment(delivery.sent_at))
        case S.SENT:
            label = "Classé" if delivery.channel == ChannelKind.HL7 else "Parti"
            return State(kind="ok", label=label, note=_moment(delivery.sent_at))
    return State(kind="neutral", label="Annulé", note=_first_sentence(delivery.last_error))


def when(moment: datetime) -> str:
    """« à 09:58 », « hier à 17:42 », « le 18/11 à 08:15 »."""
    local, today = timezone.localtime(moment), timezone.localdate()
    hour = f"à {french.time_short(local)}"
    if local.date() == today:
        return hour
    if local.date() == today - timedelta(days=1):
        return f"hier {hour}"
    return f"le {local:%d/%m} {hour}"


def at(moment: datetime) -> str:
    """When the next try comes; « maintenant » once its time has passed."""
    return "maintenant" if moment <= timezone.now() else when(moment)


def french_rank(number: int) -> str:
    return "1er" if number == 1 else f"{number}e"


def _moment(moment: datetime | None) -> str:
    return when(moment) if moment else ""


def _first_sentence(text: str) -> str:
    return text.split(". ")[0].rstrip(".")
