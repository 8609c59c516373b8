"""Published files for the bulletin: weeks of LgNet2 as the cities sent them, and an invented edition.

Lives here: what tests of the bulletin read, made by the real consolidation.
Must not live here: tests.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from pipelines.consolidating import compute_indicators, load_weeks, publish_weeks
from pipelines.home import Home
from schemas.contract import Category, City, CodeList, Edition, EditionFacts, Indicator, Measure, ServicePoint
from schemas.editions import PROJECT
from schemas.verdicts import OBSERVATION_COLUMNS, NilReturn, Status, Verdict
from schemas.weeks import ROME, IsoWeek
from tests.making.deadlines import WEDNESDAY_NOON, due_at

Key = tuple[str, str, str, str]
"""service_point, measure, breakdown, category"""

TRUTH = PROJECT / "tests" / "returns" / "truth"


def arriving(week: IsoWeek, weekday: int, hour: int = 10) -> dt.datetime:
    """A weekday (1 to 7) of the week after; the deadline is (3, 12)."""
    day = week.monday + dt.timedelta(weeks=1, days=weekday - 1)
    return dt.datetime.combine(day, dt.time(hour), ROME)


def put_return(
    home: Home,
    edition: Edition,
    city: str,
    week: IsoWeek,
    received_at: dt.datetime,
    values: Mapping[Key, str] | None = None,
    *,
    status: Status = "accepted",
    version: int = 1,
    errors: int = 0,
    warnings: int = 0,
    nils: Sequence[NilReturn] = (),
    supersedes: str | None = None,
    reason_code: str | None = None,
) -> str:
    """Write a folder of `judged/`, as receiving does. Values "ND" and "NA" are flags."""
    content = repr((edition.slug, city, str(week), version, sorted((values or {}).items())))
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    key = f"{received_at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}-{sha256[:12]}"
    verdict = Verdict(
        submission_id=key,
        edition=edition.slug,
        city=city,
        iso_week=week,
        version=version,
        received_at=received_at,
        is_late=received_at > due_at(week),
        sha256=sha256,
        size=len(content),
        file_names=("scheda.xlsx",),
        layout="standard",
        status=status,
        errors=errors,
        warnings=warnings,
        supersedes=supersedes,
        reason_code=reason_code,
    )
    folder = home.judged / key
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "verdict.json").write_text(verdict.model_dump_json(), encoding="utf-8")
    (folder / "findings.json").write_text("[]", encoding="utf-8")
    (folder / "nil.json").write_text(
        json.dumps([nil.model_dump(mode="json") for nil in nils]), encoding="utf-8"
    )
    with (folder / "observations.csv").open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow(OBSERVATION_COLUMNS)
        for number, (figure, value) in enumerate(sorted((values or {}).items()), start=1):
            flag = value if value in ("ND", "NA") else "V"
            rows.writerow((*figure, value if flag == "V" else "", flag, "scheda.xlsx", "", f"C{number}"))
    return key


# LgNet2, from the figures that its sample returns hold.

SAMPLE_CITIES = ("bologna", "caserta", "latina", "milano", "perugia", "potenza", "sassari", "taranto")
"""Half of the cities, and all that have something to tell: fewer rows, and tests that are soon done."""

SAMPLE_WEEKS = IsoWeek(2023, 41).through(IsoWeek(2023, 42))


def publish_sample_weeks(home: Home, built_in: Edition) -> Edition:
    """2023-W41 and W42 as the cities sent them, in an edition that begins with them.

    In W42 Sassari sent nothing and Potenza was late; in W41 Taranto was refused first; Caserta corrected W41
    after that week's deadline.
    """
    facts = built_in.facts.model_copy(update={"first_week": SAMPLE_WEEKS[0]})
    # A copy would keep what the built-in edition has worked out, such as its cities and weeks.
    edition = Edition(
        **{
            **{name: getattr(built_in, name) for name in Edition.model_fields},
            "facts": facts,
            "cities": tuple(city for city in built_in.cities if city.slug in SAMPLE_CITIES),
            "service_points": tuple(p for p in built_in.service_points if p.city in SAMPLE_CITIES),
        }
    )
    names = {str(week): week for week in SAMPLE_WEEKS}
    values: dict[tuple[str, str], dict[Key, str]] = defaultdict(dict)
    with gzip.open(TRUTH / "observations.csv.gz", "rt", encoding="utf-8") as stream:
        for row in csv.reader(stream):
            if row[0] in names and row[1] in SAMPLE_CITIES:
                week, city, *figure, value, flag = row
                values[week, city][tuple(figure)] = value if flag == "V" else flag  # type: ignore[index]
    nils = _nils_of_truth(edition)
    keys: dict[tuple[IsoWeek, str], str] = {}
    for (name, city), figures in values.items():
        week = names[name]
        number = SAMPLE_WEEKS.index(week)
        is_refused_first = (city, number) == ("taranto", 0)
        if is_refused_first:
            put_return(home, edition, city, week, arriving(week, 1), status="rejected", errors=1)
        keys[week, city] = put_return(
            home, edition, city, week,
            arriving(week, 5 if (city, number) == ("potenza", 1) else 2),
            figures, nils=nils.get((name, city), ()), version=2 if is_refused_first else 1,
        )  # fmt: skip
    changed = dict(values[str(SAMPLE_WEEKS[0]), "caserta"])
    changed["CE-OSS-01", "desk_visits", "total", ""] = "99"
    put_return(
        home, edition, "caserta", SAMPLE_WEEKS[0], arriving(SAMPLE_WEEKS[0], 4), changed, version=2,
        supersedes=keys[SAMPLE_WEEKS[0], "caserta"], reason_code="refuso",
    )  # fmt: skip
    publish(home, edition, *SAMPLE_WEEKS)
    return edition


def _nils_of_truth(edition: Edition) -> Mapping[tuple[str, str], Sequence[NilReturn]]:
    kinds = {measure.service_kind: measure.area for measure in edition.measures}
    nils: dict[tuple[str, str], list[NilReturn]] = defaultdict(list)
    with (TRUTH / "nil.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            if row["city"] not in SAMPLE_CITIES:
                continue
            point = edition.service_points_by_code.get(row["what"])
            nils[row["iso_week"], row["city"]].append(
                NilReturn(service_point=point.code, area=kinds[point.kind], reason=row["reason"])
                if point is not None
                else NilReturn(area=row["what"], reason=row["reason"])
            )
    return nils


# An invented edition over a year's end, whose figures tests choose.

FIRST_WEEK = IsoWeek(2023, 50)
YEARS_LAST = IsoWeek(2023, 52)
NEW_YEAR = IsoWeek(2024, 1)
CITIES = {"ancona": "AN", "como": "CO", "lucca": "LU", "napoli": "NA"}


def invented(slug: str = "prova") -> Edition:
    """Four cities, each with a desk; Ancona and Lucca have a house. An edition without choices of its own."""
    return Edition(
        facts=EditionFacts(
            slug=slug,
            code=slug.upper(),
            name_it="Edizione di prova 2",
            first_week=FIRST_WEEK,
            last_week=IsoWeek(2024, 12),
            deadline=WEDNESDAY_NOON,
            areas=("pic", "hou", "net"),
            service_kinds={"desk": "sportello", "house": "casa"},
            freeze_after_days=20,
        ),
        cities=tuple(_city(slug, letters, n) for n, (slug, letters) in enumerate(CITIES.items())),
        service_points=(
            *(_point(city, f"{letters}-OSS-01", "desk") for city, letters in CITIES.items()),
            *(_point(city, f"{CITIES[city]}-ACC-01", "house") for city in ("ancona", "lucca")),
        ),
        measures=(
            _measure("visits", "pic", "desk", "flow", "visits"),
            _measure("persons", "pic", "desk", "unique", "persons", ("sex",)),
            _measure("beds", "hou", "house", "stock", "beds"),
            _measure("nights", "hou", "house", "flow", "nights"),
            _measure("nights_free", "hou", "house", "flow", "nights"),
        ),
        code_lists=(
            CodeList(code="sex", is_additive=True, categories=(_category("sex", "F"), _category("sex", "M"))),
            CodeList(
                code="area",
                is_additive=True,
                categories=tuple(_category("area", area) for area in ("pic", "hou", "net")),
            ),
        ),
        indicators=(
            _indicator("PIC01", "pic", "flow", "visits", "Accessi", "visits"),
            _indicator("PIC02", "pic", "unique", "persons", "Persone nuove", "persons"),
            _indicator("HOU01", "hou", "stock", "beds", "Letti", "beds", over_time="last"),
            _indicator(
                "HOU02", "hou", "ratio", "percent", "Occupazione", "100 * nights / (nights + nights_free)"
            ),
            _indicator(
                "NET01", "net", "ratio", "percent", "Tempestività", "100 * returns_on_time / returns_due"
            ),
        ),
        rules=(),
    )


def _city(slug: str, province: str, number: int) -> City:
    return City(
        slug=slug, cadastral_code=f"Z90{number}", istat_code=f"90000{number}", province=province,
        region_code="01", region="Regione", nuts3="ITC11", name_it=slug.capitalize(),
        reporting_body=f"Comune di {slug}", body_kind="comune", population_2022=1, population_under18_2022=0,
    )  # fmt: skip


def _point(city: str, code: str, kind: str) -> ServicePoint:
    return ServicePoint(city=city, code=code, kind=kind, name=f"Luogo {code}", roster_from=FIRST_WEEK)


def _measure(
    code: str, area: str, service_kind: str, kind: str, unit: str, breakdowns: tuple[str, ...] = ()
) -> Measure:
    return Measure.model_validate({
        "code": code, "area": area, "service_kind": service_kind, "kind": kind, "unit": unit, "decimals": 0,
        "breakdowns": breakdowns, "label_it": f"Misura {code}", "label_en": code, "label_de": code,
    })  # fmt: skip


def _category(code_list: str, code: str) -> Category:
    return Category(
        list=code_list, additive=True, code=code, label_it=f"Voce {code}", label_en=code, label_de=code
    )


def _indicator(
    code: str, area: str, kind: str, unit: str, label: str, formula: str, over_time: str = "sum"
) -> Indicator:
    return Indicator.model_validate({
        "code": code, "area": area, "kind": kind, "unit": unit, "label_it": label, "label_en": label,
        "label_de": label, "formula": formula, "over_time": "ratio of sums" if kind == "ratio" else over_time,
    })  # fmt: skip


def desk(city: str, visits: str, persons: str, women: str | None = None) -> dict[Key, str]:
    """A desk's figures; `women` None: as many as there are persons."""
    point = f"{CITIES[city]}-OSS-01"
    by_sex = persons if women is None else women
    men = "0" if persons.isdigit() and by_sex.isdigit() else "ND"
    return {
        (point, "visits", "total", ""): visits,
        (point, "persons", "total", ""): persons,
        (point, "persons", "sex", "F"): by_sex,
        (point, "persons", "sex", "M"): men,
    }


def house(city: str, beds: str, nights: str, free: str) -> dict[Key, str]:
    """A house's figures."""
    point = f"{CITIES[city]}-ACC-01"
    return {
        (point, "beds", "total", ""): beds,
        (point, "nights", "total", ""): nights,
        (point, "nights_free", "total", ""): free,
    }


def put_full_week(home: Home, edition: Edition, week: IsoWeek, *without: str) -> None:
    """Every city's return but those, on Tuesday, all alike: ten visits of four persons, beds half taken."""
    for city in CITIES:
        if city not in without:
            values = desk(city, "10", "4")
            if city in ("ancona", "lucca"):
                values |= house(city, "6", "21", "21")
            put_return(home, edition, city, week, arriving(week, 2), values)


def publish(home: Home, edition: Edition, *weeks: IsoWeek) -> Path:
    """Consolidate these weeks, all but the bulletins; the published file."""
    load_weeks(home, edition, weeks)
    compute_indicators(home, edition, weeks)
    publish_weeks(home, edition, weeks)
    return home.published(edition.slug)
