"""The kinds of nothing: each with one sign, said in every language, the same in the forms to be filled in."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

import schemas.nothing
from pipelines.judging.context import Contract
from schemas.nothing import Kind, KindsOfNothing, kinds_of_nothing, sign_of
from schemas.tables import ContractError, read_document

FILE = Path(schemas.nothing.__file__).with_name("nothing.yaml")


def test_every_kind_has_a_sign_of_its_own_and_means_something_in_every_language() -> None:
    kinds = kinds_of_nothing()
    assert set(kinds) == set(get_args(Kind))
    assert len({kind.sign for kind in kinds.values()}) == len(kinds)
    for language in ("it", "en", "de"):
        assert len({getattr(kind, f"meaning_{language}") for kind in kinds.values()}) == len(kinds)


@pytest.mark.parametrize(
    ("said", "instead"),
    [('sign: "n.a."', 'sign: "n.d."'), ("code: nil", "code: zero"), ("code: nil", "code: nill")],
)
def test_a_sign_for_two_kinds_and_an_unknown_kind_are_mistakes(
    said: str, instead: str, tmp_path: Path
) -> None:
    spoilt = tmp_path / "nothing.yaml"
    spoilt.write_text(FILE.read_text(encoding="utf-8").replace(said, instead), encoding="utf-8")
    with pytest.raises(ContractError):
        read_document(spoilt, KindsOfNothing)


def test_the_form_that_cities_fill_in_uses_the_same_signs(contract: Contract) -> None:
    forms = [known.layout for known in contract.layouts.layouts if known.layout.template]
    assert forms
    for layout in forms:
        assert sign_of("not_available") in layout.tokens.not_available
        assert sign_of("not_applicable") in layout.tokens.not_applicable
