"""One cause gives one finding: what another rule says of the same cause is left out.

Lives here: deciding that two remarks have one cause.
Must not live here: which rule speaks for which; the rules' entries say it (`silences`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines.judging.context import FigureKey, Remark
from schemas.contract import Rule, Silence
from schemas.messages import catalogue
from sources.layouts.combine import address_beside
from sources.layouts.outcome import Place

_NO_FIGURE: FigureKey = ("", "", "", "")


def without_repeated_causes(remarks: Sequence[Remark], rules: Mapping[str, Rule]) -> list[Remark]:
    """The remarks but those that a rule which speaks for them makes needless. `rules`: those in force."""
    speaking = [
        (remark, silence)
        for remark in remarks
        for silence in _silences_of(remark, rules)
        if silence.kind in (None, remark.kind)
    ]
    return [remark for remark in remarks if not any(_is_silenced(remark, *by) for by in speaking)]


def _silences_of(remark: Remark, rules: Mapping[str, Rule]) -> tuple[Silence, ...]:
    """What the remark's rule speaks for; that is the rule of its message, where it names none."""
    if remark.rule is not None:
        return rules[remark.rule].silences if remark.rule in rules else ()
    check = catalogue().messages[remark.kind].check
    return next((rule.silences for rule in rules.values() if rule.check == check), ())


def _is_silenced(remark: Remark, by: Remark, silence: Silence) -> bool:
    if remark is by or remark.rule not in silence.rules:
        return False
    (point, measure, *_), (by_point, by_measure, *_) = remark.figure or _NO_FIGURE, by.figure or _NO_FIGURE
    match silence.same:
        case "return":
            return True
        case "service_point":
            return point == by_point
        case "measure":
            return (point, measure) == (by_point, by_measure)
        case "cell":
            return _stands_in(remark.place, by) or _stands_in(by.place, remark)


def _stands_in(place: Place, other: Remark) -> bool:
    """Whether a place is that of the other remark, or among the cells that it lists."""
    return place == other.place or (
        place.cell is not None
        and place.file == other.place.file
        and address_beside(place, other.place) in other.cells
    )
