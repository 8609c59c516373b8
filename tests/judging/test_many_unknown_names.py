"""A file with very many names that nobody knows: all refused, proposals made for the first of them."""

from __future__ import annotations

from sources.layouts.extract import MOST_PROPOSALS
from tests.conftest import Judge, ReadBytes
from tests.making.books import Book, altered_sample
from tests.making.findings import kinds_of
from tests.making.samples import sample

TOO_MANY = MOST_PROPOSALS * 3


def with_strange_rows(book: Book) -> None:
    """Rows whose label is near a known one of Genova's (`UM-03`), each another, each there twice."""
    rows = book.rows("")
    like = rows[5]
    for number in range(TOO_MANY):
        for _ in range(2):
            rows.append([*like[:2], f"UM-03-{number}", *like[3:]])
    for at, cells in enumerate(rows, start=1):
        for column, value in enumerate(cells, start=1):
            book.write("", at, column, value)


def test_proposals_are_for_the_first_unknown_names_only(judge: Judge) -> None:
    judged = judge(altered_sample("genova", with_strange_rows))
    unknown = [finding for finding in judged.findings if "unknown_measure" in kinds_of(finding)]
    assert len(unknown) == judged.counts.refused == TOO_MANY * 2
    proposed = {finding.found for finding in unknown if "Il più simile" in finding.action}
    assert len(proposed) == MOST_PROPOSALS
    assert "UM-03-0" in proposed
    assert sum("Il più simile" in finding.action for finding in unknown) == MOST_PROPOSALS * 2


def test_what_is_unknown_holds_no_names_of_its_own(read_bytes: ReadBytes) -> None:
    remembered = read_bytes(sample("genova").data, "genova").known.items
    remembered.clear()  # what other files asked for
    read = read_bytes(altered_sample("genova", with_strange_rows), "genova")
    assert len(remembered) > TOO_MANY
    names = {id(item.known) for item in read.known.items.values() if getattr(item, "known", ())}
    assert len(names) < 20
