"""A layout's file as text with a few of its texts changed: the same lines and comments, from another week on.

Lives here: where in the text a sheet, a heading or a date stands, and what is written there beside it.
Must not live here: what a city has renamed (`drift`), where files are (`pipelines.confirming`).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import yaml

from schemas.weeks import IsoWeek
from sources.layouts.model import Word, is_letters, literal_texts
from sources.layouts.texts import folded, folded_names

_PLAIN = re.compile(r"[A-Za-zÀ-ÿ][\wÀ-ÿ .'/()|+-]*[\wÀ-ÿ.)]")
_NOT_PLAIN = {"yes", "no", "on", "off", "true", "false", "null"}
_SIGNS = re.compile(r"[\\^$*+?{}\[\]()|]")


@dataclass(frozen=True)
class Renaming:
    """A name that a city has changed: a heading of `table`, a sheet where that is None."""

    table: str | None
    known: str
    found: str


@dataclass(frozen=True)
class OwnCopy:
    """What makes a shared layout a city's own: its slug, and a text that only its files have."""

    city: str
    mark: str


@dataclass(frozen=True)
class _Edit:
    """What takes the place of the characters from `start` to `end`."""

    start: int
    end: int
    text: str


def amended_layout(text: str, renamings: Iterable[Renaming], week: IsoWeek, own: OwnCopy | None) -> str:
    """The layout's YAML, valid from the week on, with the new names beside the known ones."""
    root = _composed(text)
    dated = [_written(_value(root, "valid_from"), str(week))]
    text = _edited(text, dated if own is None else [*dated, *_own(text, root, week, own)])
    for renaming in renamings:
        root = _composed(text)
        is_sheet = renaming.table is None
        text = _edited(text, _sheets(root, renaming) if is_sheet else _headings(root, renaming))
    return text


def _composed(text: str) -> yaml.MappingNode:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)
    return root


def _edited(text: str, edits: Iterable[_Edit]) -> str:
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def amended_words(text: str, words: Sequence[Word]) -> str:
    """The table of words with new rows below the old ones, in its own columns."""
    out = io.StringIO()
    columns = next(csv.reader(io.StringIO(text)))
    writer = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator="\n")
    for word in words:
        writer.writerow({**word.model_dump(exclude={"to_confirm"}), "to_confirm": ""})
    return text.rstrip("\n") + "\n" + out.getvalue()


def _own(text: str, root: yaml.MappingNode, week: IsoWeek, own: OwnCopy) -> Iterator[_Edit]:
    ((key, name),) = [(key, value) for key, value in root.value if key.value == "layout"]
    opening = f"# From {week} on this copy is the city's own, and `regia template` does not write it.\n"
    lines = f"{opening}layout: {own.city}\ncity: {own.city}"
    yield _Edit(key.start_mark.index, name.end_mark.index, lines)
    texts = _value(_value(root, "fingerprint"), "texts")
    last = texts.value[-1].end_mark.index
    yield _Edit(last, last, f", {_scalar(own.mark, None)}")
    # The blank form stays the shared layout's: a second one would be written for every city.
    for key, value in root.value:
        if key.value == "template":
            end = text.rindex("\n", 0, value.end_mark.index) + 1
            yield _Edit(key.start_mark.index, end, "")


def _sheets(root: yaml.MappingNode, renaming: Renaming) -> Iterator[_Edit]:
    named = [*_items(root, "sheets", "names"), *_named(_value(root, "fingerprint"), "sheet")]
    return _also_named(named, renaming)


def _items(root: yaml.Node, key: str, inner: str) -> Iterator[yaml.Node]:
    for entry in _value(root, key).value:
        for found in _named(entry, inner):
            yield from found.value if isinstance(found, yaml.SequenceNode) else [found]


def _headings(root: yaml.MappingNode, renaming: Renaming) -> Iterator[_Edit]:
    table = _value(_value(root, "tables"), renaming.table or "")
    for node in _items(table, "columns", "head") if _named(table, "columns") else ():
        if any(folded(text) == folded(renaming.known) for text in literal_texts(node.value)):
            new = _SIGNS.sub(lambda sign: f"\\{sign[0]}", renaming.found)
            yield _written(node, f"{node.value}|{new}")
    yield from _also_named(_value(_value(table, "header"), "anchor").value, renaming)
    yield from _also_named(_value(_value(root, "fingerprint"), "texts").value, renaming)
    for rule in _value(table, "rows").value:
        keys = [key for key, _ in _value(rule, "when").value if not is_letters(key.value)]
        yield from _also_named(keys, renaming)


def _also_named(nodes: Iterable[yaml.Node], renaming: Renaming) -> Iterator[_Edit]:
    """The new name behind the known one: both hold, for a city may send an older file again."""
    for node in nodes:
        if folded(renaming.known) in folded_names(node.value):
            yield _written(node, f"{node.value}|{renaming.found}")


def _named(node: yaml.Node, key: str) -> list[yaml.Node]:
    return [value for name, value in node.value if name.value == key]


def _value(node: yaml.Node, key: str) -> yaml.Node:
    (found,) = _named(node, key)
    return found


def _written(node: yaml.Node, text: str) -> _Edit:
    assert isinstance(node, yaml.ScalarNode)
    return _Edit(node.start_mark.index, node.end_mark.index, _scalar(text, node.style))


def _scalar(text: str, style: str | None) -> str:
    """A text as YAML, in the quotes that stood there where it can be."""
    if style is None and _PLAIN.fullmatch(text) and text.casefold() not in _NOT_PLAIN:
        return text
    if style == '"' and not re.search(r'["\\]', text):
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"
