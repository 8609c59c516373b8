"""What was read of a return, for whoever sent it."""

from __future__ import annotations

from decimal import Decimal

from pipelines.judging.understood import KeyTotal, understood
from schemas.contract import Edition, Flag
from schemas.verdicts import NilReturn
from tests.conftest import W42

Values = dict[tuple[str, str, str, str], tuple[Decimal | None, Flag]]

READ: Values = {
    ("TO-ACC-01", "beds_active", "total", ""): (Decimal(40), "V"),
    ("TO-ACC-02", "beds_active", "total", ""): (Decimal(30), "V"),
    ("TO-ACC-03", "beds_active", "total", ""): (None, "ND"),
    ("TO-ACC-04", "beds_active", "total", ""): (None, "NA"),
    ("TO-ACC-01", "guests_end", "total", ""): (None, "ND"),
    ("TO-ACC-01", "guests_end", "sex", "F"): (Decimal(5), "V"),
    ("TO-ACC-01", "guests_in", "total", ""): (Decimal(9), "V"),
    ("", "beneficiaries_new", "total", ""): (Decimal(0), "V"),
}


def test_key_totals_are_summed_over_the_service_points_and_nothing_is_taken_for_zero(
    edition: Edition,
) -> None:
    read = understood(READ, edition, "torino", W42, ())
    assert read.service_points == ("TO-ACC-01", "TO-ACC-02", "TO-ACC-03", "TO-ACC-04")
    assert read.totals == (
        KeyTotal("beds_active", Decimal(70), unavailable=1),
        KeyTotal("guests_end", None, unavailable=1),
        KeyTotal("beneficiaries_new", Decimal(0), unavailable=0),
    )


def test_nothing_is_understood_of_a_return_without_figures(edition: Edition) -> None:
    read = understood({}, edition, "torino", W42, ())
    assert (read.service_points, read.totals) == ((), ())


def test_what_a_return_does_not_speak_of_is_named_unless_it_is_nil(
    edition: Edition,
) -> None:
    mobile = NilReturn(service_point="TO-UM-01", area="pic", reason="fermo")
    civic = NilReturn(service_point="", area="civ", reason="sospeso")
    read = understood(READ, edition, "torino", W42, (mobile, civic))
    assert read.silent == ("TO-UM-02", "TO-OSS-01", "TO-OSS-02")
