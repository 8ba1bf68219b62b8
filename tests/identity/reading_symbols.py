"""A reader of square ECC 200 symbols, written from the other end: it shares no table and no code with the writer.

Positions are numbered the way the annex of ISO/IEC 16022 does (module by module), the correction is checked by its
syndromes rather than computed, and what is not exactly a symbol of the standard is refused.
"""

import re

# Codewords of correction by side; the rest of the modules is data.
CORRECTION = {
    10: 5, 12: 7, 14: 10, 16: 12, 18: 14, 20: 18, 22: 20, 24: 24, 26: 28, 32: 36, 36: 42, 40: 48, 44: 56, 48: 68,
    52: 84, 64: 112,
}  # fmt: skip


class Unreadable(Exception):
    """This drawing is not a symbol of the standard."""


def read_path(path: str, side: int, *, quiet: int = 1) -> str:
    """Read the text of a symbol drawn as one SVG path in a square of `side` modules."""
    grid = [[False] * side for _ in range(side)]
    for x, y, length, back in re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", path):
        if length != back:
            raise Unreadable("an open stroke")
        for column in range(int(x), int(x) + int(length)):
            grid[int(y)][column] = True
    edge = [*grid[0], *grid[-1], *(line[0] for line in grid), *(line[-1] for line in grid)]
    if any(edge):
        raise Unreadable("no quiet zone")
    return read([line[quiet : side - quiet] for line in grid[quiet : side - quiet]])


def read(grid: list[list[bool]]) -> str:
    """Read the text of a symbol, True for a dark module. Raises Unreadable."""
    side = len(grid)
    if side not in CORRECTION or any(len(line) != side for line in grid):
        raise Unreadable("no such size")
    inner = _without_frames(grid, regions=1 if side <= 26 else 2 if side <= 52 else 4)
    words = _codewords(inner)
    blocks = 1 if side < 52 else 2
    for block in range(blocks):
        _check(words[block::blocks], CORRECTION[side] // blocks)
    return _text(words[: len(words) - CORRECTION[side]])


def _without_frames(grid: list[list[bool]], *, regions: int) -> list[list[bool]]:
    span = len(grid) // regions
    kept = [[] for _ in range(len(grid) - 2 * regions)]
    for top in range(0, len(grid), span):
        for left in range(0, len(grid), span):
            region = [line[left : left + span] for line in grid[top : top + span]]
            solid = [line[0] for line in region] + region[-1]
            dotted_top = [dark == (x % 2 == 0) for x, dark in enumerate(region[0])]
            dotted_right = [line[-1] == (y % 2 == 1) for y, line in enumerate(region)]
            if not all(solid + dotted_top + dotted_right):
                raise Unreadable("a broken frame")
            first = top // span * (span - 2)
            for y, line in enumerate(region[1:-1]):
                kept[first + y].extend(line[1:-1])
    return kept


def _codewords(grid: list[list[bool]]) -> list[int]:
    numbered = _numbered(len(grid))
    words = [0] * (len(grid) ** 2 // 8)
    for y, line in enumerate(grid):
        for x, dark in enumerate(line):
            word, bit = numbered.get((y, x), (0, 0))
            if word and dark:
                words[word - 1] |= 1 << (8 - bit)
    return words


def _numbered(size: int) -> dict[tuple[int, int], tuple[int, int]]:
    """For each module, which codeword and which of its bits (1 the heaviest) lies there."""
    found: dict[tuple[int, int], tuple[int, int]] = {}

    def module(row: int, column: int, word: int, bit: int) -> None:
        if row < 0:
            row, column = row + size, column + 4 - (size + 4) % 8
        if column < 0:
            row, column = row + 4 - (size + 4) % 8, column + size
        found[row, column] = (word, bit)

    def utah(row: int, column: int, word: int) -> None:
        for bit, (y, x) in enumerate(
            [(row - 2, column - 2), (row - 2, column - 1), (row - 1, column - 2), (row - 1, column - 1),
             (row - 1, column), (row, column - 2), (row, column - 1), (row, column)], start=1,
        ):  # fmt: skip
            module(y, x, word, bit)

    def corner(word: int, places: list[tuple[int, int]]) -> None:
        for bit, (y, x) in enumerate(places, start=1):
            module(y, x, word, bit)

    last, row, column, word = size - 1, 4, 0, 1
    while row < size or column < size:
        special = None
        if (row, column) == (size, 0):
            special = [(last, 0), (last, 1), (last, 2), (0, last - 1), (0, last), (1, last), (2, last), (3, last)]
        elif (row, column) == (size - 2, 0) and size % 4:
            special = [(last - 2, 0), (last - 1, 0), (last, 0), (0, last - 3), (0, last - 2), (0, last - 1),
                       (0, last), (1, last)]  # fmt: skip
            if size % 8 == 4:
                special = [(last - 2, 0), (last - 1, 0), (last, 0), (0, last - 1), (0, last), (1, last), (2, last),
                           (3, last)]  # fmt: skip
        elif (row, column) == (size + 4, 2) and size % 8 == 0:
            special = [(last, 0), (last, last), (0, last - 2), (0, last - 1), (0, last), (1, last - 2), (1, last - 1),
                       (1, last)]  # fmt: skip
        if special:
            corner(word, special)
            word += 1
        while True:
            if row < size and column >= 0 and (row, column) not in found:
                utah(row, column, word)
                word += 1
            row, column = row - 2, column + 2
            if row < 0 or column >= size:
                break
        row, column = row + 1, column + 3
        while True:
            if row >= 0 and column < size and (row, column) not in found:
                utah(row, column, word)
                word += 1
            row, column = row + 2, column - 2
            if row >= size or column < 0:
                break
        row, column = row + 3, column + 1
    return found


def _check(words: list[int], count: int) -> None:
    """Every syndrome of a right block is zero: the polynomial of its codewords vanishes at 2, 4, 8…"""
    root = 1
    for _ in range(count):
        root = _product(root, 2)
        value = 0
        for word in words:
            value = _product(value, root) ^ word
        if value:
            raise Unreadable("the correction does not hold")


def _product(a: int, b: int) -> int:
    """Multiply in GF(256) of polynomial 301, bit by bit."""
    result = 0
    while b:
        if b & 1:
            result ^= a
        a, b = a << 1, b >> 1
        if a & 256:
            a ^= 301
    return result


def _text(words: list[int]) -> str:
    text = ""
    for word in words:
        if word == 129:
            return text
        if 1 <= word <= 128:
            text += chr(word - 1)
        elif 130 <= word <= 229:
            text += f"{word - 130:02d}"
        else:
            raise Unreadable("another encodation than ASCII")
    return text
