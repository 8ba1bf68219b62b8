"""INSi: questions written and answers read as the published samples are; nothing wrong is believed."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.identity.ins import InsKind, Platform
from patients.insi.choice import insi
from patients.insi.interface import InsiCode, InsiUnavailable, Question
from patients.insi.messages import Software, read_answer, read_search, write_answer, write_search
from patients.insi.responder import PEOPLE, LocalResponder
from patients.insi.soap import HttpsTransport, SoapInsi

SAMPLES = Path(__file__).resolve().parents[2] / "../shared/data/identity/insi"
SOFTWARE = Software(idam="LPS-1", version="1.0", instance="essai")
PAT_TROIS = Question(birth_name="PAT-TROIS", given_name="DOMINIQUE", sex="F", birth_date=date(1979, 3, 28))


def sample(name: str) -> bytes:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip("the published samples are not on this machine")
    return path.read_bytes()


def test_a_published_answer_gives_the_matricule_its_history_and_the_traits_as_received():
    answer = read_answer(sample("insi-response-00-with-history.xml"), platform=Platform.PRODUCTION)
    person = answer.identity
    assert (answer.code, person.ins.matricule, person.ins.kind) == (InsiCode.FOUND, "109076322083489", InsKind.NIR)
    assert [one.ins.matricule for one in person.former] == ["209076322083439", "209066322012355"]
    assert (person.birth_name, person.given_names) == ("ECETINSI", "PIERRE-ALAIN MURIEL FLORIANT")
    assert (person.sex, person.birth_date, person.birth_insee) == ("M", date(2009, 7, 14), "63220")


@pytest.mark.parametrize(
    ("name", "code"), [("insi-response-01.xml", InsiCode.NONE), ("insi-response-02.xml", InsiCode.SEVERAL)]
)
def test_nobody_and_several_people_are_answers_too(name, code):
    answer = read_answer(sample(name), platform=Platform.PRODUCTION)
    assert (answer.code, answer.identity) == (code, None)


def test_a_test_platform_does_not_take_a_real_matricule_from_insi():
    with pytest.raises(InsiUnavailable, match="personne réelle"):
        read_answer(sample("insi-response-00-with-history.xml"), platform=Platform.TEST)


def test_the_published_question_is_the_one_we_write():
    asked = read_search(sample("insi-ws-ins2-request-body.xml"))
    assert asked == Question(
        birth_name="ECETINSI", given_name="PIERRE-ALAIN", sex="M", birth_date=date(2009, 7, 14), birth_insee=""
    )
    written = write_search(asked, software=SOFTWARE)
    assert read_search(written) == asked
    assert b"rechercherInsAvecTraitsIdentite" in written
    assert b"LieuNaissance" not in written  # left out, not empty


@pytest.mark.parametrize("person", PEOPLE, ids=lambda one: f"{one.birth_name} {one.given_names}")
def test_an_answer_written_is_read_back(person):
    found = LocalResponder(people=[person]).answer(
        Question(
            birth_name=person.birth_name,
            given_name=person.given_names.split()[0],
            sex=person.sex,
            birth_date=person.birth_date,
            birth_insee=person.birth_insee,
        )
    )
    read = read_answer(write_answer(found), platform=Platform.TEST).identity
    assert (read.ins, read.birth_name, read.given_names) == (person.ins, person.birth_name, person.given_names)
    assert [one.ins for one in read.former] == [one.ins for one in person.former]


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"<html>Bad Gateway</html>",
        b"<RESULTAT xmlns='http://www.cnamts.fr/INSiResultat'><CR><CodeCR>99</CodeCR></CR></RESULTAT>",
        b"<RESULTAT xmlns='http://www.cnamts.fr/INSiResultat'><CR><CodeCR>00</CodeCR></CR></RESULTAT>",
        b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
        b"<soap:Envelope xmlns:soap='http://www.w3.org/2003/05/soap-envelope'><soap:Body><soap:Fault/></soap:Body>"
        b"</soap:Envelope>",
        b"<a>" * 200_000,
    ],
)
def test_what_is_not_an_answer_says_nothing_of_anybody(message):
    with pytest.raises(InsiUnavailable):
        read_answer(message, platform=Platform.TEST)


@given(st.binary(max_size=400))
def test_no_byte_string_crashes_the_reader(message):
    with pytest.raises(InsiUnavailable):
        read_answer(message, platform=Platform.TEST)


def test_a_wrong_key_is_refused_and_the_two_corsicas_are_right():
    good = write_answer(LocalResponder().answer(PAT_TROIS))
    with pytest.raises(InsiUnavailable, match="clé"):
        read_answer(good.replace(b"Cle>89<", b"Cle>88<"), platform=Platform.TEST)
    for one in PEOPLE:
        assert one.ins.key_is_right, one.birth_name


def test_insi_is_strict_and_says_when_there_are_several():
    ask = LocalResponder().answer
    assert ask(PAT_TROIS).code is InsiCode.FOUND
    assert ask(Question(**{**_dict(PAT_TROIS), "birth_name": "PAT TROIS"})).code is InsiCode.NONE
    assert ask(Question(**{**_dict(PAT_TROIS), "birth_insee": "75056"})).code is InsiCode.NONE
    double = Question(birth_name="DOUBLE", given_name="JEAN", sex="M", birth_date=date(1984, 12, 1))
    assert ask(double).code is InsiCode.SEVERAL
    assert ask(Question(**{**_dict(double), "given_name": "JEAN PAUL"})).code is InsiCode.FOUND


def _dict(question: Question) -> dict[str, object]:
    return {name: getattr(question, name) for name in Question.__slots__}


def test_a_matricule_is_not_printed_by_accident():
    answer = LocalResponder().answer(PAT_TROIS)
    assert "279035121518989" not in f"{answer} {answer.identity} {answer.identity.ins}"


def test_the_setting_chooses_and_a_platform_of_real_people_never_invents_one(settings):
    assert isinstance(insi(), SoapInsi)
    assert insi().transport == LocalResponder()
    settings.TEST_IDENTITIES = False
    assert insi() is None
    settings.INSI = {"url": "https://insi.example/", "client_cert": "c.pem", "client_key": "k.pem", "idam": "X"}
    assert isinstance(insi().transport, HttpsTransport)
    assert insi().platform is Platform.PRODUCTION


def test_a_silent_server_is_an_unavailable_insi(tmp_path):
    transport = HttpsTransport(url="https://127.0.0.1:9/", client_cert=str(tmp_path / "no"), client_key="no")
    with pytest.raises(InsiUnavailable, match="ne répond pas"):
        SoapInsi(transport=transport, software=SOFTWARE, platform=Platform.TEST).search(PAT_TROIS)
