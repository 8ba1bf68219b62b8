"""Boards, meetings, cases and sheets."""

from django.apps import AppConfig


class RcpConfig(AppConfig):
    name = "rcp"

    def ready(self) -> None:
        from rcp.attachments.queries import connect_attachments
        from rcp.registration.passages import connect_boards

        connect_boards()
        connect_attachments()
