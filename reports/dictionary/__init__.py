"""The data dictionary: what is published, table by table and column by column, as one HTML page for analysts.

Lives here: putting the catalogue, the contract and the example queries on a page.
Must not live here: what a table or column is (`schemas.fields`), or when the page is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markupsafe import Markup

from reports.pages import page_template
from schemas.contract import Edition, Slug, Text
from schemas.fields import (
    CONTRACT_TABLES,
    DECIDED_TABLES,
    PUBLISHED_MACROS,
    PUBLISHED_TABLES,
    PUBLISHED_VIEWS,
    Field,
    Table,
    View,
)
from schemas.nothing import kinds_of_nothing
from schemas.tables import Entry, read_document

_FOLDER = Path(__file__).resolve().parent
_LOOK_OF_THE_BULLETIN = _FOLDER.parent / "bulletin" / "page.css"


class Example(Entry):
    """A question that analysts ask, and the query that answers it."""

    name: Slug
    question: Text
    note: str = ""
    sql: Text


class Questions(Entry):
    """The file `questions/<edition>.yaml`."""

    questions: tuple[Example, ...]


@dataclass(frozen=True)
class _Group:
    title: str
    about: str
    tables: tuple[Table | View, ...]


def examples(edition: Edition) -> tuple[Example, ...]:
    """The example queries of an edition, in their order; none where nobody wrote any."""
    path = _FOLDER / "questions" / f"{edition.slug}.yaml"
    return read_document(path, Questions).questions if path.exists() else ()


def dictionary_html(edition: Edition, made_from: str) -> str:
    """The page. made_from: by which a later run knows whether it still says what is published."""
    return page_template(_FOLDER).render(
        edition=edition,
        made_from=made_from,
        groups=_groups(),
        examples=examples(edition),
        keys={table.name: table.key for table in PUBLISHED_TABLES},
        references=_references,
        in_code=_in_code,
        kinds=kinds_of_nothing().values(),
        macros=PUBLISHED_MACROS,
        style=_style(),
    )


def _groups() -> tuple[_Group, ...]:
    contract = (*CONTRACT_TABLES, *DECIDED_TABLES)
    figures = (table for table in reversed(PUBLISHED_TABLES) if table not in contract)
    return (
        _Group(
            "Figures and returns",
            "What the cities reported, what it comes to, and what became of every return.",
            tuple(figures),
        ),
        _Group(
            "Views",
            "The same rows with names beside the codes: begin with these.",
            PUBLISHED_VIEWS,
        ),
        _Group(
            "Contract",
            "What the codes mean, and what people decided. These tables explain the others.",
            contract,
        ),
    )


def _references(table: Table | View, field: Field) -> tuple[str, ...]:
    """The tables whose key a column helps to name."""
    if isinstance(table, View):
        return ()
    return tuple(one.table for one in table.references if field.name in one.columns)


def _in_code(text: str) -> Markup:
    """A sentence in which the words between backticks are code."""
    pieces = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if number % 2 else piece
        for number, piece in enumerate(pieces)
    )


@cache
def _style() -> Markup:
    sheets = (_LOOK_OF_THE_BULLETIN, _FOLDER / "page.css")
    return Markup("".join(path.read_text(encoding="utf-8") for path in sheets))  # noqa: S704 - our own files
