"""Handing stored bytes to a browser: named without the patient, never cached, never sniffed."""

from django.http import HttpResponse


def download(data: bytes, *, name: str, content_type: str, inline: bool = False) -> HttpResponse:
    """`name` is ASCII and says nothing of the patient: it stays in the browser's list of downloads."""
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    return response
