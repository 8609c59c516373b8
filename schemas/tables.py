"""Reading the contract's own files: CSV and YAML into strict models.

Lives here: how a mistake in those files is told (file, line, what to do).
Must not live here: what the files mean; that is the models' business.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

Row = TypeVar("Row", bound="Entry")
Document = TypeVar("Document", bound=BaseModel)


class Entry(BaseModel):
    """One entry of the contract: frozen, and nothing that the model does not name."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class ContractError(Exception):
    """A mistake in the contract's data: which file, which line, what is wrong, what to do."""

    def __init__(self, path: Path, line: int | None, problem: str, remedy: str) -> None:
        where = f"{path}:{line}" if line is not None else str(path)
        super().__init__(f"{where}: {problem}. {remedy}")
        self.path, self.line, self.problem, self.remedy = path, line, problem, remedy


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like `word`, else the only one that it is a part of; None when none is close."""
    choices = list(known)
    folded = {choice.casefold(): choice for choice in reversed(choices)}
    asked = word.casefold().strip()
    close = difflib.get_close_matches(asked, list(folded), n=1, cutoff=0.6)
    if not close and len(asked) >= _LONG_ENOUGH:
        around = [choice for choice in folded if asked in choice]
        close = around if len(around) == 1 else []
    return folded[close[0]] if close else None


_LONG_ENOUGH = 4
"""A shorter word is part of others by chance."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A remedy for an unknown word: the nearest known one, or the list of them."""
    choices = sorted(known)
    close = nearest(word, choices)
    if close is not None:
        return f"Did you mean {close!r}?"
    return f"Known are: {', '.join(choices[:20])}{' ...' if len(choices) > 20 else ''}."


def _remedy(error: Any, fields: Sequence[str]) -> str:
    kind = error["type"]
    name = str(error["loc"][-1]) if error["loc"] else ""
    if kind == "extra_forbidden":
        return f"Remove it; {did_you_mean(name, fields)}"
    if kind == "missing":
        return f"Add {name!r}."
    if kind == "string_type":
        return "Put the value in quotes."
    return "Correct the value."


def read_table(path: Path, model: type[Row]) -> tuple[Row, ...]:
    """All rows of a contract CSV (UTF-8, comma, one header line) as models.

    An empty cell is left to the model's default. Raises ContractError with the row's line.
    """
    text = _text_of(path)
    reader = csv.DictReader(text.splitlines(keepends=True), strict=True)
    header = reader.fieldnames or []
    unknown = next((name for name in header if name not in model.model_fields), None)
    if unknown is not None:
        remedy = f"Remove it; {did_you_mean(unknown, model.model_fields)}"
        raise ContractError(path, 1, f"column {unknown!r} is not known", remedy)
    rows = []
    for record in reader:
        line = reader.line_num
        if None in record or None in record.values():
            raise ContractError(
                path, line, f"the row does not have {len(header)} cells", "Check commas and quotes."
            )
        given = {key: value for key, value in record.items() if value != ""}
        rows.append(_built(path, line, model, given))
    missing = {n for n, f in model.model_fields.items() if f.is_required()} - set(header)
    if missing:
        raise ContractError(
            path, 1, f"the header lacks {', '.join(sorted(missing))}", "Add the column with its values."
        )
    return tuple(rows)


def record_line(path: Path, index: int) -> int:
    """The line on which the row of this index (from 0) ends in a contract CSV."""
    reader = csv.reader(_text_of(path).splitlines(keepends=True))
    lines = [reader.line_num for row in reader if row]
    return lines[index + 1]


def _built(path: Path, line: int, model: type[Row], given: dict[str, Any]) -> Row:
    try:
        return model.model_validate(given)
    except ValidationError as failure:
        error = failure.errors()[0]
        column = ".".join(str(part) for part in error["loc"])
        found = "" if error["type"] in ("missing", "extra_forbidden") else f" (found {error['input']!r})"
        raise ContractError(
            path,
            line,
            f"column {column!r}: {error['msg']}{found}" if column else f"{error['msg']}",
            _remedy(error, list(model.model_fields)),
        ) from failure


def read_document(path: Path, model: type[Document]) -> Document:
    """A YAML file as one model. Raises ContractError with the line of the first mistake."""
    text = _text_of(path)
    try:
        content = yaml.load(text, Loader=_UniqueKeysLoader)  # noqa: S506 - it is the safe loader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise ContractError(
            path, line, f"not YAML: {error.problem}", "Check indentation and quotes."
        ) from error
    try:
        return model.model_validate(content)
    except ValidationError as failure:
        first = failure.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ContractError(
            path,
            line_of(path, first["loc"]),
            f"{place}: {first['msg']}" if place else str(first["msg"]),
            _remedy(first, _siblings(model, first["loc"])),
        ) from failure


def _siblings(model: type[BaseModel], place: Sequence[int | str]) -> list[str]:
    """The words that may stand where `place` points to: those of the entry that holds it."""
    fields = list(model.model_fields)
    for step in place[:-1]:
        if isinstance(step, str) and step in model.model_fields:
            inner = _model_in(model.model_fields[step].annotation)
            if inner is not None:
                model, fields = inner, list(inner.model_fields)
    return fields


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that a field holds, be it one, several, or by name."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


class _UniqueKeysLoader(yaml.CSafeLoader):
    """Loads YAML as always, but does not let a key stand twice."""


def _unique_mapping(loader: _UniqueKeysLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen = set()
    for key, _ in node.value:
        if key.value in seen and key.tag != "tag:yaml.org,2002:merge":
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {key.value!r} stands twice", key.start_mark
            )
        seen.add(key.value)
    loader.flatten_mapping(node)
    return loader.construct_mapping(node, deep=True)


_UniqueKeysLoader.add_constructor("tag:yaml.org,2002:map", _unique_mapping)


def line_of(path: Path, place: Sequence[int | str]) -> int | None:
    """The line in a YAML file where the entry at `place` stands (the nearest one above it)."""
    node = yaml.compose(_text_of(path), Loader=yaml.CSafeLoader)
    if node is None:
        return None
    line: int = node.start_mark.line + 1
    for step in place:
        if isinstance(node, yaml.MappingNode):
            found = [(k, v) for k, v in node.value if k.value == str(step)]
            if not found:
                continue
            line, node = found[0][0].start_mark.line + 1, found[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
    return line


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ContractError(path, None, "the file is missing", "Create it or restore it.") from error
    except UnicodeDecodeError as error:
        raise ContractError(path, None, "the file is not UTF-8", "Save it again as UTF-8.") from error
