"""What is read back of judged returns: all figures, or their totals alone, in every way they are kept."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.judged import JudgedReturns
from pipelines.judging.judge import Judgement
from schemas.acts import DeclaredNil, NilWithdrawal, NilWithoutFile
from schemas.contract import Flag
from schemas.verdicts import CellCounts, NilReturn, Verdict
from schemas.weeks import ROME, IsoWeek
from sources.layouts.combine import Figure
from sources.layouts.outcome import Place

W10 = IsoWeek(2023, 10)
ARRIVAL = dt.datetime(2023, 3, 14, 10, tzinfo=ROME)
NEXT_DAY = ARRIVAL + dt.timedelta(days=1)

VALUES: dict[tuple[str, str, str, str], tuple[str, Flag]] = {
    ("", "staff_fte", "total", ""): ("7.5", "V"),
    ("TO-OSS-01", "desk_visits", "channel", "UM"): ("12", "V"),
    ("TO-OSS-01", "desk_visits", "total", ""): ("20", "V"),
    ("TO-OSS-01", "waiting_days", "total", ""): ("", "ND"),
    ("TO-OSS-02", "cases_opened", "total", ""): ("0", "V"),
    ("TO-OSS-02", "desk_visits", "total", ""): ("", "NA"),
}
NILS = (
    NilReturn(area="hou", reason="Chiusa"),
    NilReturn(service_point="TO-CIV-01", area="civ", reason="Fermo"),
)


def judgement_of(sheet: str) -> Judgement:
    figures = tuple(
        Figure(*key, Decimal(value) if value else None, flag, (Place("scheda.xlsx", sheet, "C5"),), None)
        for key, (value, flag) in VALUES.items()
    )
    return Judgement("torino", W10, 1, "torino.2023-W01", "accepted", False, CellCounts(), (), figures, NILS)


def verdict_of(submission_id: str) -> Verdict:
    return Verdict(
        submission_id=submission_id,
        edition="lgnet2",
        city="torino",
        iso_week=W10,
        version=1,
        received_at=ARRIVAL,
        sha256="a" * 64,
        size=1,
        file_names=("scheda.xlsx",),
        status="accepted",
    )


@pytest.mark.parametrize(
    "sheet",
    ["Foglio", "Foglio 1, 2", "x,total,,9,V,", "riga\nTO-OSS-09,desk_visits,total,,9,V,", 'detto "x"'],
)
@pytest.mark.parametrize("is_remembered", [True, False], ids=["from-this-run", "from-disk"])
def test_totals_are_those_among_all_figures(sheet: str, is_remembered: bool, tmp_path: Path) -> None:
    returns = JudgedReturns(tmp_path)
    returns.add(verdict_of("one"), judgement_of(sheet))
    if not is_remembered:
        returns = JudgedReturns(tmp_path, [verdict_of("one")])
    past = returns.before(NEXT_DAY, "two").of("torino")
    totals, accepted = past.totals(W10), past.valid(W10)
    assert totals is not None and accepted is not None
    expected = {key: (Decimal(value) if value else None, flag) for key, (value, flag) in VALUES.items()}
    assert dict(accepted.values) == expected
    assert dict(totals.values) == {key[:2]: value for key, value in expected.items() if key[2] == "total"}
    assert totals.values == accepted.totals.values
    assert past.digest(W10) == accepted.digest
    assert (totals.nil_points, totals.nil_areas) == (frozenset({"TO-CIV-01"}), frozenset({"hou"}))
    assert (
        totals.is_nil("TO-CIV-01")
        and totals.is_nil("TO-ACC-01", "hou")
        and not totals.is_nil("TO-OSS-01", "pic")
    )


def test_a_week_without_an_accepted_return_has_no_totals(tmp_path: Path) -> None:
    past = JudgedReturns(tmp_path).before(NEXT_DAY, "two").of("torino")
    assert past.totals(W10) is None
    assert past.digest(W10) is None


def test_a_judgement_that_takes_the_place_of_another_is_what_is_read(tmp_path: Path) -> None:
    returns = JudgedReturns(tmp_path)
    returns.add(verdict_of("one"), judgement_of("Foglio"))
    assert returns.totals("one", W10).value("TO-OSS-01", "desk_visits") == 20
    digest = returns.digest("one")
    changed = judgement_of("Foglio").figures[2]._replace(value=Decimal(33))
    judgement = judgement_of("Foglio")
    returns.add(
        verdict_of("one"),
        Judgement(
            **{
                **vars(judgement),
                "figures": (*judgement.figures[:2], changed, *judgement.figures[3:]),
                "nils": (),
            }
        ),
    )
    assert returns.totals("one", W10).value("TO-OSS-01", "desk_visits") == 33
    assert returns.digest("one") != digest
    assert not returns.totals("one", W10).is_nil("TO-CIV-01", "civ")


def test_sums_over_service_points_leave_out_what_is_not_available(tmp_path: Path) -> None:
    returns = JudgedReturns(tmp_path)
    returns.add(verdict_of("one"), judgement_of("Foglio"))
    by_measure = returns.totals("one", W10).by_measure
    assert by_measure["desk_visits"] == (20, frozenset({"TO-OSS-01", "TO-OSS-02"}))
    assert by_measure["staff_fte"] == (Decimal("7.5"), frozenset({""}))
    assert "waiting_days" not in by_measure


def test_what_was_told_without_a_file_is_nil_for_returns_that_arrive_while_it_holds(tmp_path: Path) -> None:
    returns = JudgedReturns(tmp_path)
    returns.add(verdict_of("first"), judgement_of(""))
    hour = dt.timedelta(hours=1)
    told = NilWithoutFile(
        edition="lgnet2", city="torino", iso_week=W10, service_point="TO-OSS-01", area="pic", reason="Chiuso",
        after=ARRIVAL, at=ARRIVAL + hour, by="coordinamento",
    )  # fmt: skip
    withdrawn = NilWithdrawal(declared="told", reason="errore", at=ARRIVAL + 3 * hour, by="coordinamento")
    nils = (DeclaredNil(name="told", declared=told, withdrawal=withdrawn),)

    def is_nil(instant: dt.datetime) -> bool:
        past = returns.before(instant, "zz", nils).of("torino")
        totals, valid = past.totals(W10), past.valid(W10)
        assert totals is not None and valid is not None
        assert totals.is_nil("TO-CIV-01") and valid.nil_areas == {"hou"}, "the file's own stay"
        assert totals.is_nil("TO-OSS-01") == ("TO-OSS-01" in valid.nil_points)
        return totals.is_nil("TO-OSS-01")

    assert [is_nil(ARRIVAL + n * hour) for n in (0.5, 2, 4)] == [False, True, False]
    second = verdict_of("second").model_copy(update={"version": 2, "received_at": ARRIVAL + 1.5 * hour})
    returns.add(second, judgement_of(""))
    assert not is_nil(ARRIVAL + 2 * hour), "a later return says everything anew"
