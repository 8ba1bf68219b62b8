"""How alike two runs of letters are; symmetric, on comparison keys (A–Z). Cached: a list compares the same names."""

from functools import lru_cache


@lru_cache(maxsize=16384)
def jaro_winkler(first: str, second: str) -> float:
    """Give the Jaro-Winkler similarity, 0 to 1, prefix of four letters weighted 0.1."""
    if first == second:
        return 1.0
    # The greedy pairing below may depend on the order of its arguments: fix it, so that the result does not.
    short, long = sorted((first, second), key=lambda text: (len(text), text))
    if not short:
        return 0.0
    reach = max(len(long) // 2 - 1, 0)
    taken = [False] * len(long)
    matched: list[str] = []
    for rank, letter in enumerate(short):
        for other in range(max(0, rank - reach), min(len(long), rank + reach + 1)):
            if not taken[other] and long[other] == letter:
                taken[other] = True
                matched.append(letter)
                break
    if not matched:
        return 0.0
    count = len(matched)
    in_long = [letter for letter, hit in zip(long, taken, strict=True) if hit]
    moved = sum(a != b for a, b in zip(matched, in_long, strict=True)) / 2
    jaro = (count / len(short) + count / len(long) + (count - moved) / count) / 3
    prefix = 0
    while prefix < min(4, len(short)) and short[prefix] == long[prefix]:
        prefix += 1
    return jaro + prefix * 0.1 * (1 - jaro)


@lru_cache(maxsize=16384)
def edit_distance(first: str, second: str, most: int = 2) -> int:
    """Count insertions, deletions, substitutions and neighbour swaps; `most` + 1 stands for anything above `most`."""
    # An edit adds and removes at most one letter each way: far apart, the table need not be filled.
    if abs(len(first) - len(second)) > most or len(set(first) ^ set(second)) > 2 * most:
        return most + 1
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, start=1):
        before, previous, row = row, before, [i]
        for j, b in enumerate(second, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                cost = min(cost, previous[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
