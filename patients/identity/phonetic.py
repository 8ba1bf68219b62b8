"""Phonetic keys of French names: two spellings a secretary may confuse share one key.

A key is a run of consonant sounds, vowels left out, so that it also survives most slips on vowels:

    DUPONT, DUPOND → DPN          LEFEVRE, LEFEBVRE, LE FÈVRE → LFVR     PHILIPPE, FILIPPE → FLP
    SCHMITT, SCHMIDT → XM         MATHIEU, MATTHIEU → MT                QUENTIN, KANTIN → KNTN

Rules, in order, on the letters of the normalised name:
1. particle DE dropped when it stands alone (DE LA TOUR = LATOUR); ST, STE in full; words joined (LE GOFF = LEGOFF);
2. double letters single; Y is I; PH F, TH T, RH R, CH and SH and SCH X, but CHR and CHL K; QU, CK, CQ, C and K K,
   soft C and SC S, soft G J, GN N, W V, Z S, X KS, H mute;
3. letters heard by nobody: B before V, P or M before T, M before B or P sounds N, LT and LD after U;
4. final S, X, Z, T, D, P, then final E, and C or K after R, are mute (PETIT PT, but PETITE PTT);
5. vowels go, save that a name that begins with one keeps a mark, A.
Coarse on purpose: a key only selects candidates, matching.py judges them. Stored in columns: a change of rule means
computing the columns again, so RULES_VERSION goes up with it.
"""

import re
from functools import lru_cache

from patients.identity.names import comparison_key

RULES_VERSION = 1
MAX_LENGTH = 16

_WORDS = {"ST": "SAINT", "STE": "SAINTE"}
_PARTICLES = {"DES", "LES", "VAN", "VON", "DER", "DEN", "BEN", "DOS", "DAS", "DEL", "DELLA", "SAINT", "SAINTE", "STE"}
_RULES = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"(.)\1+", r"\1"),
        (r"Y", "I"),
        (r"PH", "F"),
        (r"TH", "T"),
        (r"RH", "R"),
        (r"CH(?=[RL])", "K"),
        (r"SCH|SH|CH", "X~"),  # ~ marks the sound of CHAT, apart from the letter X that sounds KS
        (r"C?QU?", "K"),
        (r"CK", "K"),
        (r"NCOI", "NSOI"),  # the cedilla of FRANÇOIS is gone from the normalised form
        (r"SC(?=[EI])", "S"),
        (r"C(?=[EI])", "S"),
        (r"C", "K"),
        (r"GN", "N"),
        (r"GU(?=[EI])", "Q"),  # the G of GUILLAUME stays hard; Q is free by now
        (r"G(?=[EI])", "J"),
        (r"Q", "G"),
        (r"W", "V"),
        (r"Z", "S"),
        (r"H", ""),
        (r"B(?=V)", ""),
        (r"[PM]+(?=T)", lambda m: "N" if "M" in m.group() else ""),
        (r"M(?=[BP])", "N"),
        (r"(?<=U)L(?=[TD]S?$)", ""),
        (r"[STDPX]+$", ""),  # never the sound X~, which ends with its mark
        (r"E+$", ""),
        (r"(?<=R)K+$", ""),
        (r"X(?!~)", "KS"),
        (r"~", ""),
        (r"(.)\1+", r"\1"),
    )
)


@lru_cache(maxsize=65536)
def surname_key(name: str) -> str:
    """Give the phonetic key of a family name, at most 16 letters; "" for a name without letters."""
    words = re.split(r"[ -]+", name.upper().strip(" -"))
    if len(words) > 1 and words[0] == "DE":
        words = words[1:]
    return _key("".join(comparison_key(_WORDS.get(word, word)) for word in words))


@lru_cache(maxsize=65536)
def given_name_key(name: str) -> str:
    """Give the phonetic key of a first given name, compound included, at most 16 letters."""
    return _key(comparison_key(name))


@lru_cache(maxsize=65536)
def name_parts(name: str) -> tuple[str, ...]:
    """Split a compound name (space, hyphens) into the parts that may be used alone; () when it is simple.

    Particles and one- or two-letter words stay with what follows: LE GOFF-DE LA TOUR gives LE GOFF and DE LA TOUR.
    """
    parts: list[str] = []
    waiting = ""
    for word in re.split(r"[ -]+", name):
        waiting = f"{waiting} {word}".strip()
        if len(word) > 2 and word not in _PARTICLES:
            parts.append(waiting)
            waiting = ""
    return tuple(parts) if len(parts) > 1 else ()


def _key(letters: str) -> str:
    sounds = letters
    for pattern, sound in _RULES:
        sounds = pattern.sub(sound, sounds)
    if not sounds:
        return letters[:1] if not letters or letters[0] not in "AEIOUYH" else "A"
    skeleton = re.sub(r"[AEIOU]", "", sounds)
    return (("A" if sounds[0] in "AEIOU" else "") + skeleton)[:MAX_LENGTH]
