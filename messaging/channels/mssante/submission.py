"""Handing one mail to the operator: STARTTLS with the platform's certificate, receipts asked, answers put in words."""

import contextlib
import smtplib
import ssl
import time
from typing import Any

from django.conf import settings

from messaging.channels.base import ChannelUnavailable, DeliveryRefused, Parcel, Receipt
from messaging.channels.tls import client_context
from patients.documents.traceless import without_matricule

ANSWER_SECONDS = 20.0  # for the connection and for each answer
CONVERSATION_SECONDS = 60.0  # for all of them: inside the lease of the delivery
SILENT = "La messagerie sécurisée ne répond pas. Le message repartira tout seul."
UNSAFE = "La liaison avec la messagerie sécurisée n’est pas sûre. Rien n’est parti\u00a0: l’équipe technique doit voir."
LATER = "La messagerie sécurisée demande de réessayer plus tard. Le message repartira tout seul."


def check_mailbox() -> None:
    """The platform's own mailbox must be set. Raises ChannelUnavailable: nothing is lost, messages wait."""
    if not (settings.MSSANTE["host"] and settings.MSSANTE["sender"]):
        raise ChannelUnavailable(
            "La boîte d’envoi de la plateforme n’est pas réglée. L’équipe technique doit l’indiquer.",
            "no host or no sender",
        )


def submit(parcel: Parcel) -> Receipt:
    """Hand the mail over. Raises ChannelUnavailable (try again) or DeliveryRefused (a person must look)."""
    check_mailbox()
    given = settings.MSSANTE
    deadline = time.monotonic() + CONVERSATION_SECONDS
    server = None
    try:
        server = smtplib.SMTP(given["host"], given["port"], timeout=ANSWER_SECONDS)
        _secure(server, deadline)
        receipt = _hand_over(server, parcel, deadline)
        with contextlib.suppress(OSError, smtplib.SMTPException):  # accepted: a clumsy goodbye changes nothing
            server.quit()
        return receipt
    except smtplib.SMTPResponseException as error:
        stage = "contenu" if isinstance(error, smtplib.SMTPDataError) else "connexion"
        raise _judged(error.smtp_code, error.smtp_error, parcel, stage=stage) from error
    except ssl.SSLError as error:
        raise ChannelUnavailable(UNSAFE, f"TLS: {error.reason or type(error).__name__}") from error
    except (OSError, smtplib.SMTPException) as error:  # refused, unreachable, silent, or hung up
        raise ChannelUnavailable(SILENT, f"{type(error).__name__}: {given['host']}:{given['port']}") from error
    finally:
        if server is not None:
            server.close()


def _secure(server: smtplib.SMTP, deadline: float) -> None:
    _patience(server, deadline).ehlo()
    if not server.has_extn("starttls"):
        raise ChannelUnavailable(UNSAFE, "the server does not offer STARTTLS")
    code, answer = _patience(server, deadline).starttls(context=client_context())
    if code != 220:
        raise ChannelUnavailable(UNSAFE, _said(code, answer))
    _patience(server, deadline).ehlo()


def _hand_over(server: smtplib.SMTP, parcel: Parcel, deadline: float) -> Receipt:
    receipts = server.has_extn("dsn")
    trace = parcel.control_id.strip("<>").replace("+", "+2B").replace("=", "+3D")
    options = ["RET=HDRS", f"ENVID={trace}"] if receipts else []
    if server.has_extn("size"):
        options.append(f"SIZE={len(parcel.payload)}")
    answer = _patience(server, deadline).mail(parcel.transport["sender"], options)
    _accepted(answer, parcel, stage="expéditeur")
    options = ["NOTIFY=SUCCESS,FAILURE"] if receipts else []
    answer = _patience(server, deadline).rcpt(parcel.transport["address"], options)
    _accepted(answer, parcel, stage="destinataire")
    answer = _patience(server, deadline).data(parcel.payload)
    return Receipt(facts={"answer": _accepted(answer, parcel, stage="contenu"), "receipt_asked": receipts})


def _patience(server: smtplib.SMTP, deadline: float) -> smtplib.SMTP:
    """Give the next command what is left of the conversation; raises TimeoutError when nothing is."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    if server.sock is not None:
        server.sock.settimeout(min(left, ANSWER_SECONDS))
    return server


def _accepted(answer: tuple[int, Any], parcel: Parcel, *, stage: str) -> str:
    code, text = answer
    if not 200 <= code < 300:
        raise _judged(code, text, parcel, stage=stage)
    return _said(code, text)


def _judged(code: int, text: Any, parcel: Parcel, *, stage: str) -> ChannelUnavailable | DeliveryRefused:
    """4xx comes back by itself, 5xx is for a person: who, why, and what can be done."""
    detail = f"{stage}\u00a0: {_said(code, text)}"
    if not 500 <= code < 600:
        return ChannelUnavailable(LATER, detail)
    name, words = parcel.transport["name"], _said(code, text).lower()
    if stage == "expéditeur" or stage == "connexion":
        message = "L’opérateur de messagerie refuse notre boîte d’envoi. Prévenez l’équipe technique."
    elif code == 552 or "5.3.4" in words or "5.2.3" in words:
        message = f"Le message est trop lourd pour la boîte de {name}. Mettez ce compte rendu au courrier."
    elif "5.2.2" in words:
        message = f"La boîte de {name} est pleine. Prévenez-le, ou mettez ce compte rendu au courrier."
    elif "5.7" in words:
        message = f"La messagerie de {name} refuse nos messages. Appelez, ou mettez ce compte rendu au courrier."
    elif stage == "destinataire":
        message = f"L’adresse de {name} n’existe plus. Prenez la nouvelle, ou mettez ce compte rendu au courrier."
    else:
        message = (
            f"La messagerie de {name} refuse ce message. Mettez le compte rendu au courrier, et prévenez le support."
        )
    return DeliveryRefused(message, detail)


def _said(code: int, text: Any) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    return without_matricule(f"{code} {' '.join(words.split())}")
