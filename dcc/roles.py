"""The roles, composed here and only here from the permissions each app declares (architecture §5, ADM-09)."""

from dataclasses import dataclass
from enum import StrEnum

from dcc.accounts.permissions import AccountPermission as A
from dcc.organisations.kinds import OrganisationKind as K
from messaging.permissions import DeliveryPermission as D
from patients.permissions import PatientPermission as P
from rcp.permissions import RcpPermission as R


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """`clinical` opens patient files through the principals of the member; `paper` wants a signed form (ADM-05)."""

    code: str
    label: str
    kinds: frozenset[str]
    rights: frozenset[StrEnum]
    clinical: bool = True
    paper: bool = False
    landing: str = "home"


CARE = frozenset({K.THREE_C, K.ESTABLISHMENT, K.PRACTICE})
READ = {P.SEARCH, P.IDENTITY, P.VIEW, R.CALENDAR_VIEW, R.MEETING_VIEW, R.CASE_VIEW}
SECRETARIAT = READ | {
    P.CREATE,
    P.IDENTITY_EDIT,
    P.EDIT,
    P.SHARE,
    P.DOCUMENT_ADD,
    R.CASE_REGISTER,
    R.CASE_MOVE,
    R.SHEET_FILL,
    D.VIEW,
    D.SEND,
    D.DOWNLOAD,
}
DOCTOR = READ | {
    P.CREATE,
    P.IDENTITY_EDIT,
    P.EDIT,
    P.SHARE,
    P.RIGHTS,
    P.DOCUMENT_ADD,
    P.DOCUMENT_READERS,
    P.BREAK_GLASS,
    R.CASE_REGISTER,
    R.SHEET_FILL,
    R.CASE_CONCLUDE,
    D.VIEW,
    D.DOWNLOAD,
}
COORDINATOR = DOCTOR | {P.RETENTION, R.MEETING_RUN, R.CASE_MOVE, R.CASE_VALIDATE, R.CASE_REPLACE}


def _roles(*roles: Role) -> dict[str, Role]:
    return {role.code: role for role in roles}


ROLES = _roles(
    Role(
        code="secretary_3c",
        label="secrétaire de 3C",
        kinds=frozenset({K.THREE_C}),
        rights=frozenset(SECRETARIAT | {P.RIGHTS, R.MEETING_RUN, R.BOARD_MANAGE}),
    ),
    Role(code="medical_secretary", label="secrétaire médicale", kinds=CARE, rights=frozenset(SECRETARIAT - {D.SEND})),
    Role(code="physician", label="médecin", kinds=CARE, rights=frozenset(DOCTOR)),
    Role(code="intern", label="interne", kinds=CARE, rights=frozenset(DOCTOR - {P.BREAK_GLASS, P.RIGHTS})),
    Role(code="coordinator", label="médecin coordonnateur de RCP", kinds=CARE, rights=frozenset(COORDINATOR)),
    Role(code="nurse", label="infirmier (PPS)", kinds=CARE, rights=frozenset(READ | {P.DOCUMENT_ADD, R.SHEET_FILL})),
    Role(code="pharmacist", label="pharmacien hospitalier", kinds=CARE, rights=frozenset(READ)),
    Role(
        code="admin_3c",
        label="administrateur de 3C",
        kinds=frozenset({K.THREE_C}),
        rights=frozenset(
            SECRETARIAT
            | {P.DOCUMENT_READERS, P.RIGHTS, P.RETENTION, R.MEETING_RUN, R.BOARD_MANAGE}
            | {A.USERS_VIEW, A.USERS_MANAGE, A.ORGANISATIONS_VIEW}
        ),
        paper=True,
    ),
    Role(
        code="establishment_it",
        label="informatique de l’établissement",
        kinds=frozenset({K.ESTABLISHMENT}),
        rights=frozenset({D.FEEDS_MANAGE, P.IDENTITY_REGIME}),
        clinical=False,
        paper=True,
        landing="messaging:feeds",
    ),
    Role(
        code="network_admin",
        label="administrateur du réseau",
        kinds=frozenset({K.NETWORK}),
        rights=frozenset(
            {
                A.USERS_VIEW,
                A.USERS_MANAGE,
                A.ORGANISATIONS_VIEW,
                A.ORGANISATIONS_MANAGE,
                R.CALENDAR_VIEW,
                R.BOARD_MANAGE,
                D.FEEDS_MANAGE,
                P.IDENTITY_REGIME,
            }
        ),
        clinical=False,
        paper=True,
        landing="accounts:users",
    ),
    Role(
        code="auditor",
        label="auditeur, délégué à la protection des données",
        kinds=frozenset({K.NETWORK, K.THREE_C, K.ESTABLISHMENT}),
        rights=frozenset({A.AUDIT_VIEW, A.USERS_VIEW, A.ORGANISATIONS_VIEW, P.GLASS_REVIEW}),
        clinical=False,
        paper=True,
        landing="audit:events",
    ),
    Role(
        code="statistics",
        label="lecteur des statistiques",
        kinds=frozenset({K.NETWORK, K.THREE_C}),
        rights=frozenset({R.CALENDAR_VIEW}),
        clinical=False,
        landing="rcp:calendar",
    ),
    Role(
        code="identity_vigilance",
        label="cellule d’identitovigilance",
        kinds=frozenset({K.NETWORK, K.THREE_C, K.ESTABLISHMENT}),
        rights=frozenset({P.SEARCH, P.IDENTITY, P.IDENTITY_EDIT, P.IDENTITY_VIGILANCE}),  # no clinical file: ADR 13
        paper=True,
        landing="patients:search",
    ),
)


def rights_of(code: str) -> frozenset[StrEnum]:
    return ROLES[code].rights if code in ROLES else frozenset()
