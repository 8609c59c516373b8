"""What stands where no number stands: the kinds of nothing, each with one sign and what it means.

Lives here: reading `nothing.yaml`, the one place where signs and meanings are said.
Must not live here: which kind a cell or a figure is; that is for whoever shows it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal, get_args

from pydantic import model_validator

from schemas.contract import Text
from schemas.tables import Entry, read_document

Kind = Literal[
    "zero",
    "not_available",
    "not_applicable",
    "not_reported",
    "missing",
    "nil",
    "not_due",
    "not_answered",
    "not_computable",
    "suppressed",
]


class KindOfNothing(Entry):
    """A kind of nothing (or zero, which must not be taken for one): its sign, and what that means."""

    code: Kind
    sign: Text
    meaning_it: Text
    meaning_en: Text
    meaning_de: Text


class KindsOfNothing(Entry):
    """The file `nothing.yaml`."""

    kinds: tuple[KindOfNothing, ...]

    @model_validator(mode="after")
    def _each_once_with_a_sign_of_its_own(self) -> KindsOfNothing:
        if {kind.code for kind in self.kinds} != set(get_args(Kind)):
            raise ValueError(f"the kinds are {', '.join(get_args(Kind))}")
        if len({kind.sign for kind in self.kinds}) != len(get_args(Kind)) or len(self.kinds) != len(
            get_args(Kind)
        ):
            raise ValueError("a kind, or a sign, stands twice")
        return self


@cache
def kinds_of_nothing() -> dict[Kind, KindOfNothing]:
    """Every kind by its code, in the order of the file. Raises ContractError for a mistake in it."""
    read = read_document(Path(__file__).with_name("nothing.yaml"), KindsOfNothing)
    return {kind.code: kind for kind in read.kinds}


def sign_of(kind: Kind) -> str:
    """What stands in the place of a number."""
    return kinds_of_nothing()[kind].sign
