"""Who may open a file, why and until when, and who did: in words the patient understands (PAT-13, PAT-16)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils import timezone

from dcc.lib import french
from dcc.lib.clock import ends
from patients.models import AccessReason, Patient

WORDS = {
    AccessReason.CREATION: "Équipe qui a ouvert ce dossier",
    AccessReason.REGISTRATION: "Équipe qui demande la réunion, ou qui la tient",
    AccessReason.MEETING: "Professionnels présents à la réunion",
    AccessReason.REFERRING: "Médecin qui a adressé la personne",
    AccessReason.TREATING: "Médecin traitant",
    AccessReason.SHARING: "Professionnel ou équipe à qui le dossier a été montré pour un temps",
    AccessReason.BREAK_GLASS: "Ouvert en urgence, sans appartenir à l’équipe\u202f; relu ensuite",
}
OUTSIDE = (AccessReason.SHARING, AccessReason.BREAK_GLASS)
_OPENINGS_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTo:
    """One access: `title` names its reason as the product does, `words` say it to the patient.

    `why` is the reason typed for a sharing, `until` is None where there is no end.
    """

    principal_id: int
    label: str
    reason: str
    title: str
    words: str
    why: str
    by: str
    since: datetime
    until: datetime | None
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLine:
    """A team or a person, once, with each of its accesses of one group: a team asks, then holds the meeting."""

    accesses: tuple[OpenTo, ...]

    @property
    def label(self) -> str:
        return self.accesses[0].label

    @property
    def since(self) -> datetime:
        return min(one.since for one in self.accesses)

    @property
    def until(self) -> datetime | None:
        """The end of the last to end; None when one has no end."""
        ends = [one.until for one in self.accesses if one.until is not None]
        return max(ends) if len(ends) == len(self.accesses) else None

    @property
    def current(self) -> bool:
        return any(one.current for one in self.accesses)

    @property
    def sharing(self) -> OpenTo | None:
        """What may be ended before its time."""
        return next((one for one in self.accesses if one.current and one.reason == AccessReason.SHARING), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Somebody who did open the file: from where, how many times, when last, and if once exceptionally.

    `mark` says that it was under another identity than this one: joined to it, or that held its file for a time.
    """

    actor: str
    organisation: str
    times: int
    documents: int
    last: datetime
    exceptional: bool
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPage:
    """The access list of one file, grouped as it is read."""

    team: tuple[OpenTo, ...]
    shared: tuple[OpenTo, ...]
    exceptional: tuple[OpenTo, ...]
    past: tuple[OpenTo, ...]
    openings: tuple[Opening, ...]
    in_team: bool

    @property
    def groups(self) -> tuple[tuple[str, tuple[TeamLine, ...], str], ...]:
        """Title, one line for each team or person, and what is said when there is none."""
        return (
            ("L’équipe de soins", _by_team(self.team), "Personne."),
            ("À qui le dossier est montré pour un temps", _by_team(self.shared), "À personne en ce moment."),
            ("Ouvert en urgence", _by_team(self.exceptional), "Aucun accès exceptionnel en cours."),
            ("Ce qui est fermé", _by_team(self.past), "Rien n’a encore été fermé."),
        )


def _by_team(lines: Iterable[OpenTo]) -> tuple[TeamLine, ...]:
    """In the order of the first of each."""
    found: dict[int, list[OpenTo]] = {}
    for one in lines:
        found.setdefault(one.principal_id, []).append(one)
    return tuple(TeamLine(accesses=tuple(accesses)) for accesses in found.values())


def access_page(patient: Patient) -> AccessPage:
    """Three queries, one more after a merge; nothing for whoever the file is closed to."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT principal_id, label, reason, granted_at, expires_at, why, granted_by FROM dcc_access_list(%s)",
            [patient.pk],
        )
        lines = [_line(*row) for row in cursor.fetchall()]
        cursor.execute("SELECT dcc_in_care_team(%s)", [patient.pk])
        (in_team,) = cursor.fetchone()
    current = [one for one in lines if one.current]
    return AccessPage(
        team=tuple(one for one in current if one.reason not in OUTSIDE),
        shared=tuple(one for one in current if one.reason == AccessReason.SHARING),
        exceptional=tuple(one for one in current if one.reason == AccessReason.BREAK_GLASS),
        past=tuple(one for one in lines if not one.current),
        openings=_openings(patient),
        in_team=bool(in_team),
    )


def care_team_of(patient: Patient) -> tuple[str, ...]:
    """The names of those who care for the patient and may be asked; nobody where the file is closed to the reader."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT label FROM dcc_access_list(%s) WHERE kind IN ('organisation', 'user')"
            " AND expires_at > now() AND NOT reason = ANY (%s) ORDER BY label",
            [patient.pk, [one.value for one in OUTSIDE]],
        )
        return tuple(label for (label,) in cursor.fetchall())


def opposition_to_me(patient: Patient) -> str:
    """What the patient opposes that concerns this reader: '' or a sentence, said before the glass is broken."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT dcc_opposition_to_me(%s)", [patient.pk])
        (found,) = cursor.fetchone()
    return {
        "sharing": "Cette personne s’oppose au partage de ses données de santé.",
        "organisation": "Cette personne s’oppose au partage de ses données avec votre organisation.",
    }.get(found, "")


def _line(
    principal: int, label: str, reason: str, granted: datetime, expires: datetime, why: str, by: str | None
) -> OpenTo:
    return OpenTo(
        principal_id=principal,
        label=label,
        reason=reason,
        title=str(AccessReason(reason).label),
        words=WORDS[AccessReason(reason)],
        why=why,
        by=by or "",
        since=granted,
        until=ends(expires),
        current=expires > timezone.now(),
    )


def _openings(patient: Patient) -> tuple[Opening, ...]:
    """Who read the file, under the identities joined to it as well; events stay with the identity they were of."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT actor, organisation, times, documents, broken, last, joined, since, until"
            " FROM dcc_file_readers(%s, %s)",
            [patient.pk, _OPENINGS_SHOWN],
        )
        rows = cursor.fetchall()
    joined = Patient.objects.in_bulk({row[6] for row in rows if row[6]}) if any(row[6] for row in rows) else {}
    return tuple(
        Opening(
            actor=actor,
            organisation=organisation,
            times=times,
            documents=documents,
            last=last,
            exceptional=broken > 0,
            mark=_mark(joined.get(under), since, until),
        )
        for actor, organisation, times, documents, broken, last, under, since, until in rows
    )


def _mark(joined: Patient | None, since: datetime | None, until: datetime | None) -> str:
    if joined is not None:
        return f"sur l’identité réunie {joined.birth_name} {joined.first_given_name}"
    if since is None or until is None:
        return ""
    first, last = (french.date_short(timezone.localdate(one)) for one in (since, until))
    return f"quand ce dossier était réuni à un autre, du {first} au {last}"
