"""Boards, meetings, cases and sheets."""

from django.apps import AppConfig


class RcpConfig(AppConfig):
    name = "rcp"
