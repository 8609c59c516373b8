"""Rule S10 on the weeks that a file repeats: what differs from the version accepted is told, week by week."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.home import Home
from pipelines.judging.context import Claim, Contract, FigureKey, PastValue
from pipelines.judging.contract import load_contract
from pipelines.judging.rules.repeated_weeks import MOST_CELLS, judge_repeated_weeks
from pipelines.receiving import Arrival, receive
from schemas.contract import LANGUAGES, Edition
from schemas.details import plain_text
from schemas.messages.saying import said
from schemas.verdicts import Finding
from schemas.weeks import IsoWeek
from sources.reading.reader import SourceFile
from tests.conftest import Judge, ReadBytes
from tests.making.bologna import DATA_SHEETS, FIRST_WEEK_COLUMN, add_weeks, past_cell, refer_to, week_label
from tests.making.books import Book, altered_sample, column_of, row_of, write_csv
from tests.making.declarations import DECLARATIONS
from tests.making.editions import append, copy_built_in, with_service_point_from
from tests.making.pasts import SamplePast, accepted_return, sample_past
from tests.making.returns import made_return
from tests.making.samples import sample, true_observations

W40, W41, W42 = (IsoWeek(2023, number) for number in (40, 41, 42))
WAITING = ("Presa in carico", "BO-OSS-01", "Giorni di attesa totali")
KEY = ("BO-OSS-01", "waiting_days", "total", "")
VERSION = DECLARATIONS["bologna"].version


@pytest.fixture(scope="module")
def sent(edition: Edition) -> SamplePast:
    """What Bologna sent, of all the weeks of the sample."""
    return sample_past(edition, "bologna")


@pytest.fixture(scope="module")
def before(sent: SamplePast) -> SamplePast:
    """What Bologna sent before 2023-W42."""
    return sent.before(W42)


def known(past: SamplePast, week: IsoWeek, key: FigureKey = KEY) -> PastValue:
    return past.returns[week].values[key]


def with_figure(past: SamplePast, week: IsoWeek, value: PastValue | None, version: int = 2) -> SamplePast:
    """The past after a new version of a week that says something else of one figure."""
    others = {key: kept for key, kept in past.returns[week].values.items() if key != KEY}
    values = others if value is None else {**others, KEY: value}
    return past.also(accepted_return(week, values, version))


def about_other_weeks(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.kind == "repeated_week_differs"]


def test_a_file_that_repeats_what_was_accepted_is_told_nothing(judge: Judge, before: SamplePast) -> None:
    assert len(before.returns) == 41
    judged = judge(sample("bologna").data, pasts=before)
    assert (judged.status, judged.findings) == ("accepted", ())


@pytest.mark.parametrize(
    ("value", "found", "shown"),
    [
        (999, "999", "999"),
        ("", "", "cella vuota"),
        ("n.d.", "ND", "«non disponibile»"),
        ("n/a", "NA", "«non app"),
    ],
)
def test_a_past_cell_that_differs_is_told_with_both_values(
    value: object, found: str, shown: str, judge: Judge, before: SamplePast, edition: Edition
) -> None:
    accepted, _ = known(before, W40)
    judged = judge(altered_sample("bologna", past_cell(40, value, *WAITING)), pasts=before)
    assert judged.status == "accepted_with_warnings"
    (finding,) = judged.findings
    assert (finding.rule, finding.severity, finding.sheet, finding.cell, finding.cells) == (
        "S10", "warning", "Presa in carico", "AR294", (),
    )  # fmt: skip
    assert (finding.service_point, finding.measure) == KEY[:2]
    assert (finding.found, finding.expected) == (found, f"{accepted:f}")
    assert "settimana 40/2023 (2-8 ottobre)" in finding.message
    assert "(celle diverse: 1)" in finding.message
    assert f"Nella colonna: {shown}" in finding.message
    assert f"accettato: {accepted:f}." in finding.message
    assert "settimana di riferimento la settimana 40/2023 (2-8 ottobre) e come versione 2" in finding.action
    for language in LANGUAGES:
        assert f"{accepted:f}" in said(finding, edition, language)[0]
    counts = judge(sample("bologna").data, pasts=before).counts
    assert judged.counts.ignored == counts.ignored - (value == "")
    assert judged.counts.mapped == counts.mapped


ACCEPTED: dict[str, PastValue | None] = {
    "ND": (None, "ND"),
    "NA": (None, "NA"),
    "7": (Decimal(7), "V"),
    "": None,
}


@pytest.mark.parametrize(
    ("value", "found"), [(7, "7"), (0, "0"), ("", ""), ("n.d.", "ND"), ("n/a", "NA"), ("7,0", "7.0")]
)
def test_zero_blank_and_the_tokens_are_never_the_same(
    value: object, found: str, read_bytes: ReadBytes, edition: Edition, before: SamplePast
) -> None:
    read = read_bytes(altered_sample("bologna", past_cell(40, value, *WAITING)), "bologna")
    rule = next(rule for rule in edition.rules if rule.id == "S10")
    for expected, accepted in ACCEPTED.items():
        given = made_return(edition, {}, week=W42, past=with_figure(before, W40, accepted))
        remarks = judge_repeated_weeks(dataclasses.replace(given, other_weeks=read.reading.other_weeks), rule)
        told = [(plain_text(one.details["found"]), plain_text(one.details["expected"])) for one in remarks]
        assert told == ([] if found.removesuffix(".0") == expected else [(found, expected)])


def test_a_number_written_in_another_way_is_the_same_number(judge: Judge, before: SamplePast) -> None:
    past = with_figure(before, W40, (Decimal("12.50"), "V"))
    assert judge(altered_sample("bologna", past_cell(40, "12,5", *WAITING)), pasts=past).findings == ()


def test_each_past_week_that_differs_is_told_once_with_all_its_cells(
    judge: Judge, before: SamplePast
) -> None:
    def change(book: Book) -> None:
        for sheet in DATA_SHEETS:
            column = column_of(book, sheet, 3, week_label(2023, 40))
            for row in range(6, 9):
                book.write(sheet, row, column, 4321)

    judged = judge(altered_sample("bologna", change, past_cell(12, 999, *WAITING)), pasts=before)
    first, second = judged.findings
    assert (first.cell, first.cells) == ("P294", ())
    assert (second.sheet, second.cell) == ("Presa in carico", "AR6")
    assert second.cells == (
        "AR6", "AR7", "AR8",
        "Housing!AR6", "Housing!AR7", "Housing!AR8",
        "Impegno civico!AR6", "Impegno civico!AR7", "Impegno civico!AR8",
        "Coordinamento!AR6", "Coordinamento!AR7", "Coordinamento!AR8",
    )  # fmt: skip
    assert "celle diverse: 12" in second.message


def test_what_cannot_be_read_in_another_week_is_not_told(judge: Judge, before: SamplePast) -> None:
    for value in ("boh", -4.25, "1.234", True):
        judged = judge(altered_sample("bologna", past_cell(40, value, *WAITING)), pasts=before)
        told = [finding.found for finding in judged.findings]
        assert told == (["-4.25"] if value == -4.25 else [])


def test_a_week_corrected_by_a_new_version_is_repeated_as_corrected(judge: Judge, before: SamplePast) -> None:
    corrected = with_figure(before, W41, (Decimal(77), "V"))
    repeats_the_old = judge(sample("bologna").data, pasts=corrected)
    assert [(f.rule, f.found, f.expected) for f in repeats_the_old.findings] == [
        ("S10", f"{known(before, W41)[0]:f}", "77")
    ]
    assert "come versione 3" in repeats_the_old.findings[0].action
    repeats_the_new = judge(altered_sample("bologna", past_cell(41, 77, *WAITING)), pasts=corrected)
    assert (repeats_the_new.status, repeats_the_new.findings) == ("accepted", ())


def test_while_a_past_week_is_corrected_later_columns_are_compared_too(
    judge: Judge, sent: SamplePast
) -> None:
    """The week that is corrected is the return itself: it is not held against its earlier version."""
    correction = (refer_to(2023, 40), VERSION(2), past_cell(40, 77, *WAITING))
    judged = judge(altered_sample("bologna", *correction), pasts=sent)
    assert (judged.week, judged.status, about_other_weeks(judged.findings)) == (W40, "accepted", [])
    judged = judge(altered_sample("bologna", *correction, past_cell(42, 78, *WAITING)), pasts=sent)
    (finding,) = about_other_weeks(judged.findings)
    assert (finding.cell, finding.found) == ("AT294", "78")
    assert "settimana 42/2023" in finding.message


def test_weeks_of_the_year_before_are_held_against_that_year(judge: Judge, sent: SamplePast) -> None:
    """The column of 2023-W52 repeats W42, which is what is made of the weeks after it too."""
    after = [accepted_return(IsoWeek(2023, n), sent.returns[W42].values) for n in range(43, 53)]
    past = sent.also(*after)
    into_2024 = (add_weeks(2023, range(43, 53)), add_weeks(2024, [1]), refer_to(2024, 1))
    monday = dt.datetime.fromisoformat("2024-01-08T10:00:00+01:00")
    judged = judge(altered_sample("bologna", *into_2024), pasts=past, received_at=monday)
    assert (judged.week, about_other_weeks(judged.findings)) == (IsoWeek(2024, 1), [])
    changes = (*into_2024, past_cell(52, 99, *WAITING), past_cell(1, 98, *WAITING))
    judged = judge(altered_sample("bologna", *changes), pasts=past, received_at=monday)
    told = [(finding.found, finding.cell) for finding in about_other_weeks(judged.findings)]
    assert told == [("98", "E294"), ("99", "BD294")]


def test_weeks_without_an_accepted_return_are_not_compared(judge: Judge, before: SamplePast) -> None:
    others = {week: accepted for week, accepted in before.returns.items() if week != W40}
    data = altered_sample("bologna", past_cell(40, 999, *WAITING))
    assert judge(data, pasts=SamplePast(others)).findings == ()
    assert judge(data).findings == ()


def test_a_nil_week_may_be_zero_or_blank(judge: Judge, before: SamplePast) -> None:
    accepted = before.returns[W40]
    zeros = {
        key: (Decimal(0), "V") if key[0].startswith("BO-ACC") else value
        for key, value in accepted.values.items()
    }

    def blank_housing(book: Book) -> None:
        column = column_of(book, "Housing", 3, week_label(2023, 40))
        for row in range(4, len(book.rows("Housing")) + 1):
            book.write("Housing", row, column, "")

    data = altered_sample("bologna", blank_housing)
    nil = accepted_return(W40, zeros, nil_areas=["hou"])  # type: ignore[arg-type]
    assert judge(data, pasts=before.also(nil)).findings == ()
    not_nil = accepted_return(W40, zeros)  # type: ignore[arg-type]
    assert len(judge(data, pasts=before.also(not_nil)).findings) == 1


def test_a_nil_that_was_not_accepted_is_told_where_it_is_declared(
    judge: Judge, before: SamplePast, edition: Edition
) -> None:
    data = altered_sample(
        "bologna",
        past_cell(40, "NO: chiuso", "Housing", "AREA"),
        past_cell(41, "NO: ferie", "Housing", "BO-ACC-02", "Attività nella settimana"),
        past_cell(39, "forse", "Housing", "AREA"),
    )
    judged = judge(data, pasts=before)
    rest = ", ma non nei dati accettati per quella settimana."
    assert judged.status == "accepted_with_warnings"
    assert [(f.rule, f.sheet, f.cell, f.service_point, f.message) for f in judged.findings] == [
        (
            "S10", "Housing", cell, point,
            f"{nil} risulta senza attività nella colonna della {week}{rest}",
        )
        for cell, point, nil, week in (
            ("AR4", None, "L'area «Housing»", "settimana 40/2023 (2-8 ottobre)"),
            ("AS120", "BO-ACC-02", "Il servizio BO-ACC-02", "settimana 41/2023 (9-15 ottobre)"),
        )
    ]  # fmt: skip
    for language in LANGUAGES:
        assert "BO-ACC-02" in said(judged.findings[1], edition, language)[0]
    nil = [
        accepted_return(W40, before.returns[W40].values, nil_areas=["hou"]),
        accepted_return(W41, before.returns[W41].values, nil_points=["BO-ACC-02"]),
    ]
    assert judge(data, pasts=before.also(*nil)).findings == ()


def test_a_service_point_that_opened_later_has_no_figures_before(
    judge: Judge, contract: Contract, before: SamplePast
) -> None:
    late = before.returns
    point = "BO-OSS-01"
    trimmed = {
        week: dataclasses.replace(
            one, values={k: v for k, v in one.values.items() if k[0] != point or week >= W40}
        )
        for week, one in late.items()
    }

    def blank_before(book: Book) -> None:
        for number, cells in enumerate(book.rows("Presa in carico"), start=1):
            if cells and cells[0] == point:
                for column in range(
                    FIRST_WEEK_COLUMN, column_of(book, "Presa in carico", 3, week_label(2023, 40))
                ):
                    book.write("Presa in carico", number, column, "")

    data = altered_sample("bologna", blank_before)
    assert judge(data, pasts=SamplePast(trimmed)).findings == ()
    filled = judge(
        altered_sample("bologna", blank_before, past_cell(39, 5, *WAITING)), pasts=SamplePast(trimmed)
    )
    assert [(finding.found, finding.expected) for finding in filled.findings] == [("5", "")]
    # Off the roster in that week, it has no figure that a correction could hold.
    opened = with_service_point_from(contract, point, W40)
    judged = judge(
        altered_sample("bologna", blank_before, past_cell(39, 5, *WAITING)),
        pasts=SamplePast(trimmed),
        contract=opened,
    )
    assert about_other_weeks(judged.findings) == []


def test_where_every_cell_differs_the_list_stays_short(judge: Judge, before: SamplePast) -> None:
    other = {
        week: accepted_return(week, {key: (Decimal(987654), "V") for key in one.values})
        for week, one in before.returns.items()
    }
    judged = judge(sample("bologna").data, pasts=SamplePast(other))
    told = about_other_weeks(judged.findings)
    assert len(told) == 41
    listed = [len(finding.cells) for finding in told]
    assert max(listed) > 100
    assert sum(listed) <= MOST_CELLS
    assert sum(len(finding.model_dump_json()) for finding in told) < 400_000


# a whole home, and another layout


def _second_version(book: Book) -> None:
    book.write("Leggimi", row_of(book, "Leggimi", "Versione"), 2, 2)


def arrival(week: IsoWeek, data: bytes, days: int = 2) -> Arrival:
    """A file of Bologna that arrives so many days after its week."""
    return Arrival(
        (SourceFile("scheda.ods", data),), week.ends_at + dt.timedelta(days=days), Claim(week=week)
    )


def test_versions_taken_in_are_what_later_files_are_held_against(home: Home, contract: Contract) -> None:
    """A week corrected by a version of its own; the file of the next week still repeats the old figure."""
    correction = (_second_version, past_cell(41, 77, *WAITING))
    corrected = altered_sample("bologna", *correction, week="2023-W41")
    outcomes = receive(
        home,
        contract,
        [
            arrival(W40, sample("bologna", "2023-W40").data),
            arrival(W41, sample("bologna", "2023-W41").data),
            arrival(W41, corrected, days=3),
            arrival(W42, sample("bologna").data),
            arrival(W42, altered_sample("bologna", VERSION(2), past_cell(41, 77, *WAITING)), days=3),
        ],
    )
    told = [[(f.cell, f.found, f.expected) for f in about_other_weeks(one.findings)] for one in outcomes]
    old, _ = true_observations("2023-W41")["bologna"][KEY]
    assert told == [[], [], [], [("AS294", f"{old:f}", "77")], []]
    assert all(outcome.verdict.is_accepted for outcome in outcomes)


LEDGER = r"""
layout: ledger
city: aosta
valid_from: "2023-W40"
formats: [csv]
fingerprint:
  texts: [Ville d'Aoste, lieu, canal]
entity: [Ville d'Aoste]
numbers: {decimal_mark: ","}
tokens: {not_available: [nd], not_applicable: [so]}
service_points: {city_level: [ville]}
other_weeks: {ignore: semaines passées}
sheets:
  - names: [chiffres]
    table: chiffres
tables:
  chiffres:
    header:
      anchor: [lieu, canal]
    columns:
      - {head: lieu, label: true}
      - {head: canal, label: true}
      - {head: 'accès semaine (?P<week>\d+)', values: true, set: {measure: desk_visits}}
    rows:
      - when:
          A: "(?P<entity>.*)"
          B: "(?P<body>.*)"
          C: "(?P<edition>.*)"
          D: 'S(?P<week>\d+)-(?P<year>\d+) v(?P<version>\d+)'
        facts: true
      - {when: {lieu: "(?P<service_point>.+)", canal: "(?P<category>.*)"}, values: true}
"""
LEDGER_WORDS = """what,list,code,label
measure,one_stop_shop,desk_visits,accès
category,channel,UM,rue
category,channel,SOC,social
category,channel,TER,tiers
category,channel,SPO,seul
category,channel,ALT,autre
"""
AOSTA_W41 = {
    ("AO-OSS-01", "desk_visits", "total", ""): (Decimal(12), "V"),
    ("AO-OSS-01", "desk_visits", "channel", "UM"): (Decimal(5), "V"),
    ("AO-OSS-01", "desk_visits", "channel", "SOC"): (Decimal(7), "V"),
}


def ledger(*repeated: object) -> bytes:
    """Week 42 of a layout of its own, with what its columns of week 41 say; the headings tell no year."""
    rows = [
        ["Ville d'Aoste", "Commune d'Aoste", "LGNET2", "S42-2023 v1"],
        ["lieu", "canal", "accès semaine 41", "accès semaine 42"],
        *(
            ["AO-OSS-01", channel, value, own]
            for channel, value, own in zip(["", "rue", "social"], repeated, ["20", "9", "4"], strict=True)
        ),
    ]
    return write_csv(rows, "utf-8", ",", "\n")


def test_any_layout_that_repeats_weeks_is_held_against_them(tmp_path: Path, judge: Judge) -> None:
    folders = copy_built_in(tmp_path)
    append(
        folders.sources / "cities.csv",
        "aosta,A326,007003,,,AO,02,Valle d'Aosta,ITC20,Aosta,,Commune d'Aoste,comune,33409,5000",
    )
    append(folders.sources / "service_points.csv", "aosta,AO-OSS-01,one_stop_shop,Guichet,,2023-W40,")
    layout = folders.sources / "layouts" / "ledger"
    layout.mkdir()
    (layout / "2023-W40.yaml").write_text(LEDGER, encoding="utf-8")
    (layout / "2023-W40.words.csv").write_text(LEDGER_WORDS, encoding="utf-8")
    contract = load_contract(folders)
    past = SamplePast({W41: accepted_return(W41, AOSTA_W41)})  # type: ignore[arg-type]
    judged = judge(ledger("12", "5", "7"), contract=contract, pasts=past)
    assert (judged.city, judged.status, judged.findings) == ("aosta", "accepted", ())
    judged = judge(ledger("12", "nd", "8"), contract=contract, pasts=past)
    (finding,) = judged.findings
    assert (finding.rule, finding.cell, finding.cells) == ("S10", "4:3", ("4:3", "5:3"))
    assert (finding.category, finding.found, finding.expected) == ("UM", "ND", "5")
