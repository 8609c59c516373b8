"""Passwords: length not composition, none that is tried first, argon2id as OWASP asks."""

from __future__ import annotations

import unicodedata

import pytest

from pipelines.portal.access import passwords
from pipelines.portal.access.refusals import AccessError

GOOD = "mare calmo e vento da est"


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("x" * 3, "password_too_short"),
        ("undici cara", "password_too_short"),
        ("mare calmo " * 12, "password_too_long"),
        ("aaaaaaaaaaaa", "password_common"),
        ("123412341234", "password_common"),
        ("123456789012", "password_common"),
        ("1Q2W3E4R5T6Y", "password_common"),
        ("Password2026!", "password_common"),
        ("  password 12 34  ", "password_common"),
        ("FORZAJUVENTUS", "password_common"),
        ("ciaociaociao", "password_common"),
        ("Amore-Mio-2024", "password_common"),
        ("comunediTorino1", "password_common"),
        ("Südtirol-1234", "password_common"),
        ("io sono ada.bianchi", "password_has_name"),
        ("io sono ADA.BIANCHI", "password_has_name"),
    ],
)
def test_a_password_that_would_be_guessed_is_refused(password: str, code: str) -> None:
    with pytest.raises(AccessError) as caught:
        passwords.check_new_password(password, "ada.bianchi@comune.example")
    assert caught.value.code == code


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "dodicilette!",
        "x" + "yàé日🙂z" * 21,
        "passwords are long phrases",
        "847362910573",
        "il mare di taranto a maggio",
    ],
)
def test_any_other_of_twelve_to_128_characters_is_taken(password: str) -> None:
    assert passwords.check_new_password(password, "ada@comune.example") == unicodedata.normalize(
        "NFC", password
    )


def test_a_short_name_may_stand_within_a_word() -> None:
    assert passwords.check_new_password("strada lunga in salita", "ada")


def test_the_same_letters_are_the_same_password_however_they_are_composed() -> None:
    composed, decomposed = (unicodedata.normalize(form, "perché così è più bello") for form in ("NFC", "NFD"))
    assert composed != decomposed
    assert passwords.is_right(passwords.hash_password(composed), decomposed)


def test_only_the_right_password_is_right_and_nobodys_never() -> None:
    kept = passwords.hash_password(GOOD)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert kept != passwords.hash_password(GOOD)
    assert passwords.is_right(kept, GOOD)
    assert [passwords.is_right(kept, wrong) for wrong in (GOOD + " ", GOOD.upper(), "", "\udcff")] == [
        False
    ] * 4
    assert [passwords.is_right(None, any_one) for any_one in (GOOD, "", "x" * 100_000)] == [False] * 3
    longest = "ab" * 64
    kept_longest = passwords.hash_password(longest)
    assert passwords.is_right(kept_longest, longest) and not passwords.is_right(kept_longest, longest + "x")


def test_the_carried_list_holds_no_line_that_could_never_match() -> None:
    words = passwords.common_passwords()
    assert len(words) > 300
    assert not [word for word in words if word != word.strip() or not word]
