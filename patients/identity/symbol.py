"""A datamatrix as modules to draw (ISO/IEC 16022, ECC 200, square symbols), and as the path of a picture.

What the INS writes (datamatrix.py) only needs the ASCII encodation, so only that encodation is known here.
"""

import re
from dataclasses import dataclass
from itertools import groupby

QUIET_MODULES = 1  # light modules around the symbol, the least a reader needs


@dataclass(frozen=True, slots=True)
class _Symbol:
    """A size of symbol: modules a side, codewords of data and of correction, regions a side, interleaved blocks."""

    side: int
    data: int
    correction: int
    regions: int = 1
    blocks: int = 1

    @property
    def region(self) -> int:
        """Modules of data on a side of one region."""
        return self.side // self.regions - 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """The dark modules as one SVG path in a square of `side` modules, quiet zone included."""

    side: int
    path: str


# Table 7 of the standard, square symbols up to what the longest INS content needs.
_SYMBOLS = (
    _Symbol(10, 3, 5), _Symbol(12, 5, 7), _Symbol(14, 8, 10), _Symbol(16, 12, 12), _Symbol(18, 18, 14),
    _Symbol(20, 22, 18), _Symbol(22, 30, 20), _Symbol(24, 36, 24), _Symbol(26, 44, 28), _Symbol(32, 62, 36, 2),
    _Symbol(36, 86, 42, 2), _Symbol(40, 114, 48, 2), _Symbol(44, 144, 56, 2), _Symbol(48, 174, 68, 2),
    _Symbol(52, 204, 84, 2, 2), _Symbol(64, 280, 112, 4, 2),
)  # fmt: skip

# Modules of one codeword, most significant bit first, around its last one (figure F.1), then the four corner shapes
# (F.3 to F.6) where a negative number counts from the far side.
_UTAH = ((-2, -2), (-2, -1), (-1, -2), (-1, -1), (-1, 0), (0, -2), (0, -1), (0, 0))
_CORNERS = (
    ((-1, 0), (-1, 1), (-1, 2), (0, -2), (0, -1), (1, -1), (2, -1), (3, -1)),
    ((-3, 0), (-2, 0), (-1, 0), (0, -4), (0, -3), (0, -2), (0, -1), (1, -1)),
    ((-3, 0), (-2, 0), (-1, 0), (0, -2), (0, -1), (1, -1), (2, -1), (3, -1)),
    ((-1, 0), (-1, -1), (0, -3), (0, -2), (0, -1), (1, -3), (1, -2), (1, -1)),
)


def modules(content: str) -> list[list[bool]]:
    """Draw an ASCII text as rows of modules, True for dark, without the quiet zone."""
    words = encode_ascii(content)
    symbol = next((item for item in _SYMBOLS if item.data >= len(words)), None)
    if symbol is None:
        raise ValueError("too long for a datamatrix of this table")
    placed = place(add_correction(pad(words, symbol.data), symbol), symbol.region * symbol.regions)
    return _frame(placed, symbol)


def outline(content: str) -> Outline:
    """Draw an ASCII text as one path to fill; raises ValueError for what cannot be encoded."""
    drawn = modules(content)
    path = "".join(
        f"M{x + QUIET_MODULES} {y + QUIET_MODULES}h{length}v1h-{length}z"
        for y, line in enumerate(drawn)
        for x, length in _runs(line)
    )
    return Outline(side=len(drawn) + 2 * QUIET_MODULES, path=path)


def encode_ascii(content: str) -> list[int]:
    """Encode a text: a pair of digits or a character takes one codeword."""
    if not content.isascii():
        raise ValueError("only ASCII goes into the datamatrix")
    pieces = re.findall(r"\d\d|.", content, flags=re.DOTALL)
    return [int(piece) + 130 if len(piece) == 2 else ord(piece) + 1 for piece in pieces]


def pad(words: list[int], capacity: int) -> list[int]:
    """Fill the symbol: 129, then values of the 253-state pseudo-random sequence."""
    padded = list(words)
    while len(padded) < capacity:
        value = 129 if len(padded) == len(words) else 129 + (149 * (len(padded) + 1)) % 253 + 1
        padded.append(value if value <= 254 else value - 254)
    return padded


def add_correction(words: list[int], symbol: _Symbol) -> list[int]:
    """Append the Reed-Solomon codewords, blocks interleaved."""
    per_block = symbol.correction // symbol.blocks
    correction = [0] * symbol.correction
    for block in range(symbol.blocks):
        correction[block :: symbol.blocks] = reed_solomon(words[block :: symbol.blocks], per_block)
    return [*words, *correction]


def reed_solomon(words: list[int], count: int) -> list[int]:
    """Compute the correction codewords over GF(256) of polynomial 301, roots 2^1 to 2^count."""
    generator = [1]
    for power in range(1, count + 1):
        root = _EXP[power % 255]
        generator = [a ^ _times(b, root) for a, b in zip([*generator, 0], [0, *generator], strict=True)]
    remainder = [0] * count
    for word in words:
        factor = word ^ remainder[0]
        remainder = [a ^ _times(factor, b) for a, b in zip([*remainder[1:], 0], generator[1:], strict=True)]
    return remainder


def place(words: list[int], size: int) -> list[list[bool]]:
    """Lay the codewords over the square of data modules (annex F)."""
    grid: list[list[bool | None]] = [[None] * size for _ in range(size)]
    remaining = iter(words)

    def lay(shape: tuple[tuple[int, int], ...], row: int = 0, column: int = 0, *, corner: bool = False) -> None:
        word = next(remaining)
        for bit, (down, right) in enumerate(shape):
            y, x = row + down, column + right
            if corner:
                y, x = y % size, x % size
            else:
                if y < 0:
                    y, x = y + size, x + 4 - (size + 4) % 8
                if x < 0:
                    y, x = y + 4 - (size + 4) % 8, x + size
            grid[y][x] = bool(word >> (7 - bit) & 1)

    row, column = 4, 0
    while row < size or column < size:
        for shape, wanted in zip(_CORNERS, _corner_tests(row, column, size), strict=True):
            if wanted:
                lay(shape, corner=True)
        while row >= 0 and column < size:
            if row < size and column >= 0 and grid[row][column] is None:
                lay(_UTAH, row, column)
            row, column = row - 2, column + 2
        row, column = row + 1, column + 3
        while row < size and column >= 0:
            if row >= 0 and column < size and grid[row][column] is None:
                lay(_UTAH, row, column)
            row, column = row + 2, column - 2
        row, column = row + 3, column + 1
    if grid[-1][-1] is None:  # sizes whose last four modules hold no codeword carry a fixed pattern there
        grid[-1][-1] = grid[-2][-2] = True
    return [[bool(module) for module in line] for line in grid]


def _corner_tests(row: int, column: int, size: int) -> tuple[bool, bool, bool, bool]:
    return (
        row == size and column == 0,
        row == size - 2 and column == 0 and size % 4 != 0,
        row == size - 2 and column == 0 and size % 8 == 4,
        row == size + 4 and column == 2 and size % 8 == 0,
    )


def _frame(placed: list[list[bool]], symbol: _Symbol) -> list[list[bool]]:
    """Add to each region its solid left and bottom sides and its dotted top and right sides."""
    span = symbol.region + 2
    drawn = []
    for y in range(symbol.side):
        line = []
        for x in range(symbol.side):
            inner_y, inner_x = y % span, x % span
            if inner_x == 0 or inner_y == span - 1:
                line.append(True)
            elif inner_y == 0:
                line.append(inner_x % 2 == 0)
            elif inner_x == span - 1:
                line.append(inner_y % 2 == 1)
            else:
                line.append(placed[y // span * symbol.region + inner_y - 1][x // span * symbol.region + inner_x - 1])
        drawn.append(line)
    return drawn


def _runs(line: list[bool]) -> list[tuple[int, int]]:
    """The dark stretches of a row: where each begins, how long it is."""
    found, x = [], 0
    for dark, group in groupby(line):
        length = len(list(group))
        if dark:
            found.append((x, length))
        x += length
    return found


def _tables() -> tuple[list[int], list[int]]:
    exponents, logarithms, value = [], [0] * 256, 1
    for power in range(255):
        exponents.append(value)
        logarithms[value] = power
        value = value << 1 ^ (301 if value & 128 else 0)
    return exponents, logarithms


_EXP, _LOG = _tables()


def _times(a: int, b: int) -> int:
    return 0 if 0 in (a, b) else _EXP[(_LOG[a] + _LOG[b]) % 255]
