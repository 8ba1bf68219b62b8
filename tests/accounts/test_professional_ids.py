"""RPPS and FINESS: the key catches a wrong digit; Corsica has no published key."""

import pytest

from dcc.lib.professional_ids import IdentifierRefused, clean_finess, clean_rpps


@pytest.mark.parametrize("typed", ["10107592585", "101 0759 2585", " 10107592585 "])
def test_a_right_rpps_is_read_however_spaced(typed: str) -> None:
    assert clean_rpps(typed) == "10107592585"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("10003461033", "clé"),
        ("1010759258", "11 chiffres"),
        ("1010759258A", "11 chiffres"),
        ("²0107592585", "11 chiffres"),
    ],
)
def test_a_wrong_rpps_is_refused(typed: str, sentence: str) -> None:
    with pytest.raises(IdentifierRefused, match=sentence):
        clean_rpps(typed)


def test_any_single_wrong_digit_of_an_rpps_is_caught() -> None:
    right = "10107592585"
    for place in range(11):
        for digit in "0123456789":
            if digit != right[place]:
                with pytest.raises(IdentifierRefused):
                    clean_rpps(right[:place] + digit + right[place + 1 :])


@pytest.mark.parametrize("number", ["750712184", "690783154", "350005179", "2A0000154", "2b0000020"])
def test_public_finess_numbers_pass(number: str) -> None:
    assert clean_finess(number) == number.upper()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("750712185", "clé"), ("960000010", "département"), ("75071218", "9"), ("2C0000154", "9")],
)
def test_a_wrong_finess_is_refused(typed: str, sentence: str) -> None:
    with pytest.raises(IdentifierRefused, match=sentence):
        clean_finess(typed)
