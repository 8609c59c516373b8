"""Numbers as cities write them: one writing has one value or is asked about; none is bent into another."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.cells import Formula, Instant
from sources.layouts.model import Numbers, Tokens
from sources.layouts.numbers import NOT_APPLICABLE, NOT_AVAILABLE, Figure, FigureReader, NotAFigure

TOKENS = Tokens(not_available=("n.d.", "ND"), not_applicable=("n.a.", "-"))
DOTS = {",": ".", ".": ","}

ITALIAN = FigureReader(Numbers(decimal_mark=","), TOKENS)
ENGLISH = FigureReader(Numbers(decimal_mark="."), TOKENS)
ITALIAN_WITH_THOUSANDS = FigureReader(Numbers(decimal_mark=",", thousands_mark="."), TOKENS)
READERS = {"italian": ITALIAN, "english": ENGLISH, "italian with thousands": ITALIAN_WITH_THOUSANDS}
every_reader = pytest.mark.parametrize("reader", READERS.values(), ids=READERS)

figures = st.decimals(0, 999_999_999, places=2)


def values_of(asked: NotAFigure) -> set[Decimal]:
    """The readings that a person is asked to choose from."""
    return set(asked.readings)


def in_words(number: Decimal, decimal_mark: str, thousands_mark: str = "") -> str:
    """`1.234,50` and the like."""
    whole, _, fraction = f"{number:,f}".partition(".")
    return whole.replace(",", thousands_mark) + (decimal_mark + fraction if fraction else "")


@given(figures)
def test_what_is_written_without_a_thousands_mark_is_read_as_it_was_meant(number: Decimal) -> None:
    for reader in READERS.values():
        written = in_words(number, reader.numbers.decimal_mark)
        assert reader.read(written) == Figure(number, "V"), written


@given(figures)
def test_what_is_written_with_both_marks_is_read_as_it_was_meant(number: Decimal) -> None:
    for reader in READERS.values():
        mark = reader.numbers.decimal_mark
        assert reader.read(in_words(number, mark, DOTS[mark])) == Figure(number, "V")


@given(st.integers(1000, 999_999))
def test_whole_thousands_with_one_mark_are_read_where_it_is_declared_and_else_asked_about(
    number: int,
) -> None:
    written = in_words(Decimal(number), ",", ".")
    assert ITALIAN_WITH_THOUSANDS.read(written) == Figure(Decimal(number), "V")
    asked = ITALIAN.read(written)
    assert isinstance(asked, NotAFigure)
    assert asked.reason == "two_readings"
    assert values_of(asked) == {Decimal(number), Decimal(number) / 1000}


@given(st.integers(1000, 999_999))
def test_in_a_layout_with_decimal_dots_a_dot_is_always_the_decimal_mark(number: int) -> None:
    written = in_words(Decimal(number), ",", ".")
    assert ENGLISH.read(written) == Figure(Decimal(number) / 1000, "V")


def every_meaning(text: str) -> set[Decimal]:
    """All numbers for which somebody might have written this, whatever the convention."""
    meanings = set()
    for decimal in ",.":
        for thousands in ("", ".", ",", "'", " "):
            if thousands == decimal:
                continue
            whole, mark, fraction = text.partition(decimal)
            groups = whole.split(thousands) if thousands else [whole]
            is_grouped = len(groups) == 1 or (
                groups[0] != "0" and len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
            )
            digits = "".join(groups).lstrip("+-")
            if is_grouped and digits.isdigit() and (not mark or fraction.isdigit()):
                meanings.add(Decimal(f"{'-' if text.startswith('-') else ''}{digits}.{fraction or 0}"))
    return meanings


@given(st.text("0123456789.,' +-", min_size=1, max_size=12))
def test_a_text_is_read_only_as_something_it_can_mean(text: str) -> None:
    for reader in READERS.values():
        figure = reader.read(text)
        if isinstance(figure, Figure) and figure.value is not None:
            assert figure.value in every_meaning(" ".join(text.split())), text


@given(st.text("0123456789.,", min_size=1, max_size=9))
def test_what_two_conventions_read_differently_an_undeclared_one_does_not_read(text: str) -> None:
    meanings = every_meaning(text)
    figure = ITALIAN.read(text)
    if len(meanings) > 1:
        assert isinstance(figure, NotAFigure)
    if isinstance(figure, NotAFigure) and figure.reason == "two_readings":
        assert values_of(figure) <= meanings


@given(figures, st.sampled_from(["", " ", "\u00a0", "  \u00a0"]))
def test_blanks_around_a_number_do_not_count(number: Decimal, blanks: str) -> None:
    assert ITALIAN.read(f"{blanks}{in_words(number, ',')}{blanks}") == Figure(number, "V")


@given(figures)
def test_a_number_cell_is_the_decimal_that_the_spreadsheet_shows(number: Decimal) -> None:
    assert ITALIAN.read(float(number)) == Figure(number, "V")


@given(st.lists(st.decimals(0, 1000, places=1), min_size=2, max_size=6))
def test_a_sum_made_in_floats_is_read_as_the_sum_of_its_decimals(parts: list[Decimal]) -> None:
    assert ITALIAN.read(sum(float(part) for part in parts)) == Figure(sum(parts, Decimal(0)), "V")


@given(st.text(max_size=12))
def test_any_text_is_a_figure_a_blank_or_a_reason(text: str) -> None:
    for reader in READERS.values():
        assert isinstance(reader.read(text), Figure | NotAFigure | None)


@every_reader
@pytest.mark.parametrize("text", ["", " ", "\u00a0", "\t"])
def test_a_blank_is_nothing_and_no_zero(reader: FigureReader, text: str) -> None:
    assert reader.read(text) is None


@every_reader
@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("n.d.", NOT_AVAILABLE),
        (" N.D. ", NOT_AVAILABLE),
        ("nd", NOT_AVAILABLE),
        ("n.a.", NOT_APPLICABLE),
        ("-", NOT_APPLICABLE),
        ("0", Figure(Decimal(0), "V")),
        ("007", Figure(Decimal(7), "V")),
        ("-5", Figure(Decimal(-5), "V")),
    ],
)
def test_tokens_and_plain_digits_are_the_same_everywhere(
    reader: FigureReader, text: str, figure: Figure
) -> None:
    assert reader.read(text) == figure


@every_reader
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("circa 5", "not_a_number"),
        ("5 persone", "not_a_number"),
        ("1e5", "not_a_number"),
        ("½", "not_a_number"),
        ("n.p.", "not_a_number"),
        ("--", "not_a_number"),
        ("#DIV/0!", "formula_error"),
        ("#N/D", "formula_error"),
        ("1.2.3", "badly_written"),
        ("1,2,3", "badly_written"),
        ("12.34.567", "badly_written"),
        ("1.234.56", "badly_written"),
        (True, "not_a_number"),
        (False, "not_a_number"),
        (float("inf"), "not_a_number"),
        (float("nan"), "not_a_number"),
        (dt.date(2023, 10, 16), "date"),
        (Instant("12:30:00"), "date"),
        (Formula(), "formula_without_value"),
        (1e12, "too_large"),
        ("1000000000000", "too_large"),
        (-1e12, "too_large"),
    ],
)
def test_what_is_no_number_says_why(reader: FigureReader, value: object, reason: str) -> None:
    found = reader.read(value)  # type: ignore[arg-type]
    assert isinstance(found, NotAFigure)
    assert found.reason == reason


@pytest.mark.parametrize("text", ["12.5", "1.23", "1.2345", "12.34,5", "0.123"])
def test_a_declared_thousands_mark_is_never_a_decimal_mark(text: str) -> None:
    assert ITALIAN_WITH_THOUSANDS.read(text) == NotAFigure("badly_written")


def test_the_largest_number_is_still_a_number() -> None:
    assert ITALIAN.read(999_999_999_999) == Figure(Decimal(999_999_999_999), "V")
