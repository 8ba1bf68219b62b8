"""Mail of sign-in (codes, links, notices), on a queue of its own so that no other work ever delays a code."""

import logging
from smtplib import SMTPException
from typing import Any

from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from kombu import Connection
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from dcc.celery import app

logger = logging.getLogger(__name__)

DIRECT_TIMEOUT = 4  # seconds a person waits when the broker is down and the web process sends by itself
BROKER_IS_DOWN = (OperationalError, RedisError, OSError)
GIVES_UP_AT_ONCE = {"max_retries": 0, "interval_start": 0, "interval_step": 0, "socket_timeout": 2}
MAIL_IS_DOWN = (SMTPException, OSError)


def quick_connection(url: str | None = None) -> Connection:
    """A connection to the broker that gives up at once: someone is waiting for a page."""
    options = {**app.conf.broker_transport_options, **GIVES_UP_AT_ONCE}
    return app.connection_for_write(url, transport_options=options)


def deliver(*, to: str, subject: str, body: str, timeout: int | None = None) -> None:
    """Send one plain mail; raises SMTPException or OSError."""
    connection = get_connection(timeout=timeout) if timeout else get_connection()
    EmailMessage(subject=subject, body=body, to=[to], connection=connection).send()


@app.task(
    name="dcc.accounts.tasks.send_mail",
    bind=True,
    autoretry_for=MAIL_IS_DOWN,
    retry_backoff=2,
    retry_backoff_max=120,
    max_retries=6,
)
def send_mail(self: Any, *, to: str, subject: str, body: str) -> None:
    deliver(to=to, subject=subject, body=body)


def send_after_commit(*, to: str, subject: str, body: str, expires: int | None = None) -> None:
    """Hand a mail to the queue once the transaction is committed, or send it here if the broker does not answer.

    `expires`: seconds after which the mail is worth nothing (a code). Sign-in goes on whatever fails: another code
    can be asked for, and recovery codes need no mail.
    """

    def hand_over() -> None:
        try:
            with quick_connection() as connection:
                options: dict[str, Any] = {"retry": False, "expires": expires, "connection": connection}
                options["kwargsrepr"] = "{}"  # codes and links stay out of monitoring
                send_mail.apply_async(kwargs={"to": to, "subject": subject, "body": body}, **options)
        except BROKER_IS_DOWN:
            logger.warning("The broker does not answer: a sign-in mail is sent directly")
            send_directly()

    def send_directly() -> None:
        try:
            deliver(to=to, subject=subject, body=body, timeout=DIRECT_TIMEOUT)
        except MAIL_IS_DOWN as error:
            logger.error("A sign-in mail could not be sent: %s", type(error).__name__)

    transaction.on_commit(hand_over, robust=True)
