"""Invented names as a secretary types them: « Hélène », « Le Gallec ». Identities keep them in capitals (RNIV)."""

import re
from functools import lru_cache

# Given names of the invented population that have a mark, each without its own.
_GIVEN_NAMES = """
Aimé André Benoît Clément Côme Cédric Désiré Édouard Émile Éric Eugène Félicien Frédéric Gaël Gérard Grégory Hervé
Ismaël Jean-François Jérémy Jérôme Joël José Kévin Loïc Léo Léon Léonce Maël Naël Noé Raphaël Régis Rémi René Siméon
Stéphane Théo Théodore Timéo
Agnès Anaïs Andrée Aurélie Béatrice Cécile Céline Chloé Clémence Éliane Élisabeth Élodie Émeline Émilie Eugénie
Évelyne Édith Françoise Gaëlle Geneviève Gisèle Gwenaëlle Hélène Héloïse Inès Irène Joséphine Laëtitia Leïla Léa Léna
Léontine Maëlys Maëva Marie-Thérèse Mélanie Michèle Noémie Noëlle Ophélie Réjane Renée Salomé Séverine Solène
Stéphanie Thaïs Thérèse Valérie Véronique Zélie Zoé
"""
_FAMILY_NAMES = "Hénand Trévidic"
_ENDINGS = (("ereau", "éreau"), ("eron", "éron"))
_PLAIN = str.maketrans("ÀÂÇÈÉÊËÎÏÔÙÛàâçèéêëîïôùû", "AACEEEEIIOUUaaceeeeiiouu")
_MARKED = {word.translate(_PLAIN).upper(): word for word in f"{_GIVEN_NAMES} {_FAMILY_NAMES}".split()}


def typed_given_names(normalised: str) -> str:
    """« JEAN-FRANCOIS HELENE » as « Jean-François Hélène »."""
    return " ".join(_MARKED.get(name) or _capitalised(name) for name in normalised.split())


@lru_cache(maxsize=50_000)
def typed_family_name(normalised: str) -> str:
    """« LE GALLEC-PETEREAU » as « Le Gallec-Petéreau »."""
    return re.sub(r"\w+", lambda word: _family_word(word.group()), normalised)


def _family_word(word: str) -> str:
    if word in _MARKED:
        return _MARKED[word]
    said = word.capitalize()
    plain, marked = next(((plain, marked) for plain, marked in _ENDINGS if said.endswith(plain)), ("", ""))
    return f"{said.removesuffix(plain)}{marked}" if plain else said


def _capitalised(name: str) -> str:
    return re.sub(r"\w+", lambda word: word.group().capitalize(), name)
