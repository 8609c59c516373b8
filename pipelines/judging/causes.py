"""One cause gives one finding: what another rule says of the same cause is left out.

Lives here: deciding that two remarks have one cause.
Must not live here: which rule speaks for which; the rules' entries say it (`silences`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from pipelines.judging.context import FigureKey, ReadReturn, Remark
from pipelines.judging.rules import RULE_FUNCTIONS
from schemas.acts import Waiver
from schemas.contract import Rule, Silence
from schemas.messages import catalogue
from sources.layouts.combine import Figure, address_beside
from sources.layouts.outcome import Place

_NO_FIGURE: FigureKey = ("", "", "", "")

_Speaking = tuple[Remark, Silence]


def without_repeated_causes(
    given: ReadReturn, remarks: Sequence[Remark], rules: Mapping[str, Rule], waivers: Iterable[Waiver] = ()
) -> list[Remark]:
    """The remarks on a return but those that a rule which speaks for them makes needless.

    `rules`: those in force. What one of the `waivers` covers speaks for nothing but itself.
    """
    waived = tuple(waivers)
    speaking = [
        (remark, silence)
        for remark in remarks
        if (rule := _rule_of(remark, rules)) is not None and not _is_waived(given.city, remark, rule, waived)
        for silence in rule.silences
        if silence.kind in (None, remark.kind)
    ]
    left = [remark for remark in remarks if not any(_is_silenced(remark, *by) for by in speaking)]
    return _not_corrected_too(given, left, rules, speaking)


def _is_waived(city: str, remark: Remark, rule: Rule, waivers: Iterable[Waiver]) -> bool:
    point, measure, breakdown, _ = remark.figure or _NO_FIGURE
    return rule.waivable and any(
        waiver.covers(city, rule.id, point, measure, breakdown) for waiver in waivers
    )


def _not_corrected_too(
    given: ReadReturn, remarks: list[Remark], rules: Mapping[str, Rule], speaking: Iterable[_Speaking]
) -> list[Remark]:
    """The remarks as they are when the figures spoken of are put right, all of them at once.

    Of the rules that are silenced only these are told: a limit that a wrong total sets is a wrong limit.
    """
    correcting = [(remark, silence) for remark, silence in speaking if silence.same == "correction"]
    silenced = {rule for _, silence in correcting for rule in silence.rules if rule in rules}
    if not silenced:
        return remarks
    right = _put_right(given, correcting)
    corrected = replace(given, figures={**given.figures, **right})
    # Of a figure that is put right, what is found is what stands in the file.
    found: dict[tuple[object, ...], Remark] = {
        (one.rule, one.kind, one.figure): one for one in remarks if one.figure in right
    }
    staying = [
        found.get((remark.rule, remark.kind, remark.figure), remark)
        for rule in sorted(silenced)
        for remark in RULE_FUNCTIONS[rules[rule].check or ""](corrected, rules[rule])
        if not any(_is_silenced(remark, *by) for by in speaking)
    ]
    return [*(remark for remark in remarks if remark.rule not in silenced), *staying]


def _put_right(given: ReadReturn, correcting: Iterable[_Speaking]) -> dict[FigureKey, Figure]:
    """The figures that these remarks are about, as they ask for them."""
    right = {}
    for remark, _ in correcting:
        expected = remark.details["expected"]
        assert remark.figure is not None and isinstance(expected, Decimal), remark.kind
        right[remark.figure] = given.figures[remark.figure]._replace(value=expected, flag="V")
    return right


def _rule_of(remark: Remark, rules: Mapping[str, Rule]) -> Rule | None:
    """The remark's rule; that of its message, where it names none."""
    if remark.rule is not None:
        return rules.get(remark.rule)
    check = catalogue().messages[remark.kind].check
    return next((rule for rule in rules.values() if rule.check == check), None)


def _is_silenced(remark: Remark, by: Remark, silence: Silence) -> bool:
    if remark is by or remark.rule not in silence.rules:
        return False
    if silence.only and remark.kind not in silence.only:
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
        case "correction":
            return False


def _stands_in(place: Place, other: Remark) -> bool:
    """Whether a place is that of the other remark, or among the cells that it lists."""
    return place == other.place or (
        place.cell is not None
        and place.file == other.place.file
        and address_beside(place, other.place) in other.cells
    )
