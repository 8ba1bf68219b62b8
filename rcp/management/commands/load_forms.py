"""Publish the packaged forms: what changed becomes a new version, what did not stays as it is."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from rcp.sheets.definitions import FormRefused, publish_packaged


class Command(BaseCommand):
    help = "Publish the packaged questionnaires (trunk, and each pathology composed with it). Runs as the owner."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            published = publish_packaged()
        except FormRefused as refused:
            raise CommandError(f"A packaged form is refused, nothing is published: {refused}") from refused
        for form in published:
            self.stdout.write(f"{form}  {form.title}")
