"""The local mailbox: what the demonstration's mail server filed, secure mail and ordinary mail."""

import os
from pathlib import Path

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from dcc.accounts.access import public
from dcc.embedded.mailbox import CHANNELS, Mail, MailNotFound, list_mails, read_mail

SHOWN_TYPES = {"application/pdf", "text/plain"}  # what a browser may display; the rest is downloaded


def _folder() -> Path:
    return Path(os.environ.get("DCC_MAILBOX_DIR", ".dcc/mail"))


def _mail(key: str) -> Mail:
    try:
        return read_mail(_folder(), key)
    except MailNotFound as error:
        raise Http404 from error


@public
def mailbox(request: HttpRequest) -> HttpResponse:
    """The newest mails first; `?q=` keeps those whose recipient or subject contains it."""
    sought = request.GET.get("q", "").strip().lower()
    mails = [
        mail
        for mail in list_mails(_folder(), limit=200)
        if not sought or sought in mail.subject.lower() or any(sought in one.lower() for one in mail.recipients)
    ]
    rows = [{"mail": mail, "channel": CHANNELS[mail.channel]} for mail in mails]
    return render(request, "demo/mailbox.html", {"rows": rows, "sought": request.GET.get("q", "")})


@public
def message(request: HttpRequest, key: str) -> HttpResponse:
    mail = _mail(key)
    return render(request, "demo/message.html", {"mail": mail, "key": key, "channel": CHANNELS[mail.summary.channel]})


@public
def attachment(request: HttpRequest, key: str, number: int) -> HttpResponse:
    attachments = _mail(key).attachments
    if not 0 < number <= len(attachments):
        raise BadRequest("no such attachment")
    found = attachments[number - 1]
    shown = found.content_type in SHOWN_TYPES
    response = HttpResponse(found.content, content_type=found.content_type if shown else "application/octet-stream")
    name = found.name.replace('"', "")
    response["Content-Disposition"] = f'{"inline" if shown else "attachment"}; filename="{name}"'
    return response
