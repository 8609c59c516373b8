"""Editions for tests: the built-in one copied into a folder of one's own, or changed in one entry.

Lives here: copying and altering contract files.
Must not live here: returns (`books`).
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
from pathlib import Path

from pipelines.judging.context import Contract
from schemas.contract import Edition
from schemas.editions import PROJECT, EditionFolders
from schemas.weeks import IsoWeek

MINIMAL = Path(__file__).resolve().parent.parent / "editions" / "minimal"


def copy_built_in(folder: Path, slug: str = "lgnet2", first_week: str | None = None) -> EditionFolders:
    """The built-in edition's two folders under `folder/<slug>`, as `$REGIA_EDITIONS` wants them.

    first_week: as though the network had begun with it.
    """
    copied = EditionFolders(folder / slug / "sources", folder / slug / "schemas")
    shutil.copytree(
        PROJECT / "sources" / "lgnet2", copied.sources, ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copytree(
        PROJECT / "schemas" / "lgnet2", copied.schemas, ignore=shutil.ignore_patterns("__pycache__")
    )
    if first_week is not None:
        alter(copied.schemas / "edition.yaml", 'first_week: "2023-W01"', f'first_week: "{first_week}"')
    return copied


def copy_minimal(folder: Path) -> EditionFolders:
    """The invented edition under `folder/minimal`."""
    shutil.copytree(MINIMAL, folder / "minimal")
    return EditionFolders(folder / "minimal" / "sources", folder / "minimal" / "schemas")


def alter(path: Path, old: str, new: str) -> None:
    """Replace a text that stands in the file exactly once."""
    text = path.read_text(encoding="utf-8")
    if text.count(old) != 1:
        raise LookupError(f"{old!r} stands {text.count(old)} times in {path.name}")
    path.write_text(text.replace(old, new), encoding="utf-8")


def rule_entry(rules: Path, rule: str, **changes: str) -> str:
    """The last entry of a rule in a `rules.yaml`, as text, with other values for some of its keys."""
    entry = rules.read_text(encoding="utf-8").split(f"  - id: {rule}\n")[-1].split("  - id: ")[0]
    for key, value in changes.items():
        found = re.findall(rf"^ +{key}: .*$", entry, re.MULTILINE)
        if len(found) != 1:
            raise LookupError(f"{key!r} stands {len(found)} times in {rule}")
        entry = entry.replace(found[0], f"{found[0].split(key)[0]}{key}: {value}")
    return f"  - id: {rule}\n{entry}"


def change_rule(rules: Path, rule: str, day: dt.date, **changes: str) -> None:
    """From a day on a rule has other values for some of its keys; its last entry ends the day before."""
    before = rule_entry(rules, rule)
    begins = re.findall(r"^ +valid_from: .*$", before, re.MULTILINE)[0]
    ended = before.replace(begins, f"{begins}\n    valid_to: {day - dt.timedelta(days=1)}")
    after = rule_entry(rules, rule, valid_from=str(day), **changes)
    alter(rules, before, f"{ended}{after}")


def append(path: Path, *lines: str) -> None:
    """Lines at the end of a file."""
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


def line_number(path: Path, text: str) -> int:
    """The first line that holds a text, from 1."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def with_service_point_from(contract: Contract, code: str, week: IsoWeek) -> Contract:
    """The contract with one service point on the roster only from a week on."""
    points = tuple(
        point.model_copy(update={"roster_from": week}) if point.code == code else point
        for point in contract.edition.service_points
    )
    entries = {name: getattr(contract.edition, name) for name in Edition.model_fields}
    return Contract(Edition(**{**entries, "service_points": points}), contract.read_layouts)
