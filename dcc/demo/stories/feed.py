"""Two ways of knowing identities: typed here at CH de Rochebrune, said by its own software at CHU de Valmer (PAT-01).

Valmer's messages are PAM FR, received as its feed would: creations, a correction, a stay, two numbers that were one;
and two matters that no feed decides, for the cell of identity vigilance (ADR 10).
"""

from dataclasses import dataclass
from datetime import datetime

from dcc.audit.record import System
from dcc.demo.stories.backstage import Backstage, ago
from dcc.demo.stories.registering import next_meeting, register
from dcc.organisations.models import Organisation
from dcc.tenancy.scope import regions_scope
from interop.pam_store.receiving import receive
from interop.pam_store.source import source_of
from patients.lifecycle.regimes import change_regime
from patients.lifecycle.states import Regime
from patients.models import FeedConflict, Patient

REGIONS = (1, 2)
TEST_INS = "ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.10&ISO^INS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message: its event, when, the number it is about, the traits it says."""

    event: str
    days: float
    number: str
    name: str  # PID-5
    born: str
    sex: str
    insee: str
    status: str = "VALI"
    ins: str = ""
    former: str = ""  # MRG
    stay: str = ""


MESSAGES = (
    Said(
        event="A28", days=40, number="700118", name="CORSE^SAVERIA^SAVERIA^^^^L", born="19800309", sex="F",
        insee="2B033", ins="280032B03301269",
    ),
    Said(event="A28", days=38, number="700204", name="RIVOAL^MATTHIEU^MATTHIEU YVES^^^^L", born="19660721", sex="M",
         insee="29232", status="PROV"),
    Said(event="A31", days=36, number="700204", name="RIVOALLAN^MATTHIEU^MATTHIEU YVES^^^^L", born="19660721", sex="M",
         insee="29232"),
    Said(event="A28", days=30, number="700377", name="HASCOET^GAELLE^GAELLE MARIE^^^^L", born="19740205", sex="F",
         insee="29019"),
    Said(event="A28", days=12, number="700912", name="HASCOET^GAELLE^GAELLE MARIE^^^^L", born="19740205", sex="F",
         insee="29019", status="PROV"),
    Said(event="A40", days=11, number="700377", name="HASCOET^GAELLE^GAELLE MARIE^^^^L", born="19740205", sex="F",
         insee="29019", former="700912"),
    Said(event="A01", days=3, number="700377", name="HASCOET^GAELLE^GAELLE MARIE^^^^L", born="19740205", sex="F",
         insee="29019", stay="V26-40417"),
    Said(event="A28", days=26, number="700518", name="LE MOAL^ERWAN^ERWAN JOSEPH^^^^L", born="19580612", sex="M",
         insee="29232"),
    Said(event="A28", days=9, number="700733", name="LE MOAL^ERWANN^ERWANN^^^^L", born="19580612", sex="M",
         insee="29232", status="PROV"),
)  # fmt: skip
# Each is refused, and told to the cell: somebody else under a known number, twice; a new number that was in use.
DISPUTED = (
    Said(event="A31", days=4, number="700204", name="BRIENT^CAROLE^CAROLE ANNE^^^^L", born="19910514", sex="F",
         insee="35238"),
    Said(event="A31", days=2, number="700204", name="BRIENT^CAROLE^CAROLE ANNE^^^^L", born="19910514", sex="F",
         insee="35238"),
    Said(event="A47", days=1, number="700518", name="LE MOAL^ERWAN^ERWAN JOSEPH^^^^L", born="19580612", sex="M",
         insee="29232", former="700733"),
)  # fmt: skip
REGISTERED = (
    ("HASCOET", "GYN", "Chirurgie après chimiothérapie, ou surveillance\u202f?"),
    ("RIVOALLAN", "URO", "Prostatectomie ou irradiation\u202f?"),
)


def tell_regimes(backstage: Backstage) -> None:
    """Who says the traits, as the network's administrator set it."""
    with backstage.acting("reseau") as administrator:
        for code, regime in (("rochebrune", Regime.REFERENCE), ("valmer", Regime.FOLLOWER)):
            change_regime(organisation=backstage.world.organisations[code], regime=regime, by=administrator)


def tell_feed(backstage: Backstage) -> None:
    """Receive Valmer's messages, each its own transaction, then register two of its patients; called outside any."""
    valmer = backstage.world.organisations["valmer"]
    with regions_scope(REGIONS):
        source = source_of(valmer)
    by = System(f"flux de {valmer.short_name}")
    for rank, said in enumerate((*MESSAGES, *DISPUTED), start=1):
        at = ago(said.days, minute=rank)
        if receive(_message(said, valmer, rank), source=source, by=by, now=at).conflicts:
            with regions_scope(REGIONS):
                _date_back(said.number, at)
    with regions_scope(REGIONS):
        for name, board, question in REGISTERED:
            fed = Patient.objects.living_records().get(birth_name=name, fed_by=valmer)
            register(backstage, fed, next_meeting(board), question)


def _date_back(number: str, at: datetime) -> None:
    """The cell was told of it at that moment; a matter told again keeps the first one."""
    matter = FeedConflict.objects.filter(about_value=number)
    matter.filter(times=1).update(reported_at=at)
    matter.update(last_reported_at=at)


def _message(said: Said, valmer: Organisation, rank: int) -> bytes:
    at = _stamp(ago(said.days, minute=rank))
    ids = _number(said.number, valmer) + (f"~{said.ins}^^^{TEST_INS}" if said.ins else "")
    lines = [
        f"MSH|^~\\&|GAM|{valmer.finess}|DCC|LIGEA|{at}||ADT^{said.event}|DEMO{rank:05d}|T|2.5^FRA^2.11|||||FRA"
        "|UNICODE UTF-8|FR||2.11^IHE_FRANCE-2.11-PAM",
        f"EVN||{at}",
        f"PID|1||{ids}||{said.name}||{said.born}|{said.sex}|||^^^^^^BDL^^{said.insee}"
        f"|||||||||||||||||||||{said.status}",
    ]
    if said.former:
        lines.append(f"MRG|{_number(said.former, valmer)}")
    if said.stay:
        place = f"{said.stay}^^^CHU&{valmer.oid}&ISO^VN"
        unit = f"6268^^^^^CHU&{valmer.oid}&ISO^UF^^^6268"
        lines.append(f"PV1|1|I|{'|' * 16}{place}{'|' * 25}{at[:14]}")
        lines.append(f"ZBE|M{rank}^CHU|{at[:14]}||INSERT|N||{unit}|{unit}|HMS")
    return "".join(f"{line}\r" for line in lines).encode()


def _number(value: str, valmer: Organisation) -> str:
    return f"{value}^^^CHU&{valmer.oid}&ISO^PI"


def _stamp(at: datetime) -> str:
    return f"{at:%Y%m%d%H%M%S%z}"
