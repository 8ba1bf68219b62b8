"""Write places.txt.gz from tables of communes and countries.

    python -m patients.identity.build_places communes.csv pays.csv [places.txt.gz]

Inputs, `;`-separated UTF-8 with a header line:
- communes: code_insee, nom, type (commune-actuelle, commune-deleguee, commune-associee, arrondissement-municipal),
  departement, codes_postaux and anciens_codes (space-separated), chef_lieu;
- countries: code_insee, iso2, nom.
Output: sections separated by an empty line: source; rows « INSEE, kind letter, label|postcodes|code of today » sorted
by name key (C in force, A arrondissement, F former, P country); aliases « KEY|row »; postcodes « 01400|rows »; former
codes « old|today »; ISO codes « DZ|row ».
"""

import csv
import gzip
import sys
from collections import defaultdict
from pathlib import Path

from patients.identity.places import DATA, place_key

SOURCE = (
    "Places of birth. Communes, déléguées, associées, arrondissements: INSEE code officiel géographique and La Poste "
    "postcodes, through Etalab decoupage-administratif 6.0.0 (MIT, 2025). Countries: INSEE code officiel géographique "
    "2025."
)
KINDS = {"commune-actuelle": "C", "arrondissement-municipal": "A", "commune-deleguee": "F", "commune-associee": "F"}
ARTICLES = ("LE ", "LA ", "LES ", "L'", "L’")
SMALL_WORDS = {"DE", "DU", "DES", "LA", "LE", "LES", "ET", "EN", "L", "D", "SUR", "DANS", "ILE", "ILES"}
# Names people give to countries besides the official one.
COUNTRY_NAMES = {
    "99132": "Angleterre,Écosse,Pays de Galles,Grande-Bretagne", "99404": "USA,Amérique", "99135": "Hollande",
    "99312": "Zaïre,RDC", "99331": "Burkina Faso,Haute-Volta", "99327": "Dahomey", "99224": "Myanmar",
    "99391": "Eswatini", "99116": "République tchèque", "99235": "Ceylan", "99390": "Île Maurice",
    "99123": "URSS,Fédération de Russie", "99121": "Yougoslavie", "99156": "ex-République yougoslave de Macédoine",
    "99148": "Bélarus", "99323": "République centrafricaine", "99324": "Congo-Brazzaville", "99392": "Guinée-Bissau",
    "99394": "São Tomé", "99203": "Iraq",
}  # fmt: skip


def main(communes: Path, pays: Path, target: Path = DATA) -> None:
    """Read the two tables and write the packed file."""
    commune_rows = _read(communes)
    rows = _commune_rows(commune_rows) + [f"{p['code_insee']}P{p['nom'].replace('’', chr(39))}||" for p in _read(pays)]
    rows.sort(key=lambda row: (place_key(row[6 : row.index("|")]), row))
    known = {row[:5] for row in rows}
    iso = {p["code_insee"]: p["iso2"] for p in _read(pays)}
    sections = [
        [SOURCE],
        rows,
        _aliases(rows),
        _postcodes(rows),
        sorted(
            f"{old}|{c['code_insee']}" for c in commune_rows for old in c["anciens_codes"].split() if old not in known
        ),
        sorted(f"{iso[row[:5]]}|{n}" for n, row in enumerate(rows) if row[5] == "P" and iso[row[:5]]),
    ]
    text = "\n\n".join("\n".join(lines) for lines in sections)
    target.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def _commune_rows(communes: list[dict[str, str]]) -> list[str]:
    """One row a commune; a former one takes the postcodes of the commune it lies in."""
    postcodes = {c["code_insee"]: c["codes_postaux"] for c in communes if KINDS[c["type"]] == "C"}
    in_force = {(c["code_insee"], c["nom"]) for c in communes if KINDS[c["type"]] == "C"}
    rows = []
    for c in communes:
        kind = KINDS[c["type"]]
        if kind == "F" and (c["code_insee"], c["nom"]) in in_force:
            continue  # the part of a merged commune that kept both its name and its code
        today = c["chef_lieu"] if kind == "F" else c["code_insee"]
        codes = ",".join((c["codes_postaux"] or postcodes[today]).split())
        rows.append(f"{c['code_insee']}{kind}{c['nom']}|{codes}|{today}")
    return rows


def _aliases(rows: list[str]) -> list[str]:
    """Other ways to begin a place: without its article; for a country, each of its words and its usual names."""
    aliases = set()
    for number, row in enumerate(rows):
        label = row[6 : row.index("|")]
        article = next((a for a in ARTICLES if label.upper().startswith(a)), None)
        if article:
            aliases.add(f"{place_key(label[len(article) :])}|{number}")
        if row[5] == "P":
            words = label.replace("'", " ").replace("-", " ").split()
            starts = [" ".join(words[n:]) for n, word in enumerate(words) if n and place_key(word) not in SMALL_WORDS]
            names = COUNTRY_NAMES.get(row[:5], "").split(",")
            aliases |= {f"{place_key(name)}|{number}" for name in starts + names if name}
    return sorted(aliases)


def _postcodes(rows: list[str]) -> list[str]:
    by_postcode: dict[str, list[str]] = defaultdict(list)
    for number, row in enumerate(rows):
        for postcode in filter(None, row.split("|")[1].split(",")):
            by_postcode[postcode].append(str(number))
    return [f"{postcode}|{' '.join(numbers)}" for postcode, numbers in sorted(by_postcode.items())]


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:]))
