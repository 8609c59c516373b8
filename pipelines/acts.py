"""What people decided: acts in `landing/acts/`, one JSON a file, appended and never changed.

Lives here: writing an act once, reading all of them, and asking which concern a submission.
Must not live here: what an act is (`schemas.acts`), or what it does to a verdict or a figure.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import TypeAdapter

from pipelines.clock import now
from schemas.acts import (
    Act,
    Adoption,
    Confirmation,
    DeadlineMoved,
    DeclaredNil,
    Freeze,
    NilWithdrawal,
    NilWithoutFile,
    OfSubmission,
    Rejudgement,
    Reopening,
    SendBack,
    Waiver,
)
from schemas.weeks import IsoWeek

_MOMENT = dt.timedelta(microseconds=1)

_ACT: TypeAdapter[Act] = TypeAdapter(Act)


@dataclass(frozen=True)
class MadeAct:
    """An act and its name, by which verdicts remember it."""

    name: str
    act: Act


@dataclass(frozen=True)
class Acts:
    """All acts of a home, in the order in which they were made."""

    made: tuple[MadeAct, ...] = ()

    @property
    def adopted(self) -> frozenset[str]:
        """The submissions whose new verdict was adopted."""
        return frozenset(made.act.submission_id for made in self.made if isinstance(made.act, Adoption))

    def waivers_of(self, edition: str) -> tuple[Waiver, ...]:
        """All waivers of an edition, those included that have ended."""
        waivers = (made.act for made in self.made if isinstance(made.act, Waiver))
        return tuple(one for one in waivers if one.edition == edition)

    def waivers_at(self, edition: str, instant: dt.datetime) -> tuple[Waiver, ...]:
        """The waivers in force in an edition at an arrival."""
        return tuple(one for one in self.waivers_of(edition) if one.is_in_force(instant))

    def as_of(self, instant: dt.datetime) -> Acts:
        """Those that had been made by an instant, it included."""
        return Acts(tuple(made for made in self.made if made.act.at <= instant))

    def freezes_of(self, edition: str) -> tuple[Freeze, ...]:
        """Every release of an edition's quarters, in the order in which they were made."""
        freezes = (made.act for made in self.made if isinstance(made.act, Freeze))
        return tuple(one for one in freezes if one.edition == edition)

    def frozen_quarters(self, edition: str, instant: dt.datetime | None = None) -> frozenset[str]:
        """The quarters frozen at an instant, its own acts included; without one, all ever frozen."""
        return frozenset(
            one.quarter for one in self.freezes_of(edition) if instant is None or one.at <= instant
        )

    def reopenings_of(self, edition: str, quarter: str) -> tuple[Reopening, ...]:
        """All reopenings of a quarter, those included that have ended."""
        reopenings = (made.act for made in self.made if isinstance(made.act, Reopening))
        return tuple(one for one in reopenings if (one.edition, one.quarter) == (edition, quarter))

    def reopenings_at(self, edition: str, city: str, instant: dt.datetime) -> tuple[Reopening, ...]:
        """The reopenings in force for a city at an instant, of whatever quarter."""
        reopenings = (made.act for made in self.made if isinstance(made.act, Reopening))
        return tuple(
            one
            for one in reopenings
            if (one.edition, one.city) == (edition, city) and one.is_in_force(instant)
        )

    def closed_quarters(self, edition: str, city: str, instant: dt.datetime) -> frozenset[str]:
        """The quarters that a city may not correct at an instant: frozen, and not reopened for it."""
        reopened = {one.quarter for one in self.reopenings_at(edition, city, instant)}
        return self.frozen_quarters(edition, instant) - reopened

    def of(self, submission_id: str) -> tuple[MadeAct, ...]:
        """What was decided about one submission by itself."""
        return tuple(
            made
            for made in self.made
            if isinstance(made.act, OfSubmission) and made.act.submission_id == submission_id
        )

    def confirmations_of(self, submission_id: str) -> tuple[Confirmation, ...]:
        return tuple(made.act for made in self.of(submission_id) if isinstance(made.act, Confirmation))

    def rejudgement_of(self, submission_id: str) -> Rejudgement | None:
        """The last time that it was judged again, and accepted."""
        again = [made.act for made in self.of(submission_id) if isinstance(made.act, Rejudgement)]
        return again[-1] if again else None

    def sent_back(self, submission_id: str) -> SendBack | None:
        """The last time that the city was asked to look at it again."""
        asked = [made.act for made in self.of(submission_id) if isinstance(made.act, SendBack)]
        return asked[-1] if asked else None

    @property
    def submissions(self) -> frozenset[str]:
        """The submissions that something was decided about."""
        return frozenset(made.act.submission_id for made in self.made if isinstance(made.act, OfSubmission))

    @cached_property
    def nils(self) -> tuple[DeclaredNil, ...]:
        """What was declared nil without a file, in whatever edition, each with its withdrawal."""
        withdrawn = {made.act.declared: made.act for made in self.made if isinstance(made.act, NilWithdrawal)}
        return tuple(
            DeclaredNil(name=made.name, declared=made.act, withdrawal=withdrawn.get(made.name))
            for made in self.made
            if isinstance(made.act, NilWithoutFile)
        )

    def nils_in(self, edition: str) -> tuple[DeclaredNil, ...]:
        """Those of an edition."""
        return tuple(nil for nil in self.nils if nil.declared.edition == edition)

    def nils_of(self, edition: str, city: str, week: IsoWeek) -> tuple[DeclaredNil, ...]:
        """Those of a city's week."""
        return self._nils_by_week.get((edition, city, week), ())

    @cached_property
    def _nils_by_week(self) -> Mapping[tuple[str, str, IsoWeek], tuple[DeclaredNil, ...]]:
        by_week: dict[tuple[str, str, IsoWeek], tuple[DeclaredNil, ...]] = {}
        for nil in self.nils:
            key = (nil.declared.edition, nil.declared.city, nil.declared.iso_week)
            by_week[key] = (*by_week.get(key, ()), nil)
        return by_week

    @cached_property
    def moved(self) -> Mapping[str, DeadlineMoved]:
        """The deadlines that were moved, in whatever edition, by the names of the acts."""
        return {made.name: made.act for made in self.made if isinstance(made.act, DeadlineMoved)}

    def deadlines_moved(self, edition: str, known_at: dt.datetime | None = None) -> tuple[DeadlineMoved, ...]:
        """The deadlines of an edition that were moved; known_at: by then."""
        return tuple(
            one
            for one in self.moved.values()
            if one.edition == edition and (known_at is None or one.at <= known_at)
        )

    @property
    def last_at(self) -> dt.datetime | None:
        """When the last one was made."""
        return self.made[-1].act.at if self.made else None

    def next_instant(self, after: dt.datetime | None = None) -> dt.datetime:
        """When an act is made: now, or just after what it follows, should the clock have been set back."""
        earlier = [instant for instant in (self.last_at, after) if instant is not None]
        return max([now(), *(instant + _MOMENT for instant in earlier)])


_NONE = Acts()


def write_act(folder: Path, act: Act) -> Path:
    """Append an act: written once, whole or not at all. Returns its file."""
    folder.mkdir(parents=True, exist_ok=True)
    content = json.dumps(act.model_dump(mode="json"), ensure_ascii=False, indent=1, sort_keys=True).encode()
    instant = f"{act.at.astimezone(dt.UTC):%Y%m%dT%H%M%S.%fZ}"
    name = f"{instant}-{act.act}-{hashlib.sha256(content).hexdigest()[:12]}.json"
    unfinished = folder / f".{name}"
    with unfinished.open("wb") as stream:
        stream.write(content + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.chmod(0o444)
    unfinished.rename(folder / name)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return folder / name


def read_acts(folder: Path, known: Acts = _NONE) -> Acts:
    """All acts of `landing/acts/`. known: those read before, which are not read again, as none ever changes.

    Raises pydantic's ValidationError for a file that is none of ours.
    """
    if not folder.exists():
        return _NONE
    read = {one.name: one for one in known.made}
    made = [
        read.get(path.stem) or MadeAct(path.stem, _ACT.validate_json(path.read_bytes()))
        for path in sorted(folder.glob("[!.]*.json"))
    ]
    found = Acts(tuple(sorted(made, key=lambda one: (one.act.at, one.name))))
    return known if found == known else found


def names_of(made: Sequence[MadeAct]) -> tuple[str, ...]:
    """How a verdict remembers these acts."""
    return tuple(one.name for one in made)
