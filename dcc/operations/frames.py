"""What a backup holds, one frame after the other: a letter, a length, bytes.

M the manifest, T the name of a table, D a piece of its rows (PostgreSQL's binary COPY), E its end with the count of
rows, Z the end of everything.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from dcc.lib.crypto import ContentTampered


class Sink(Protocol):
    def write(self, data: bytes | memoryview) -> None: ...


def write_frame(sink: Sink, letter: bytes, data: bytes | memoryview = b"") -> None:
    sink.write(letter + len(data).to_bytes(8, "big"))
    sink.write(data)


def write_json(sink: Sink, letter: bytes, data: Any) -> None:
    write_frame(sink, letter, json.dumps(data).encode())


def read_frames(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """The frames of a stream cut anywhere. Raises ContentTampered when it ends before Z."""
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        position = 0
        while len(waiting) - position >= 9:
            size = int.from_bytes(waiting[position + 1 : position + 9], "big")
            if len(waiting) - position - 9 < size:
                break
            letter, start = bytes(waiting[position : position + 1]), position + 9
            yield letter, bytes(waiting[start : start + size])
            if letter == b"Z":
                return
            position = start + size
        del waiting[:position]
    raise ContentTampered("the backup stops before its end")
