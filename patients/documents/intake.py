"""Receiving files from a browser in memory, never on a disk: what is too large or too many is skipped and said."""

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from dcc.lib import french
from patients.documents.refusal import FileRefused

MOST_FILES = 20
_BATCH = 3  # times the size of the largest file, for all the files sent together
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One file as it arrived: `refused` when it did not come whole."""

    name: str
    data: bytes
    refused: FileRefused | None = None


class Intake(FileUploadHandler):
    """Keeps the files of one request, within bounds; put in place before anything reads request.POST."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.sent: list[Sent] = []
        self._whole = 0

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        super().new_file(field_name, file_name, *args, **kwargs)
        self._chunks: list[bytes] = []
        self._size = 0
        if len(self.sent) >= MOST_FILES:
            self._skip(f"Plus de {MOST_FILES} fichiers à la fois.", "Ajoutez celui-ci dans un second envoi.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._size += len(raw_data)
        self._whole += len(raw_data)
        largest = settings.DOCUMENT_MAX_BYTES
        if self._size > largest:
            advice = "Ajoutez les pages utiles, ou enregistrez-le avec une définition plus faible."
            self._skip(f"Ce fichier dépasse {largest // _MEGABYTE} Mo.", advice)
        if self._whole > _BATCH * largest:
            self._skip("Ces fichiers sont trop lourds ensemble.", "Ajoutez celui-ci dans un second envoi.")
        self._chunks.append(raw_data)

    def file_complete(self, file_size: int) -> SimpleUploadedFile:
        self.sent.append(Sent(name=clean_name(self.file_name or ""), data=b"".join(self._chunks)))
        return SimpleUploadedFile(self.sent[-1].name, b"")

    def _skip(self, problem: str, advice: str) -> None:
        self._chunks = []
        self._whole -= self._size
        name = clean_name(self.file_name or "")
        self.sent.append(Sent(name=name, data=b"", refused=FileRefused(problem, advice)))
        raise SkipFile


def clean_name(name: str) -> str:
    """The last part of a name, printable and short enough: it is shown, never used as a path."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(letter for letter in last if letter.isprintable())[-200:] or "sans nom"


def size_words(size: int) -> str:
    """« 640 Ko », « 2,4 Mo »."""
    if size < _MEGABYTE:
        return f"{max(1, round(size / 1024))}\u00a0Ko"
    return f"{french.number(size / _MEGABYTE, decimals=1)}\u00a0Mo"
