"""A draft as the two files of a layout: YAML to be read and edited, and its words as CSV.

Lives here: how a layout is laid out as text, in the form of the layouts beside it.
Must not live here: what the draft says.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from typing import Any

from sources.layouts.model import Layout, Word

_BARE = re.compile(r"[A-Za-zÀ-ÿ_][\wÀ-ÿ .'/()+-]*")
_NOT_BARE = {"yes", "no", "on", "off", "true", "false", "null", "y", "n", "si", "none"}
_LINE = 110
_COLUMNS = ("what", "list", "code", "label", "to_confirm")


def layout_text(layout: Layout, opening: str) -> str:
    """The layout as YAML below a comment that says what it is."""
    entries = layout.model_dump(mode="json", exclude_defaults=True)
    entries["valid_from"] = str(layout.valid_from)
    lines = [f"# {line}" for line in opening.splitlines()]
    first = [name for name in ("layout", "city", "valid_from", "to_confirm") if name in entries]
    for name in dict.fromkeys([*first, *entries]):
        value = entries[name]
        lines += _entry(name, value, 0)
    return "\n".join(lines) + "\n"


def words_text(words: tuple[Word, ...]) -> str:
    """The words as CSV; `to_confirm` is `true` or empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    order = {"measure": 0, "breakdown": 1, "category": 2}
    for word in sorted(words, key=lambda word: order[word.what]):
        writer.writerow((word.what, word.list, word.code, word.label, "true" if word.to_confirm else ""))
    return out.getvalue()


def _entry(name: str, value: Any, indent: int) -> list[str]:
    """A key with its value: on one line where it fits and says one thing, else below it."""
    start = f"{' ' * indent}{_scalar(name)}:"
    inline = f"{start} {_flow(value)}"
    simple = not isinstance(value, dict | list) or all(not isinstance(v, dict | list) for v in _values(value))
    if simple and len(inline) <= _LINE and name != "to_confirm":
        return [inline]
    if isinstance(value, Mapping):
        return [start, *(line for key, inner in value.items() for line in _entry(key, inner, indent + 2))]
    if isinstance(value, list):
        return [start, *(line for inner in value for line in _item(inner, indent + 2))]
    return [inline]


def _item(value: Any, indent: int) -> list[str]:
    inline = f"{' ' * indent}- {_flow(value)}"
    if len(inline) <= _LINE or not isinstance(value, Mapping):
        return [inline]
    lines = [line for key, inner in value.items() for line in _entry(key, inner, indent + 2)]
    return [f"{' ' * indent}- {lines[0].lstrip()}", *lines[1:]]


def _values(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, Mapping) else list(value)


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(inner) for inner in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else _scalar(str(value))


def _scalar(text: str) -> str:
    if _BARE.fullmatch(text) and text.casefold() not in _NOT_BARE and not text.endswith(" "):
        return text
    return "'" + text.replace("'", "''") + "'"
