"""What was judged: `judged/<submission_id>/`, derived from the landing and never its master.

Lives here: writing and reading verdicts, findings, observations and nil declarations; the past they make.
Must not live here: judging (`pipelines.judging`), the bytes received (`sources.landing`).
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import shutil
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from pipelines.judging.context import AcceptedReturn, FigureKey, PastValue, WeekTotals
from schemas.acts import DeclaredNil, NilWithoutFile
from schemas.addresses import column_index
from schemas.contract import TOTAL, Edition, Flag
from schemas.digests import digest_of
from schemas.verdicts import OBSERVATION_COLUMNS, Finding, NilReturn, Verdict
from schemas.weeks import IsoWeek
from sources.layouts.combine import Figure
from sources.layouts.outcome import Place

if TYPE_CHECKING:
    from pipelines.judging.judge import Judgement

_UNFINISHED = ".judging-"
_FINDINGS = TypeAdapter(tuple[Finding, ...])
_NILS = TypeAdapter(tuple[NilReturn, ...])


def prepare_judged(folder: Path, verdict: Verdict, judgement: Judgement) -> None:
    """Write a judgement beside its place in `folder` (`judged`), where nobody sees it yet."""
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{_UNFINISHED}{verdict.submission_id}"
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        unfinished.mkdir()
        _write(unfinished / "verdict.json", _json(verdict.model_dump(mode="json")))
        _write(unfinished / "findings.json", _json(_FINDINGS.dump_python(judgement.findings, mode="json")))
        _write(unfinished / "nil.json", _json(_NILS.dump_python(judgement.nils, mode="json")))
        _write(unfinished / "observations.csv", _observations(judgement.figures))
    except OSError:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def _prepare_marked(folder: Path, verdict: Verdict, findings: tuple[Finding, ...]) -> None:
    """The judgement that stands in its place once more, with another verdict and other findings."""
    unfinished = folder / f"{_UNFINISHED}{verdict.submission_id}"
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        shutil.copytree(folder / verdict.submission_id, unfinished)
        _write(unfinished / "verdict.json", _json(verdict.model_dump(mode="json")))
        _write(unfinished / "findings.json", _json(_FINDINGS.dump_python(findings, mode="json")))
    except OSError:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def place_judged(folder: Path, verdict: Verdict) -> None:
    """Put a prepared judgement in its place, instead of an earlier one of the same submission."""
    unfinished = folder / f"{_UNFINISHED}{verdict.submission_id}"
    final = folder / verdict.submission_id
    if final.exists():
        replaced = folder / f"{_UNFINISHED}{verdict.submission_id}-replaced"
        shutil.rmtree(replaced, ignore_errors=True)
        final.rename(replaced)
        unfinished.rename(final)
        shutil.rmtree(replaced)
    else:
        unfinished.rename(final)


def set_aside(folder: Path, submission_id: str) -> None:
    """Take a judgement away before what it rests on changes: after a kill it is made again."""
    final = folder / submission_id
    if final.exists():
        aside = folder / f"{_UNFINISHED}{submission_id}-replaced"
        shutil.rmtree(aside, ignore_errors=True)
        final.rename(aside)
        shutil.rmtree(aside)


def remove_unfinished(folder: Path) -> None:
    """Remove what a killed run left: it is judged again from the landing."""
    for path in folder.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(path)


def read_verdicts(folder: Path) -> dict[str, Verdict]:
    """All verdicts by submission, in order of arrival. One that cannot be read counts as not judged."""
    names = []
    if folder.exists():
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if not entry.name.startswith(".")]
    verdicts = sorted(_verdicts_of(folder, names), key=_in_order_of_arrival)
    return {verdict.submission_id: verdict for verdict in verdicts}


def read_verdict(folder: Path, submission_id: str) -> Verdict | None:
    """The verdict of a submission; None where it is not judged, or cannot be read."""
    return next(_verdicts_of(folder, [submission_id]), None)


def _verdicts_of(folder: Path, names: Iterable[str]) -> Iterator[Verdict]:
    for name in names:
        try:
            yield Verdict.model_validate_json(_bytes_of(folder / name / "verdict.json"))
        except (FileNotFoundError, NotADirectoryError, ValidationError):
            continue


def _in_order_of_arrival(verdict: Verdict) -> tuple[dt.datetime, str]:
    return verdict.received_at, verdict.submission_id


def read_findings(folder: Path, submission_id: str) -> tuple[Finding, ...]:
    """The findings of a judged return, in the order in which they were made."""
    return _FINDINGS.validate_json(_bytes_of(folder / submission_id / "findings.json"))


def read_nils(folder: Path, submission_id: str) -> tuple[NilReturn, ...]:
    """What a judged return declares nil."""
    return _NILS.validate_json(_bytes_of(folder / submission_id / "nil.json"))


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _observations(figures: Iterable[Figure]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(OBSERVATION_COLUMNS)
    for figure in figures:
        writer.writerow(
            (
                *figure.key,
                "" if figure.value is None else f"{figure.value:f}",
                figure.flag,
                figure.places[0].file,
                _sheets(figure.places),
                _cells(figure.places),
            )
        )
    return text.getvalue()


def _sheets(places: Sequence[Place]) -> str:
    return ";".join(dict.fromkeys(place.sheet or "" for place in places))


def _cells(places: Sequence[Place]) -> str:
    """`C12`, `C12:I12` for neighbours in a row, `Municipio I!D8;Municipio IV!D8` over several sheets."""
    if len(places) == 1:
        return places[0].cell or ""
    several = len({place.sheet for place in places}) > 1
    written = []
    for sheet, group in groupby(places, key=lambda place: place.sheet):
        prefix = f"{sheet}!" if several else ""
        written += [f"{prefix}{cells}" for cells in _ranges([place.cell or "" for place in group])]
    return ";".join(written)


def _ranges(cells: Sequence[str]) -> list[str]:
    runs: list[list[str]] = []
    for cell in cells:
        if runs and _is_next(runs[-1][-1], cell):
            runs[-1].append(cell)
        else:
            runs.append([cell])
    return [run[0] if len(run) == 1 else f"{run[0]}:{run[-1]}" for run in runs]


def _is_next(left: str, right: str) -> bool:
    a, b = _split(left), _split(right)
    return a is not None and b is not None and a[1] == b[1] and column_index(b[0]) == column_index(a[0]) + 1


def _split(cell: str) -> tuple[str, str] | None:
    letters = cell.rstrip("0123456789")
    return (letters, cell[len(letters) :]) if letters.isalpha() and letters != cell else None


# --- the past of the cities, for the judge


@dataclass(eq=False)
class _Read:
    """What was read of one judgement, as far as somebody asked for it."""

    values: Mapping[FigureKey, PastValue] | None = None
    totals: WeekTotals | None = None
    digest: str | None = None
    nils: tuple[frozenset[str], frozenset[str]] | None = None


class JudgedReturns:
    """The judged returns of a home's edition, kept in step with what is judged while a run goes on."""

    KEPT_IN_MEMORY = 192
    """Returns with all their figures: a network's last eight weeks. Totals (8 kB a return) are all kept."""

    def __init__(self, folder: Path, verdicts: Iterable[Verdict] = ()) -> None:
        self.folder = folder
        self.verdicts: dict[str, Verdict] = {}
        self._by_bytes: dict[str, tuple[Verdict, ...]] = {}
        self._by_city: dict[str, tuple[Verdict, ...]] = {}
        self._read: dict[str, _Read] = {}
        self._with_values: OrderedDict[_Read, None] = OrderedDict()
        self._shared: dict[tuple[str, str], tuple[str, str]] = {}
        self._written: dict[str, Written] = {}
        self._followed: int | None = None
        for verdict in verdicts:
            self._count(verdict)

    @classmethod
    def load(cls, folder: Path, edition: Edition) -> JudgedReturns:
        """The judged returns of an edition that stand in `judged/`."""
        return cls(folder, (v for v in read_verdicts(folder).values() if v.edition == edition.slug))

    def follow(self, edition: Edition) -> None:
        """See what others have judged, judged anew, marked or taken away in `judged/` since.

        Reads the verdicts only whose file is another one than when it was last looked at; and looks at no
        file while the folder is as it was: a judgement comes, goes and is replaced by renaming.
        """
        changed_at = _changed_at(self.folder)
        if changed_at is not None and changed_at == self._followed:
            return
        # A change within the same tick of the clock as the last one would not show.
        is_settled = changed_at is not None and time.time_ns() - changed_at > _TICK_NS
        standing = _standing(self.folder)
        if self._written.keys() - standing.keys():
            # A judgement that another one replaces has no folder for a moment.
            time.sleep(_WHILE_REPLACED)
            standing = _standing(self.folder)
        changed = [name for name, written in standing.items() if self._written.get(name) != written]
        read = {verdict.submission_id: verdict for verdict in _verdicts_of(self.folder, changed)}
        unreadable = set(changed) - read.keys()
        for gone in self.verdicts.keys() - (standing.keys() - unreadable):
            self._forget(gone)
        for verdict in sorted(read.values(), key=_in_order_of_arrival):
            if verdict.edition == edition.slug:
                self._count(verdict)
        self._written = {name: written for name, written in standing.items() if name not in unreadable}
        self._followed = changed_at if is_settled and not unreadable else None

    def as_they_are(self) -> JudgedReturns:
        """These returns, whatever is judged from now on; what is read of them is read once for both."""
        same = JudgedReturns(self.folder)
        same.verdicts, same._read = dict(self.verdicts), dict(self._read)
        same._by_bytes, same._by_city = dict(self._by_bytes), dict(self._by_city)
        same._with_values, same._shared = self._with_values, self._shared
        return same

    def add(self, verdict: Verdict, judgement: Judgement) -> None:
        """Write a judgement and count it from now on."""
        prepare_judged(self.folder, verdict, judgement)
        self.add_prepared(verdict, judgement)

    def add_prepared(self, verdict: Verdict, judgement: Judgement) -> None:
        """Count a judgement that was prepared."""
        place_judged(self.folder, verdict)
        self._count(verdict)
        read = self._read[verdict.submission_id]
        self._remember(read, {figure.key: (figure.value, figure.flag) for figure in judgement.figures})
        read.nils = _nil_places(judgement.nils)

    def mark(self, verdict: Verdict, findings: tuple[Finding, ...]) -> None:
        """Give a judged return these findings; its status, figures and past stay what they are."""
        _prepare_marked(self.folder, verdict, findings)
        place_judged(self.folder, verdict)
        self._count(verdict)

    def _count(self, verdict: Verdict) -> None:
        name = verdict.submission_id
        self._forget(name)
        self.verdicts[name] = verdict
        self._read[name] = _Read()
        self._by_bytes[verdict.sha256] = (*self._by_bytes.get(verdict.sha256, ()), verdict)
        if verdict.city is not None:
            self._by_city[verdict.city] = (*self._by_city.get(verdict.city, ()), verdict)

    def _forget(self, submission_id: str) -> None:
        before = self.verdicts.pop(submission_id, None)
        if before is None:
            return
        self._with_values.pop(self._read.pop(submission_id), None)
        self._by_bytes[before.sha256] = _without(before, self._by_bytes[before.sha256])
        if before.city is not None:
            self._by_city[before.city] = _without(before, self._by_city[before.city])

    def with_bytes(self, sha256: str) -> tuple[Verdict, ...]:
        """The submissions of these bytes, in order of arrival."""
        return tuple(sorted(self._by_bytes.get(sha256, ()), key=_in_order_of_arrival))

    def before(
        self, instant: dt.datetime, submission_id: str, nils: Sequence[DeclaredNil] = ()
    ) -> PastsBefore:
        """The past of every city at an arrival. nils: what was declared nil without a file."""
        return PastsBefore(self, instant, submission_id, tuple(nils))

    def accepted_before(self, city: str, instant: dt.datetime, submission_id: str) -> dict[IsoWeek, Verdict]:
        """The verdict valid for each week of a city just before an arrival."""
        earlier = [
            verdict
            for verdict in self._by_city.get(city, ())
            if verdict.is_accepted and (verdict.known_from, verdict.submission_id) < (instant, submission_id)
        ]
        earlier.sort(key=lambda verdict: (verdict.known_from, verdict.submission_id))
        return {verdict.iso_week: verdict for verdict in earlier if verdict.iso_week is not None}

    def valid(self, city: str, week: IsoWeek) -> Verdict | None:
        """The verdict now valid for a city and week."""
        accepted = [v for v in self._by_city.get(city, ()) if v.is_accepted and v.iso_week == week]
        return max(accepted, key=lambda verdict: (verdict.known_from, verdict.submission_id), default=None)

    def values(self, submission_id: str) -> Mapping[FigureKey, PastValue]:
        """The figures of a judged return."""
        read = self._read_of(submission_id)
        values = read.values
        if values is None:
            rows = csv.reader(io.StringIO(self._observations(submission_id), newline=""))
            assert tuple(next(rows)) == OBSERVATION_COLUMNS, submission_id
            values = {
                (point, measure, breakdown, category): _past_value(value, flag)
                for point, measure, breakdown, category, value, flag, *_ in rows
            }
        self._remember(read, values)
        return values

    def _remember(self, read: _Read, values: Mapping[FigureKey, PastValue]) -> None:
        """Keep the figures of a return, and those of the returns last asked for."""
        read.values = values
        self._with_values.pop(read, None)
        self._with_values[read] = None
        while len(self._with_values) > self.KEPT_IN_MEMORY:
            oldest, _ = self._with_values.popitem(last=False)
            oldest.values = None

    def nils(self, submission_id: str) -> tuple[frozenset[str], frozenset[str]]:
        """The service points and the areas that a judged return declares nil."""
        read = self._read_of(submission_id)
        nils = read.nils
        if nils is None:
            nils = read.nils = _nil_places(_NILS.validate_json(self._bytes(submission_id, "nil.json")))
        return nils

    def totals(self, submission_id: str, week: IsoWeek) -> WeekTotals:
        """The totals of a judged return, for whose week nothing else of it needs to be read."""
        read = self._read_of(submission_id)
        found = read.totals
        if found is None:
            values = read.values
            rows = (
                _total_rows(self._observations(submission_id))
                if values is None
                else ((key[0], key[1], value) for key, value in values.items() if key[2] == TOTAL)
            )
            totals = {self._once(point, measure): value for point, measure, value in rows}
            found = read.totals = WeekTotals(week, totals, *self.nils(submission_id))
        return found

    def digest(self, submission_id: str) -> str:
        """The digest of the figures of a judged return, told from the text of its observations."""
        read = self._read_of(submission_id)
        digest = read.digest
        if digest is None:
            digest = read.digest = digest_of(_figure_lines(self._observations(submission_id)))
        return digest

    def _read_of(self, submission_id: str) -> _Read:
        return self._read.setdefault(submission_id, _Read())

    def _once(self, point: str, measure: str) -> tuple[str, str]:
        """The name of a total, kept once: the same come again every week."""
        return self._shared.setdefault((point, measure), (point, measure))

    def _observations(self, submission_id: str) -> str:
        return self._bytes(submission_id, "observations.csv").decode("utf-8")

    def _bytes(self, submission_id: str, name: str) -> bytes:
        return _bytes_of(self.folder / submission_id / name)


def _bytes_of(path: Path) -> bytes:
    """A file of a judgement; for a moment it is not there while another judgement replaces it."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        time.sleep(_WHILE_REPLACED)
        return path.read_bytes()


_WHILE_REPLACED = 0.05
"""Seconds: two renames take less than a thousandth of one."""

Written = tuple[int, int, int, int]
"""What tells a verdict's file from another one in its place: inode, times of writing and change, size."""


_TICK_NS = 100_000_000


def _changed_at(folder: Path) -> int | None:
    """When a name in a folder came, went or changed last, in nanoseconds; None where there is no folder."""
    try:
        return folder.stat().st_mtime_ns
    except FileNotFoundError:
        return None


def _standing(folder: Path) -> dict[str, Written]:
    """The judgements in `judged/`, and what their verdicts' files are known by."""
    found = {}
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if not entry.name.startswith(".")]
    except FileNotFoundError:
        return {}
    for name in names:
        try:
            stat = os.stat(f"{folder}/{name}/verdict.json")  # noqa: PTH116 (a Path for each takes thrice the time)
        except (FileNotFoundError, NotADirectoryError):
            continue
        found[name] = (stat.st_ino, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size)
    return found


def _without(verdict: Verdict, verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    return tuple(one for one in verdicts if one is not verdict)


_FLAGS: Mapping[str, Flag] = {"V": "V", "ND": "ND", "NA": "NA"}
_IN_A_TOTAL = f",{TOTAL},,"
_VALUE_COLUMNS = 6
"""So many columns come before those that say where a value stands."""
_PLACE_COLUMNS = len(OBSERVATION_COLUMNS) - _VALUE_COLUMNS


@lru_cache(maxsize=65536)
def _past_value(value: str, flag: str) -> PastValue:
    return (Decimal(value) if value else None, _FLAGS[flag])


def _total_rows(text: str) -> Iterator[tuple[str, str, PastValue]]:
    """The totals in a file of observations: service point, measure, value.

    They are looked for as text, which takes a twentieth of the time of reading every row. A file with
    quoted texts (a comma in a sheet's name) is read row by row: such a text could look like a total.
    """
    lines = csv.reader(io.StringIO(text, newline="")) if '"' in text else _lines_with_totals(text)
    for point, measure, breakdown, category, value, flag, *_ in lines:
        if breakdown == TOTAL and not category:
            yield point, measure, _past_value(value, flag)


def _lines_with_totals(text: str) -> Iterator[list[str]]:
    found = text.find(_IN_A_TOTAL)
    while found != -1:
        start, end = text.rfind("\n", 0, found) + 1, text.find("\n", found)
        yield text[start:end].split(",", _VALUE_COLUMNS)
        found = text.find(_IN_A_TOTAL, end)


def _figure_lines(text: str) -> Iterator[str]:
    """The rows in a file of observations, without where values stand; quoted texts as in `_total_rows`."""
    if '"' in text:
        rows = csv.reader(io.StringIO(text, newline=""))
        next(rows)
        return (",".join(row[:_VALUE_COLUMNS]) for row in rows)
    return (line.rsplit(",", _PLACE_COLUMNS)[0] for line in text.split("\n")[1:-1])


def _nil_places(nils: Iterable[NilReturn | NilWithoutFile]) -> tuple[frozenset[str], frozenset[str]]:
    """The service points and the areas that are declared nil."""
    listed = tuple(nils)
    return (
        frozenset(nil.service_point for nil in listed if nil.service_point),
        frozenset(nil.area for nil in listed if not nil.service_point),
    )


@dataclass(frozen=True)
class PastsBefore:
    """`Pasts` at one instant, from the judged returns."""

    returns: JudgedReturns
    instant: dt.datetime
    submission_id: str
    nils: tuple[DeclaredNil, ...] = ()

    def of(self, city: str) -> PastOfCity:
        accepted = self.returns.accepted_before(city, self.instant, self.submission_id)
        holding = (
            nil
            for nil in self.nils
            if nil.declared.city == city
            and (valid := accepted.get(nil.declared.iso_week)) is not None
            and nil.holds(self.instant, [valid.known_from])
        )
        return PastOfCity(self.returns, accepted, tuple(holding))


@dataclass(frozen=True)
class PastOfCity:
    """`Past` of one city."""

    returns: JudgedReturns
    accepted: Mapping[IsoWeek, Verdict]
    declared: tuple[DeclaredNil, ...] = ()
    """What was declared nil of the accepted weeks without a file, and held then."""

    def accepted_weeks(self) -> frozenset[IsoWeek]:
        return frozenset(self.accepted)

    def valid(self, week: IsoWeek) -> AcceptedReturn | None:
        verdict = self.accepted.get(week)
        if verdict is None:
            return None
        nil_points, nil_areas = self._nils(verdict, week)
        return AcceptedReturn(
            submission_id=verdict.submission_id,
            week=week,
            version=verdict.version or 0,
            sha256=verdict.sha256,
            received_at=verdict.received_at,
            values=self.returns.values(verdict.submission_id),
            nil_points=nil_points,
            nil_areas=nil_areas,
        )

    def totals(self, week: IsoWeek) -> WeekTotals | None:
        verdict = self.accepted.get(week)
        if verdict is None:
            return None
        totals = self.returns.totals(verdict.submission_id, week)
        if all(nil.declared.iso_week != week for nil in self.declared):
            return totals
        nil_points, nil_areas = self._nils(verdict, week)
        return replace(totals, nil_points=nil_points, nil_areas=nil_areas)

    def digest(self, week: IsoWeek) -> str | None:
        verdict = self.accepted.get(week)
        return None if verdict is None else self.returns.digest(verdict.submission_id)

    def _nils(self, verdict: Verdict, week: IsoWeek) -> tuple[frozenset[str], frozenset[str]]:
        """The service points and the areas without activity: as the return says, and as was told later."""
        points, areas = self.returns.nils(verdict.submission_id)
        told = [nil.declared for nil in self.declared if nil.declared.iso_week == week]
        later_points, later_areas = _nil_places(told)
        return points | later_points, areas | later_areas
