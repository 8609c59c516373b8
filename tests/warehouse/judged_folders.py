"""An invented edition of three cities, and folders of `judged/` made without any file of a city.

Lives here: what tests of the warehouse and of the consolidation start from.
Must not live here: tests.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from pipelines.home import Home
from schemas.contract import (
    Category,
    City,
    CodeList,
    Edition,
    EditionFacts,
    Indicator,
    Measure,
    Rule,
    ServicePoint,
)
from schemas.verdicts import OBSERVATION_COLUMNS, Finding, NilReturn, Status, Verdict
from schemas.weeks import IsoWeek
from tests.making.deadlines import WEDNESDAY_NOON, due_at
from warehouse.asking import asked

ROME = ZoneInfo("Europe/Rome")

Key = tuple[str, str, str, str]
"""service_point, measure, breakdown, category"""


def week(number: int) -> IsoWeek:
    return IsoWeek(2023, number)


def at(number: int, weekday: int, hour: int = 10) -> dt.datetime:
    """A weekday (1 to 7) after week `number`, when its returns arrive; its deadline is (3, 12)."""
    monday = week(number).monday + dt.timedelta(weeks=1)
    return dt.datetime.combine(monday + dt.timedelta(days=weekday - 1), dt.time(hour), ROME)


def _city(slug: str, name: str, code: str, istat: str, province: str) -> City:
    return City(
        slug=slug,
        cadastral_code=code,
        istat_code=istat,
        province=province,
        region_code="01",
        region="Regione",
        nuts3="ITC11",
        name_it=name,
        reporting_body=f"Comune di {name}",
        body_kind="comune",
        population_2022=1000,
        population_under18_2022=100,
    )


def _desk(city: str, code: str, since: int) -> ServicePoint:
    return ServicePoint(city=city, code=code, kind="desk", name=f"Sportello {code}", roster_from=week(since))


def _measure(code: str, service_kind: str, breakdowns: tuple[str, ...] = ()) -> Measure:
    return Measure(
        code=code,
        area="pic",
        service_kind=service_kind,
        kind="flow",
        unit="persons",
        decimals=1,
        breakdowns=breakdowns,
        label_it=f"{code} (it)",
        label_en=f"{code} (en)",
        label_de=f"{code} (de)",
    )


def _category(code_list: str, code: str, label: str) -> Category:
    return Category(list=code_list, additive=True, code=code, label_it=label, label_en=label, label_de=label)


def invented_edition(slug: str = "prova", *, last_week: int = 52) -> Edition:
    """Ancona and Napoli report from W40, Como from W42. Ancona's ISTAT code changes in 2026."""
    ancona = _city("ancona", "Ancona", "A271", "042002", "AN")
    return Edition(
        facts=EditionFacts(
            slug=slug,
            code=slug.upper(),
            name_it="Edizione di prova",
            first_week=week(40),
            last_week=week(last_week),
            deadline=WEDNESDAY_NOON,
            areas=("pic",),
            service_kinds={"desk": "sportello"},
            freeze_after_days=20,
        ),
        cities=(
            ancona.model_copy(update={"istat_valid_to": dt.date(2025, 12, 31)}),
            ancona.model_copy(update={"istat_code": "999001", "istat_valid_from": dt.date(2026, 1, 1)}),
            _city("napoli", "Napoli", "F839", "063049", "NA"),
            _city("como", "Como", "C933", "013075", "CO"),
        ),
        service_points=(
            _desk("ancona", "AN-OSS-01", 40),
            _desk("ancona", "AN-OSS-02", 40),
            _desk("napoli", "NA-OSS-01", 40),
            _desk("como", "CO-OSS-01", 42),
        ),
        measures=(_measure("visits", "desk", ("sex",)), _measure("staff", "city")),
        code_lists=(
            CodeList(
                code="sex",
                is_additive=True,
                categories=(_category("sex", "F", "Femmine"), _category("sex", "NA", "Non applicabile")),
            ),
            CodeList(
                code="area", is_additive=True, categories=(_category("area", "pic", "Presa in carico"),)
            ),
        ),
        indicators=(
            Indicator(
                code="PIC01",
                area="pic",
                kind="flow",
                unit="persons",
                label_it="Accessi",
                label_en="Visits",
                label_de="Besuche",
                formula="visits",
                over_time="sum",
            ),
        ),
        rules=(
            Rule(
                id="H05",
                severity="error",
                about="measure",
                waivable=False,
                owner="coordinamento",
                valid_from=dt.date(2023, 1, 1),
                check="sums",
                statement_en="It's a sum",
                statement_it="È una somma",
                statement_de="Es ist eine Summe",
            ),
        ),
    )


def figures(point: str, total: str) -> dict[Key, str]:
    """A desk's figures: a total, one sex, one not available, one not applicable, and the city's staff."""
    return {
        (point, "visits", "total", ""): total,
        (point, "visits", "sex", "F"): "ND",
        (point, "visits", "sex", "NA"): "NA",
        ("", "staff", "total", ""): "2.5",
    }


def put_judged(
    home: Home,
    city: str | None,
    number: int | None,
    received_at: dt.datetime,
    values: Mapping[Key, str] | None = None,
    *,
    status: Status = "accepted",
    version: int | None = 1,
    findings: Sequence[Finding] = (),
    nils: Sequence[NilReturn] = (),
    edition: str = "prova",
    submission_id: str | None = None,
    reason_code: str | None = None,
    counts_from: dt.datetime | None = None,
) -> str:
    """Write a folder of `judged/` as receiving does; its submission_id. Values "ND" and "NA" are flags."""
    content = repr((edition, city, number, sorted((values or {}).items())))
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    key = submission_id or hashlib.sha256(f"{sha256} {received_at.isoformat()}".encode()).hexdigest()[:16]
    iso_week = week(number) if number is not None else None
    verdict = Verdict(
        submission_id=key,
        edition=edition,
        city=city,
        iso_week=iso_week,
        version=version if city and iso_week else None,
        received_at=received_at,
        received_by="prova",
        is_late=received_at > due_at(iso_week) if iso_week else None,
        sha256=sha256,
        size=len(content),
        file_names=("scheda.xlsx",),
        layout="standard 2023-W01",
        status=status,
        errors=sum(finding.severity == "error" for finding in findings),
        warnings=sum(finding.severity == "warning" for finding in findings),
        reason_code=reason_code,
        counts_from=counts_from,
    )
    folder = home.judged / key
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "verdict.json").write_text(verdict.model_dump_json(), encoding="utf-8")
    _write_json(folder / "findings.json", [finding.model_dump(mode="json") for finding in findings])
    _write_json(folder / "nil.json", [nil.model_dump(mode="json") for nil in nils])
    with (folder / "observations.csv").open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow(OBSERVATION_COLUMNS)
        for number_in_file, (figure, value) in enumerate(sorted((values or {}).items()), start=1):
            flag = value if value in ("ND", "NA") else "V"
            shown = value if flag == "V" else ""
            rows.writerow((*figure, shown, flag, "scheda.xlsx", "", f"C{number_in_file}"))
    return key


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")


Rows = list[tuple[object, ...]]


def ask(path: Path, query: str) -> Rows:
    """The rows of a query, as whoever opens the file sees them."""
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.execute(query).fetchall()


def known(path: Path, query: str, as_of: dt.datetime | None = None) -> tuple[tuple[Any, ...], ...]:
    """The rows that the command gives, as of an instant."""
    with asked(path, query, as_of) as answer:
        return tuple(answer.rows())


def all_parts(home: Home, edition: str = "prova") -> dict[str, bytes]:
    """The bytes of every Parquet file of an edition, and of whatever else lies among them."""
    folder = home.published_parts(edition)
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def all_rows(path: Path) -> dict[str, Rows]:
    """Everything a file holds: each table's rows, in one order."""
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        tables = connection.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE NOT internal ORDER BY ALL"
        ).fetchall()
        return {name: connection.execute(f"FROM {name} ORDER BY ALL").fetchall() for (name,) in tables}
