"""The table of what can happen to an identity: every case of it, and what no path may ever lead to (identity §1.7)."""

from hypothesis import given
from hypothesis import strategies as st

from dcc.roles import ROLES
from patients.lifecycle.states import DISTRUSTED, DOCUMENTS, FLAGS, Attribute, IdentityDocument, IdentityStatus
from patients.lifecycle.transitions import (
    TRANSITIONS,
    IdentityAct,
    IdentityState,
    available,
    judge,
    refusal,
)
from patients.models import Patient
from patients.permissions import PatientPermission

S, A = IdentityStatus, IdentityAct
PROV, RECUP, VALI, QUAL = S.PROVISIONAL, S.RETRIEVED, S.VALIDATED, S.QUALIFIED

# What each act makes of an identity without attribute, typed by hand: PROV, RECUP, VALI, QUAL; « - » is refused.
TYPED = """
validate    | VALI  QUAL  -    -
retrieve    | RECUP RECUP QUAL QUAL
lose_ins    | -     PROV  -    VALI
correct     | PROV  PROV  PROV -
complete    | PROV  RECUP VALI QUAL
unvalidate  | -     -     PROV RECUP
homonym     | PROV  RECUP VALI QUAL
no_homonym  | -     -     -    -
doubt       | PROV  PROV  PROV PROV
no_doubt    | -     -     -    -
fictitious  | PROV  PROV  PROV PROV
no_fictitious | -   -     -    -
anonymous   | PROV  PROV  PROV PROV
no_anonymous | -    -     -    -
"""


def state(status: str, *attributes: Attribute) -> IdentityState:
    return IdentityState(status=S(status), attributes=frozenset(attributes), has_ins=status in ("RECUP", "QUAL"))


def test_the_table_is_the_one_typed_here():
    typed = {}
    for row in TYPED.strip().splitlines():
        act, targets = row.split("|")
        typed[A(act.strip())] = targets.split()
    assert set(typed) == set(TRANSITIONS)
    for act, targets in typed.items():
        for status, target in zip((PROV, RECUP, VALI, QUAL), targets, strict=True):
            found = "-" if refusal(act, state(status)) else judge(act, state(status)).status.value
            assert found == target, f"{act} from {status}"


@st.composite
def lives(draw):
    return draw(st.lists(st.sampled_from(sorted(TRANSITIONS)), max_size=25))


@given(lives())
def test_no_life_leads_to_a_state_that_must_not_be(acts):
    """An INS exactly where one was obtained, distrust always provisional, only « douteuse et homonyme » combine."""
    now = IdentityState(status=PROV)
    for act in acts:
        if said := refusal(act, now):
            assert said.endswith(".")
            continue
        now = judge(act, now)
        assert now.has_ins == (now.status in (RECUP, QUAL))
        if now.attributes & DISTRUSTED:
            assert now.status == PROV
        if len(now.attributes) > 1:
            assert now.attributes == {Attribute.DOUBTFUL, Attribute.HOMONYM}


@given(lives())
def test_a_person_at_a_form_never_obtains_an_ins(acts):
    """D12: without INSi, no life of buttons leads to RECUP or QUAL."""
    now = IdentityState(status=PROV)
    for act in acts:
        if act is not A.RETRIEVE and not refusal(act, now):
            now = judge(act, now)
    assert now.status in (PROV, VALI)


def test_what_distrusts_shuts_insi_and_the_document():
    for attribute in DISTRUSTED:
        for act in (A.VALIDATE, A.RETRIEVE):
            assert attribute.label in refusal(act, state("PROV", attribute))


def test_fictitious_and_anonymous_go_with_nothing():
    for act in (A.MAKE_FICTITIOUS, A.MAKE_ANONYMOUS):
        for attribute in Attribute:
            assert refusal(act, state("PROV", attribute)), (act, attribute)


def test_a_qualified_identity_is_not_corrected_by_hand_and_the_refusal_says_what_to_do():
    assert "Interrogez de nouveau INSi" in refusal(A.CORRECT, state("QUAL"))


def test_buttons_follow_the_rights_and_the_regime():
    secretary, cell = ROLES["secretary_3c"].rights, ROLES["identity_vigilance"].rights
    assert A.VALIDATE in available(state("PROV"), secretary, follows=False)
    assert A.MAKE_FICTITIOUS not in available(state("PROV"), secretary, follows=False)
    assert A.MAKE_FICTITIOUS in available(state("PROV"), cell, follows=False)
    assert available(state("PROV"), ROLES["pharmacist"].rights, follows=False) == []
    followed = available(state("PROV"), secretary, follows=True)
    assert followed == [A.MARK_HOMONYM, A.DOUBT]
    assert A.LIFT_DOUBT in available(state("PROV", Attribute.DOUBTFUL), cell, follows=False)


def test_each_line_has_a_sentence_in_the_audit_a_right_and_a_column():
    for act, line in TRANSITIONS.items():
        assert line.event.sentence, act
        assert line.permission in PatientPermission, act
        assert line.label
        assert line.done
    assert {one.name for one in Patient._meta.fields} >= set(FLAGS.values())
    assert set(FLAGS) == set(Attribute)


def test_only_documents_of_high_trust_validate():
    proving = {kind for kind, rule in DOCUMENTS.items() if rule.validates and rule.at_the_desk}
    assert set(DOCUMENTS) == set(IdentityDocument)
    assert {"CV", "PC", "AUTRE"} & {kind.value for kind in proving} == set()
    assert {"CN", "PA", "CS"} <= {kind.value for kind in proving}
