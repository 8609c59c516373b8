"""An edition is complete and agrees with itself, or its first mistake is told with file, line and remedy."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from pipelines.judging.contract import load_contract
from pipelines.judging.in_force import rules_in_force
from schemas.contract import Edition
from schemas.editions import EditionFolders, UnknownEditionError, find_edition, load_edition
from schemas.tables import ContractError
from schemas.weeks import IsoWeek
from tests.conftest import BUILT_IN
from tests.making.editions import alter, append, change_rule, copy_built_in, line_number, rule_entry

WIDTHS = {
    "measures.csv": 10,
    "service_points.csv": 7,
    "code_lists.csv": 7,
    "indicators.csv": 12,
    "cities.csv": 15,
}


@pytest.fixture
def folders(tmp_path: Path) -> EditionFolders:
    """A copy of the built-in edition, to be spoilt."""
    return copy_built_in(tmp_path)


def mistake(folders: EditionFolders) -> ContractError:
    with pytest.raises(ContractError) as caught:
        load_contract(folders)
    return caught.value


def test_the_built_in_edition_is_what_the_network_agreed_on(edition: Edition) -> None:
    assert len(edition.city_slugs) == 16
    assert (len(edition.measures), len(edition.indicators), len(edition.rules)) == (36, 35, 25)
    assert {code_list.code for code_list in edition.code_lists} == {
        "sex",
        "age",
        "citizenship",
        "legal_status",
        "vulnerability",
        "household",
        "housing_condition",
        "service",
        "channel",
        "destination",
        "outcome",
        "area",
    }
    assert [code.code for code in edition.code_lists if not code.is_additive] == ["vulnerability", "service"]
    assert (edition.weeks[0], edition.weeks[-1]) == (IsoWeek(2023, 1), IsoWeek(2024, 26))


def test_codes_stay_text(edition: Edition) -> None:
    assert edition.city("torino").istat_code == "001272"
    assert edition.city("napoli").province == "NA"


def test_a_copy_of_the_edition_loads(folders: EditionFolders) -> None:
    assert load_edition(folders).city_slugs == load_edition(BUILT_IN).city_slugs


def add_row(folders: EditionFolders, name: str, row: str) -> tuple[Path, int]:
    path = next(folder / name for folder in (folders.sources, folders.schemas) if (folder / name).exists())
    append(path, row)
    return path, len(path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize(
    ("name", "row", "words", "remedy"),
    [
        ("service_points.csv", "torinno,TO-UM-09,mobile_unit,Nuova,,2023-W01,", "'torinno'", "'torino'"),
        (
            "service_points.csv",
            "torino,TO-UM-09,mobil_unit,Nuova,,2023-W01,",
            "'mobil_unit'",
            "'mobile_unit'",
        ),
        ("service_points.csv", "torino,TO-UM-01,mobile_unit,Nuova,,2023-W01,", "TO-UM-01", "Keep one"),
        ("service_points.csv", "torino,TO-UM-09,mobile_unit,Nuova,,2023-W54,", "2023", "Correct"),
        ("service_points.csv", "torino,TO-UM-09,mobile_unit,Nuova", "7 cells", "commas"),
        ("measures.csv", "extra,hou,housin,flow,beds,0,,a,b,c", "'housin'", "'housing'"),
        ("measures.csv", "extra,huo,housing,flow,beds,0,,a,b,c", "'huo'", "hou"),
        ("measures.csv", "extra,hou,housing,flow,beds,0,sexx,a,b,c", "'sexx'", "'sex'"),
        ("measures.csv", "extra,hou,housing,flows,beds,0,,a,b,c", "'flows'", "Correct"),
        ("measures.csv", "beds_active,hou,housing,flow,beds,0,,a,b,c", "beds_active", "Keep one"),
        ("code_lists.csv", "area,yes,hou,a,b,c,", "area hou", "Keep one"),
        ("code_lists.csv", "sex,yes,Y,a,b,c,", "'sex'", "together"),
        ("indicators.csv", "HOU01,hou,flow,beds,a,b,c,beds_active,last,,,up", "HOU01", "Keep one"),
        ("indicators.csv", "HOU99,hou,flow,beds,a,b,c,beds_active,last,sexo,,up", "'sexo'", "'sex'"),
    ],
)
def test_a_wrong_row_is_told_by_its_line(
    name: str, row: str, words: str, remedy: str, folders: EditionFolders
) -> None:
    path, line = add_row(folders, name, row)
    error = mistake(folders)
    assert (error.path, error.line) == (path, line)
    assert words in error.problem
    assert remedy in error.remedy


@pytest.mark.parametrize(
    ("name", "old", "new", "at", "words", "remedy"),
    [
        (
            "rules.yaml",
            "{left: guests_end, relation: equals, right:",
            "{left: guest_end, relation: equals, right:",
            "id: H06",
            "'guest_end'",
            "'guests_end'",
        ),
        (
            "rules.yaml",
            "measures: [outreach_contacts, desk_new_persons]",
            "measures: [outreach_contact]",
            "id: H09",
            "'outreach_contact'",
            "'outreach_contacts'",
        ),
        (
            "rules.yaml",
            "right: guests_in, right_in_first_week: guests_start + guests_in",
            "right: guests_in, right_in_first_week: guests_begin + guests_in",
            "id: H11",
            "'guests_begin'",
            "guests",
        ),
        (
            "rules.yaml",
            "right: 7 * highest.beds_active",
            "right: 7 x beds_active",
            "right: 7 x beds_active",
            "cannot read",
            "Correct",
        ),
        (
            "rules.yaml",
            "check: deadline",
            "check: deadlines",
            "check: deadlines",
            "'deadlines'",
            "'deadline'",
        ),
        ("rules.yaml", "id: S03", "id: S10", None, "S10 do not stand together", "one below"),
        ("rules.yaml", "id: S03", "id: S3", "id: S3", "pattern", "Correct"),
        ("edition.yaml", "slug: lgnet2", "slugg: lgnet2", "slugg", "slug", "slug"),
        ("edition.yaml", "weekday: wednesday", "weekday: mercoledi", "weekday", "wednesday", "Correct"),
        ("edition.yaml", "Europe/Rome", "Europe/Roma", "time_zone", "Europe/Roma", "Correct"),
        ("edition.yaml", 'time: "12:00"', 'time: "12:60"', "time:", "minute", "Correct"),
        (
            "edition.yaml",
            "weeks: []",
            'weeks: [{week: "2023-W51", until: "2023-12-24 12:00"}]',
            "deadline:",
            "before it ends",
            "Correct",
        ),
        (
            "edition.yaml",
            "weeks: []",
            'weeks: [{week: "2022-W51", until: "2023-12-24 12:00"}]',
            None,
            "not of the edition",
            "Correct",
        ),
        ("edition.yaml", "area_list: area", "area_list: areas", "area_list", "'areas'", "'area'"),
        ("edition.yaml", "bolzano: [it, de]", "bolzanno: [it, de]", "bolzanno", "'bolzanno'", "'bolzano'"),
        ("edition.yaml", "bolzano: [it, de]", "bolzano: [it, fr]", "bolzano", "'it'", "Correct"),
        ("edition.yaml", "- guests_end", "- guest_end", "key_measures", "'guest_end'", "'guests_end'"),
        ("edition.yaml", "outcome: Ausgang", "outcom: Ausgang", "outcom: Ausgang", "'outcom'", "'outcome'"),
        (
            "edition.yaml",
            "areas: [pic, hou, civ, net]",
            "areas: [pic, hou, civ, net, xyz]",
            None,
            "'xyz'",
            "Known",
        ),
        (
            "edition.yaml",
            'first_week: "2023-W01"',
            'first_week: "2024-W30"',
            None,
            "before first_week",
            "Correct",
        ),
    ],
)
def test_a_wrong_word_in_a_document_is_told_by_its_line(
    name: str, old: str, new: str, at: str | None, words: str, remedy: str, folders: EditionFolders
) -> None:
    path = folders.schemas / name
    alter(path, old, new)
    error = mistake(folders)
    assert error.path == path
    assert words in error.problem
    assert remedy in error.remedy
    if at is not None:
        assert error.line == line_number(path, at)


def test_an_edition_without_a_rule_for_what_reading_finds_is_refused(folders: EditionFolders) -> None:
    alter(folders.schemas / "rules.yaml", "check: every_cell\n", "\n")
    assert "every_cell" in mistake(folders).problem


DAY = dt.date(2024, 1, 1)


def test_a_rule_may_change_end_and_come_back(folders: EditionFolders) -> None:
    rules = folders.schemas / "rules.yaml"
    change_rule(rules, "S03", DAY, more_than="0.1")
    change_rule(rules, "S03", dt.date(2025, 1, 1), more_than="0.3")
    alter(rules, "    valid_to: 2024-12-31\n", "    valid_to: 2024-06-30\n")
    edition = load_contract(folders).edition
    noon = dt.time(12, tzinfo=dt.UTC)
    found = {
        day: [str(rule.not_recorded.more_than) for rule in (rules_in_force(edition, at).get("S03"),) if rule
              and rule.not_recorded]
        for day in ("2022-12-31", "2023-12-31", "2024-01-01", "2024-06-30", "2024-07-01", "2025-01-01")
        for at in (dt.datetime.combine(dt.date.fromisoformat(day), noon),)
    }  # fmt: skip
    assert list(found.values()) == [[], ["0.2"], ["0.1"], ["0.1"], [], ["0.3"]]


def test_what_makes_a_file_readable_may_change_but_never_lapse(folders: EditionFolders) -> None:
    rules = folders.schemas / "rules.yaml"
    change_rule(rules, "H12", DAY, owner="altri")
    edition = load_contract(folders).edition
    owners = [
        rules_in_force(edition, dt.datetime(year, 6, 1, tzinfo=dt.UTC))["H12"].owner
        for year in (2020, 2023, 2024)
    ]
    assert owners == ["coordinamento nazionale", "coordinamento nazionale", "altri"]
    alter(rules, "valid_to: 2023-12-31", "valid_to: 2023-12-30")
    error = mistake(folders)
    assert (error.path, error.line) == (rules, line_number(rules, "id: H12"))
    assert "every day" in error.problem and "valid_to: 2023-12-31" in error.remedy


WRONG_VALIDITIES = {
    "two on one day": ("valid_to: 2023-12-31", "valid_to: 2024-01-01", "two entries hold", "2023-12-31"),
    "no end": ("    valid_to: 2023-12-31\n", "", "two entries hold", "valid_to: 2023-12-31"),
    "newer first": ("valid_from: 2024-01-01", "valid_from: 2022-01-01", "below the one", "older one first"),
    "ends before": ("valid_to: 2023-12-31", "valid_to: 2022-12-31", "before it begins", "Correct"),
}


@pytest.mark.parametrize(
    ("old", "new", "words", "remedy"), WRONG_VALIDITIES.values(), ids=list(WRONG_VALIDITIES)
)
def test_entries_of_a_rule_that_cannot_both_hold_are_refused(
    old: str, new: str, words: str, remedy: str, folders: EditionFolders
) -> None:
    rules = folders.schemas / "rules.yaml"
    change_rule(rules, "S03", DAY, more_than="0.1")
    alter(rules, old, new)
    error = mistake(folders)
    assert error.path == rules
    assert words in error.problem
    assert remedy in error.remedy


@pytest.mark.parametrize(("key", "value"), [("severity", "warning"), ("waivable", "true")])
def test_what_cannot_be_read_cannot_be_let_pass(key: str, value: str, folders: EditionFolders) -> None:
    change_rule(folders.schemas / "rules.yaml", "H12", DAY, **{key: value})
    assert "cannot be accepted" in mistake(folders).problem


def test_a_warning_may_silence_what_is_no_error_any_more(folders: EditionFolders) -> None:
    """H06 is an error until the day on which S07 begins to silence it; a day earlier it is one still."""
    rules = folders.schemas / "rules.yaml"
    change_rule(rules, "H06", DAY, severity="warning")
    alter(rules, "{rules: [S01], same: measure}", "{rules: [S01, H06], same: measure}")
    now = rule_entry(rules, "S07")
    later, too_early = (rule_entry(rules, "S07", valid_from=day) for day in ("2024-01-01", "2023-12-31"))
    assert "S07: the warning silences the error H06" in mistake(folders).problem
    alter(rules, now, later)
    load_contract(folders)
    alter(rules, later, too_early)
    assert "S07: the warning silences the error H06" in mistake(folders).problem


@pytest.mark.parametrize(
    ("old", "new"), [("category: IRR", "category: IRX"), ("breakdown: legal_status", "breakdown: sex_")]
)
def test_a_rules_category_is_one_of_the_lists(old: str, new: str, folders: EditionFolders) -> None:
    alter(folders.schemas / "rules.yaml", f"    {old}\n", f"    {new}\n")
    mistake(folders)


def test_a_blank_line_does_not_shift_the_line_that_is_told(folders: EditionFolders) -> None:
    path = folders.sources / "service_points.csv"
    append(path, "", "torinno,TO-UM-09,mobile_unit,Nuova,,2023-W01,")
    assert mistake(folders).line == line_number(path, "torinno")


def test_tables_that_may_be_left_out_are_left_out(folders: EditionFolders) -> None:
    for name in ("targets.csv", "budgets.csv", "foreign_residents.csv"):
        (folders.schemas / name).unlink()
    assert load_edition(folders).targets == ()


@pytest.mark.parametrize("name", ["measures.csv", "rules.yaml", "code_lists.csv", "edition.yaml"])
def test_a_file_that_is_missing_is_named(name: str, folders: EditionFolders) -> None:
    (folders.schemas / name).unlink()
    error = mistake(folders)
    assert (error.path.name, error.line) == (name, None)
    assert "missing" in error.problem


def test_an_edition_of_the_folder_of_editions_comes_before_a_built_in_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_edition("lgnet2") == BUILT_IN
    copied = copy_built_in(tmp_path)
    monkeypatch.setenv("REGIA_EDITIONS", str(tmp_path))
    assert find_edition("lgnet2") == copied


def test_an_unknown_edition_is_told_with_those_there_are() -> None:
    with pytest.raises(UnknownEditionError, match="Did you mean 'lgnet2'"):
        find_edition("lgnet3x2")


def test_a_city_has_the_code_of_the_day(edition: Edition) -> None:
    sassari = {city.istat_code for city in edition.cities if city.slug == "sassari"}
    assert len(sassari) == 2
    import datetime as dt

    assert (
        edition.city("sassari", dt.date(2023, 10, 16)).istat_code
        != edition.city("sassari", dt.date(2026, 6, 1)).istat_code
    )
    with pytest.raises(KeyError):
        edition.city("atlantide")


def test_a_service_point_is_on_the_roster_from_its_week_to_its_last(edition: Edition) -> None:
    point = edition.service_points[0].model_copy(
        update={"roster_from": IsoWeek(2023, 10), "roster_to": IsoWeek(2023, 20)}
    )
    weeks = [IsoWeek(2023, number) for number in (9, 10, 20, 21)]
    assert [point.is_on_roster(week) for week in weeks] == [False, True, True, False]


def test_a_copy_with_other_entries_works_everything_out_anew() -> None:
    edition = load_edition(find_edition("lgnet2"))
    assert edition.is_due("bologna", edition.weeks[0]) and len(edition.city_slugs) == 16
    fewer = edition.model_copy(update={"cities": edition.cities[:1], "service_points": ()})
    assert fewer.city_slugs == (edition.cities[0].slug,)
    assert fewer.roster("bologna", fewer.weeks[0]) == () and fewer.is_due("bologna", fewer.weeks[0])


WRONG_THRESHOLDS = {
    "missing": ("      at_least: 6\n      # One", "      # One", "unlike_recent_weeks:", "at_least", "Add"),
    "unknown": (
        "deviations: 3.75",
        "deviations: 3\n      deviation: 4",
        "deviation: 4",
        "Extra",
        "'deviations'",
    ),
    "no number": ("deviations: 3.75", "deviations: none", "deviations:", "number", "Correct"),
    "no share": ("under: 0.3", "under: 30", "under:", "less than 1", "Correct"),
    "of another check": ("check: all_zero", "check: deadline", "id: S06", "all_zero", "Correct"),
    "measure": (
        "part: nights_occupied",
        "part: nights_ocupied",
        "id: S04",
        "'nights_ocupied'",
        "'nights_occupied'",
    ),
    "measure as a name": ("leaver_nights: 200", "leavers: 200", "id: S01", "'leavers'", "'leaver_nights'"),
    "category": ('category: "ND"', 'category: "MX"', "id: S03", "'MX'", "Did you mean"),
    "silenced rule": (
        "{rules: [S04], same: cell}",
        "{rules: [S44], same: cell}",
        "id: H07",
        "'S44'",
        "'S04'",
    ),
    "silenced error": (
        "{rules: [S01], same: measure}",
        "{rules: [H05], same: measure}",
        "id: S07",
        "H05",
        "refused",
    ),
}


@pytest.mark.parametrize(
    ("old", "new", "at", "words", "remedy"), WRONG_THRESHOLDS.values(), ids=list(WRONG_THRESHOLDS)
)
def test_a_wrong_threshold_is_told_by_its_line(
    old: str, new: str, at: str, words: str, remedy: str, folders: EditionFolders
) -> None:
    path = folders.schemas / "rules.yaml"
    alter(path, old, new)
    error = mistake(folders)
    assert (error.path, error.line) == (path, line_number(path, at))
    assert words in error.problem
    assert remedy in error.remedy
