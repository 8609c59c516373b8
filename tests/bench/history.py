"""A home with many weeks of history: the sample's returns under the labels of earlier weeks.

Lives here: such a home's landing and `judged/`, and the edition that holds its weeks.
Must not live here: the warehouse and what is published: the product makes them; measuring.

Week by week before the last one stand the sample's weeks, backwards, over and over. Only labels change:
week, instant of arrival, submission; the files and what was read from them are the sample's own.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from schemas.editions import DEFAULT_EDITION, find_edition
from schemas.verdicts import Verdict
from schemas.weeks import IsoWeek
from sources.landing import Receipt, submission_id_of

ROME = ZoneInfo("Europe/Rome")


@dataclass(frozen=True)
class _Return:
    """A return of the sample; its folders."""

    verdict: Verdict
    landed: Path
    judged: Path


def write_edition(folder: Path, first_week: IsoWeek) -> Path:
    """The built-in edition with another first week, for `$REGIA_EDITIONS`; every roster is from that week."""
    built_in = find_edition(DEFAULT_EDITION)
    edition = folder / DEFAULT_EDITION
    shutil.copytree(built_in.schemas, edition / "schemas")
    shutil.copytree(built_in.sources, edition / "sources")
    facts = edition / "schemas" / "edition.yaml"
    text, found = re.subn(r'(?m)^first_week: "(.*)"$', f'first_week: "{first_week}"', facts.read_text())
    assert found == 1, "edition.yaml has a first_week"
    was = re.search(r'(?m)^first_week: "(.*)"$', facts.read_text())
    assert was is not None
    facts.write_text(text)
    points = edition / "sources" / "service_points.csv"
    points.write_text(points.read_text().replace(f",{was[1]},", f",{first_week},"))
    return folder


def write_history(sample: Path, home: Path, last_week: IsoWeek, weeks: int) -> int:
    """Write the weeks before the last one into a home; how many returns. The sample is a home itself."""
    by_week = _sample_by_week(sample)
    earlier = sorted(week for week in by_week if week < last_week)
    count = 0
    for back in range(1, weeks + 1):
        week, source = last_week.shifted(-back), earlier[-1 - (back - 1) % len(earlier)]
        for verdict, original in _relabelled(by_week[source], week, source):
            _write_return(home, original, verdict)
            count += 1
    return count


def write_last_week(sample: Path, home: Path, last_week: IsoWeek) -> int:
    """Have the last week's returns received and judged, as they stand in the sample."""
    returns = _sample_by_week(sample)[last_week]
    for one in returns:
        _write_return(home, one, one.verdict)
    return len(returns)


def _sample_by_week(sample: Path) -> Mapping[IsoWeek, Sequence[_Return]]:
    by_week: dict[IsoWeek, list[_Return]] = defaultdict(list)
    for judged in sorted((sample / "judged").iterdir()):
        verdict = Verdict.model_validate_json((judged / "verdict.json").read_bytes())
        if verdict.iso_week is not None:
            landed = sample / "landing" / "returns" / judged.name
            by_week[verdict.iso_week].append(_Return(verdict, landed, judged))
    return by_week


def _relabelled(
    returns: Sequence[_Return], week: IsoWeek, source: IsoWeek
) -> Iterator[tuple[Verdict, _Return]]:
    apart = week.monday - source.monday
    ids = {
        one.verdict.submission_id: submission_id_of(one.verdict.sha256, _moved(one.verdict, apart))
        for one in returns
    }
    for one in returns:
        verdict = one.verdict.model_copy(
            update={
                "iso_week": week,
                "received_at": _moved(one.verdict, apart),
                "submission_id": ids[one.verdict.submission_id],
                "supersedes": ids.get(one.verdict.supersedes or ""),
            }
        )
        yield verdict, one


def _moved(verdict: Verdict, apart: dt.timedelta) -> dt.datetime:
    """The same weekday and hour in Rome."""
    return verdict.received_at.astimezone(ROME) + apart


def _write_return(home: Path, one: _Return, verdict: Verdict) -> None:
    landed = home / "landing" / "returns" / verdict.submission_id
    judged = home / "judged" / verdict.submission_id
    for source, target, labelled in (
        (one.landed, landed, "receipt.json"),
        (one.judged, judged, "verdict.json"),
    ):
        target.mkdir(parents=True)
        for file in source.iterdir():
            if file.name != labelled:
                os.link(file, target / file.name)
    receipt = Receipt.model_validate_json((one.landed / "receipt.json").read_bytes())
    _write(landed / "receipt.json", receipt.model_copy(update={"verdict": verdict}).model_dump(mode="json"))
    _write(judged / "verdict.json", verdict.model_dump(mode="json"))


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
