"""A trace's document, added up a second time from the files themselves.

Lives here: a small evaluator of the document of `regia trace --json`, which knows nothing but that document
and the landed files, opened by other readers.
Must not live here: any import of the product.
"""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from tests.making.other_readers import Grid, addresses_of, at, number_in, sheets_of

DECIMAL_POINTS = frozenset({"perugia"})
SEVERAL_CELLS_A_VALUE = frozenset({"milano", "roma", "trieste"})
"""Cities whose values may come from several cells."""


Part = dict[str, Any]
Week = dict[str, Any]


class Files:
    """The files in a home's landing."""

    def __init__(self, home: Path) -> None:
        self._returns = home / "landing" / "returns"
        self.sheets = cache(self._sheets)

    def _sheets(self, submission: str, file: str) -> dict[str, Grid]:
        folder = self._returns / submission
        receipt = json.loads((folder / "receipt.json").read_bytes())
        (stored,) = [one["stored_as"] for one in receipt["files"] if one["name"] == file]
        return sheets_of((folder / stored).read_bytes())

    def cell(self, submission: str, file: str, sheet: str, address: str) -> object:
        return at(self.sheets(submission, file)[sheet], address)


class Evaluator:
    """Adds documents up; whatever in one is not so fails an assertion."""

    def __init__(self, home: Path) -> None:
        self._files = Files(home)

    def figures(self, document: dict[str, Any]) -> dict[str, float | None]:
        """City -> its figure, and the document's own city (or `IT`): from the cells of the files."""
        cities = [city["city"] for city in document["parts"][0]["cities"]]
        sides = [
            {city["city"]: self._of_city(document, part, city) for city in part["cities"]}
            for part in document["parts"]
        ]
        found = {city: _figure(document, [side[city] for side in sides]) for city in cities}
        whole = [_sum(list(side.values())) for side in sides]
        return {**found, document["city"]: _figure(document, whole)}

    def _of_city(
        self, document: dict[str, Any], part: dict[str, Any], city: dict[str, Any]
    ) -> Decimal | None:
        weeks = [
            self._of_week(document, part, city["city"], week) for week in city["weeks"] if week["is_counted"]
        ]
        if part["over_weeks"] == "last":
            assert len(weeks) <= 1
            later = [week for week in city["weeks"] if week["cells_answered"]]
            assert [week["iso_week"] for week in city["weeks"] if week["is_counted"]] == [
                week["iso_week"] for week in later[-1:]
            ]
        total = _sum(weeks)
        return total / len(weeks) if total is not None and part["over_weeks"] == "mean" else total

    def _of_week(
        self, document: dict[str, Any], part: dict[str, Any], city: str, week: dict[str, Any]
    ) -> Decimal:
        match part["fold"]:
            case "sum":
                return sum(
                    (self._value(city, value) for point in week["points"] for value in point["values"]),
                    Decimal(0),
                )
            case "points":
                return Decimal(
                    sum(
                        any(self._value(city, value) > part["threshold"] for value in point["values"])
                        for point in week["points"]
                    )
                )
            case "returns_on_time":
                (own,) = _returns(document, city, week)
                first = own["first_received_at"]
                return Decimal(first is not None and _instant(first) <= _instant(own["due_at"]))
            case "returns_due":
                return Decimal(len(_returns(document, city, week)))
            case "cells_answered":
                return Decimal(sum(self._answered(city, week, point) for point in week["points"]))
            case "cells_due":
                return Decimal(sum(self._due(city, week, point) for point in week["points"]))
            case fold:
                raise AssertionError(fold)

    def _value(self, city: str, value: dict[str, Any]) -> Decimal:
        total = Decimal(0)
        assert value["cells"], value
        for cell in value["cells"]:
            there = self._files.cell(value["submission_id"], value["file"], cell["sheet"], cell["cell"])
            number = number_in(there, has_decimal_point=city in DECIMAL_POINTS)
            assert type(cell["written"]) is str if isinstance(there, str) else cell["written"] == there, cell
            assert not isinstance(there, str) or cell["written"].strip() == there.strip(), cell
            total += number
        assert total == Decimal(str(value["value"])), value
        return total * Decimal(str(value["factor"]))

    def _answered(self, city: str, week: dict[str, Any], point: dict[str, Any]) -> int:
        for found in point["answered_in"]:
            grid = self._files.sheets(week["submission_id"], found["file"])[found["sheet"]]
            cells = addresses_of(found["blocks"])
            for address in cells:
                number_in(at(grid, address), has_decimal_point=city in DECIMAL_POINTS)
            assert city in SEVERAL_CELLS_A_VALUE or len(cells) == found["values"], found
        values = sum(found["values"] for found in point["answered_in"])
        assert values + point["cells_nil"] == point["cells_answered"], point
        return int(point["cells_answered"])

    def _due(self, city: str, week: dict[str, Any], point: dict[str, Any]) -> int:
        open_cells = sum(cell["why"] != "not_applicable" for cell in point["unanswered"])
        for cell in point["unanswered"]:
            for place in cell["cells"]:
                there = self._files.cell(week["submission_id"], cell["file"], place["sheet"], place["cell"])
                assert isinstance(there, str) and there.strip() and not there.strip().isdigit(), cell
            assert bool(cell["cells"]) == (cell["why"] != "not_reported"), cell
        if week["submission_id"] is not None:
            assert point["cells_answered"] + open_cells == point["cells_due"], point
        return int(point["cells_due"])


def _figure(document: dict[str, Any], sides: list[Decimal | None]) -> float | None:
    scale = document["scale"]
    if len(sides) == 1:
        return None if sides[0] is None else scale * float(sides[0])
    above, below = sides
    return None if above is None or not below else scale * float(above) / float(below)


def _sum(values: list[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None


def _returns(document: dict[str, Any], city: str, week: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in document["returns"] if (one["city"], one["iso_week"]) == (city, week["iso_week"])]


def _instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
