"""The page on the portal's security: each point of the standard, how it is met, and what shows it.

Lives here: reading the checklist, the page made from it, writing that into `docs/`.
Must not live here: the points themselves (`docs/portal-security.yaml`); nothing on the page is written twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from schemas.editions import PROJECT

CHECKLIST = PROJECT / "docs" / "portal-security.yaml"
SECURITY_PAGE = CHECKLIST.with_suffix(".md")

Status = Literal["met", "by_construction", "partly", "by_operator", "not_applicable"]

STATUSES: dict[Status, str] = {
    "met": "met, and a test shows it",
    "by_construction": "met by how it is made or documented; no test shows it",
    "partly": "weaker than asked",
    "by_operator": "for whoever installs it",
    "not_applicable": "does not apply",
}
"""Status -> as the page says it, in the order in which it counts them."""

_CHAPTERS = {
    1: "Architecture",
    2: "Authentication",
    3: "Sessions",
    4: "Access",
    5: "Input and output",
    6: "Stored cryptography",
    7: "Errors and logs",
    8: "Data protection",
    9: "Communication",
    10: "Malicious code",
    11: "Business logic",
    12: "Files",
    13: "Interfaces",
    14: "Configuration",
}
_OPENING = """\
<!-- Written by `make docs` from portal-security.yaml: do not edit it here. -->
# The portal's security, point by point

Every requirement of levels 1 and 2 of the OWASP Application Security Verification Standard 4.0.3, in words of
our own, with how the portal meets it and the test that shows it; or that it is weaker, and what is missing.
How the portal is run, and what it keeps where, is in [portal.md](portal.md).
"""


class Point(BaseModel):
    """A requirement of the standard. what: it, in our words. how: what meets it, or what is missing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    what: str
    status: Status
    how: str
    tests: tuple[str, ...] = ()

    @property
    def chapter(self) -> int:
        return int(self.id.partition(".")[0])


def load_checklist(path: Path = CHECKLIST) -> tuple[Point, ...]:
    """The points in the order of the file. Raises OSError, pydantic.ValidationError."""
    return TypeAdapter(tuple[Point, ...]).validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))


def security_page(points: Sequence[Point]) -> str:
    """The page, in Markdown."""
    counted = Counter(point.status for point in points)
    counts = "\n".join(f"| {said} | {counted[status]} |" for status, said in STATUSES.items())
    opening = f"{_OPENING}\n| {len(points)} points | |\n|---|---:|\n{counts}\n"
    return "\n".join((opening, *_chapters(points)))


def _chapters(points: Sequence[Point]) -> Iterator[str]:
    for number, chapter in groupby(points, lambda point: point.chapter):
        rows = "\n".join(map(_row, chapter))
        yield f"## {number}. {_CHAPTERS[number]}\n\n| | asked | | how |\n|---|---|---|---|\n{rows}\n"


def _row(point: Point) -> str:
    shown = "".join(f"<br>`{test.removeprefix('tests/')}`" for test in point.tests)
    return f"| {point.id} | {point.what} | {STATUSES[point.status]} | {point.how}{shown} |"


def main() -> None:
    """Write the page anew."""
    SECURITY_PAGE.write_text(security_page(load_checklist()), encoding="utf-8")
    print(SECURITY_PAGE.relative_to(PROJECT))


if __name__ == "__main__":
    main()
