"""Real returns damaged by chance: the same seed makes the same damage.

Lives here: one kind of damage a function, for bytes, packages, XML, text files.
Must not live here: what the reader or the judge says of the result.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from tests.making.containers import zip_as_listed
from tests.making.samples import Sample

Damage = Callable[[random.Random, bytes], bytes]

_ODD_VALUES = (
    *("", " ", "0", "-1", "1", "2", "1e308", "1e999", "NaN", "inf", "-0", "99999999999", "2147483648"),
    *("1048576", "16385", "-2147483649", "1E-400", "12:61", "2023-13-45", "9999-12-31", "0000-00-00"),
    *("A0", "XFE1", "ZZZZ9", "A99999999", "&#65;", "&amp;", "&nessuna;", "è", "\u202e", "\ufffe", "'"),
    *("true", "s", "str", "e", "inlineStr", "d", "b", "float", "date", "string", "../x", "/", "x" * 5000),
)
_MOST_OF_A_BLOCK = 2000


@dataclass(frozen=True)
class Mutation:
    """A damaged return and how to make it again."""

    sample: Sample
    damage: str
    seed: str
    data: bytes

    def __str__(self) -> str:
        return f"{self.sample}, {self.damage}, {self.seed}"


def mutation(given: Sample, number: int) -> Mutation:
    """The return damaged in one of the ways that its format allows, sometimes in two."""
    seed = f"{given} {number}"
    chance = random.Random(seed)
    data = given.data
    names = []
    for _ in range(chance.choice((1, 1, 1, 2))):
        ways = _ways(data)
        name = chance.choice(sorted(ways))
        names.append(name)
        data = ways[name](chance, data)
    return Mutation(given, " + ".join(names), seed, data)


def _ways(data: bytes) -> dict[str, Damage]:
    if not data.startswith(b"PK"):
        return _OF_BYTES if b"\x00" in data else {**_OF_BYTES, **_OF_TEXTS}
    try:
        _unpacked(data)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, ValueError, EOFError, OSError):
        return _OF_BYTES
    return {**_OF_BYTES, **_OF_PACKAGES}


# --- bytes


def _flip(chance: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 3, 30))):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _truncate(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _block(chance: random.Random, data: bytes) -> tuple[int, int]:
    start = chance.randrange(len(data) + 1)
    return start, min(len(data), start + chance.randrange(1, _MOST_OF_A_BLOCK))


def _remove_block(chance: random.Random, data: bytes) -> bytes:
    start, end = _block(chance, data)
    return data[:start] + data[end:]


def _repeat_block(chance: random.Random, data: bytes) -> bytes:
    start, end = _block(chance, data)
    return data[:end] + data[start:end] * chance.choice((1, 1, 20)) + data[end:]


def _zero_block(chance: random.Random, data: bytes) -> bytes:
    start, end = _block(chance, data)
    return data[:start] + b"\x00" * (end - start) + data[end:]


def _fill_word(chance: random.Random, data: bytes) -> bytes:
    """Four bytes that a format may take for a length or an offset."""
    start = chance.randrange(len(data) + 1)
    word = chance.choice(
        (b"\xff" * 4, b"\xfe\xff\xff\xff", b"\x00" * 4, b"\x01\x00\x00\x00", b"\xff\xff\xff\x7f")
    )
    return data[:start] + word + data[start + 4 :]


_OF_BYTES: dict[str, Damage] = {
    "bits flipped": _flip,
    "cut off": _truncate,
    "a block removed": _remove_block,
    "a block repeated": _repeat_block,
    "a block of zeros": _zero_block,
    "a word overwritten": _fill_word,
}


# --- packages


def _unpacked(data: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(info.filename, archive.read(info)) for info in archive.infolist()]


def _swap_entries(chance: random.Random, data: bytes) -> bytes:
    entries = _unpacked(data)
    one, other = chance.randrange(len(entries)), chance.randrange(len(entries))
    (name, content), (other_name, other_content) = entries[one], entries[other]
    entries[one], entries[other] = (name, other_content), (other_name, content)
    return zip_as_listed(entries)


def _duplicate_entry(chance: random.Random, data: bytes) -> bytes:
    entries = _unpacked(data)
    name, content = chance.choice(entries)
    entries.append((chance.choice((name, name.upper(), f"./{name}", f"{name} ", f"copia/{name}")), content))
    return zip_as_listed(entries)


def _empty_entry(chance: random.Random, data: bytes) -> bytes:
    entries = _unpacked(data)
    at = chance.randrange(len(entries))
    entries[at] = (entries[at][0], b"")
    return zip_as_listed(entries)


def _remove_entry(chance: random.Random, data: bytes) -> bytes:
    entries = _unpacked(data)
    entries.pop(chance.randrange(len(entries)))
    return zip_as_listed(entries)


def _rename_entry(chance: random.Random, data: bytes) -> bytes:
    entries = _unpacked(data)
    at = chance.randrange(len(entries))
    name, content = entries[at]
    entries[at] = (chance.choice((f"../{name}", name.upper(), "x.csv", f"{name}.txt", "/" + name)), content)
    return zip_as_listed(entries)


def _inside(way: Damage) -> Damage:
    """Damage to the content of one entry, in a package that is whole."""

    def damaged(chance: random.Random, data: bytes) -> bytes:
        entries = _unpacked(data)
        at = chance.randrange(len(entries))
        name, content = entries[at]
        entries[at] = (name, way(chance, content))
        return zip_as_listed(entries)

    return damaged


_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')
_ELEMENT = re.compile(rb"<([\w:]+)[^<>]*/>|<([\w:]+)[^<>]*>[^<>]*</\2>")
_CONTENT = re.compile(rb">([^<>]+)<")


def _some_of(chance: random.Random, pattern: re.Pattern[bytes], data: bytes) -> list[re.Match[bytes]]:
    """One to ten of the places that match, the last first, so that one can be replaced after the other."""
    found = list(pattern.finditer(data))
    few = chance.sample(found, min(len(found), chance.choice((1, 1, 3, 10))))
    return sorted(few, key=lambda match: match.start(), reverse=True)


def _change_attributes(chance: random.Random, data: bytes) -> bytes:
    for match in _some_of(chance, _ATTRIBUTE, data):
        value = chance.choice(_ODD_VALUES).encode()
        data = data[: match.start(2)] + value + data[match.end(2) :]
    return data


def _remove_attributes(chance: random.Random, data: bytes) -> bytes:
    for match in _some_of(chance, _ATTRIBUTE, data):
        data = data[: match.start()] + data[match.end() :]
    return data


def _change_contents(chance: random.Random, data: bytes) -> bytes:
    for match in _some_of(chance, _CONTENT, data):
        data = data[: match.start(1)] + chance.choice(_ODD_VALUES).encode() + data[match.end(1) :]
    return data


def _remove_elements(chance: random.Random, data: bytes) -> bytes:
    for match in _some_of(chance, _ELEMENT, data):
        data = data[: match.start()] + data[match.end() :]
    return data


def _repeat_elements(chance: random.Random, data: bytes) -> bytes:
    for match in _some_of(chance, _ELEMENT, data):
        data = data[: match.end()] + match[0] * chance.choice((1, 50)) + data[match.end() :]
    return data


# --- text files


def _shuffle_lines(chance: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines)


def _repeat_lines(chance: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    at = chance.randrange(len(lines) + 1)
    return b"".join([*lines[:at], *lines[at : at + 3] * chance.choice((2, 20)), *lines[at + 3 :]])


def _change_encoding(chance: random.Random, data: bytes) -> bytes:
    return data.decode("latin-1").encode(
        chance.choice(("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-7"))
    )


def _change_separator(chance: random.Random, data: bytes) -> bytes:
    one, other = chance.sample((b";", b",", b"\t", b"|", b'"', b"\n", b"\r", b"."), 2)
    return data.replace(one, other, chance.choice((1, 5, -1)))


_CELL = re.compile(rb"[^;,\t|\r\n]+")


def _change_cells(chance: random.Random, data: bytes) -> bytes:
    for match in _some_of(chance, _CELL, data):
        data = data[: match.start()] + chance.choice(_ODD_VALUES).encode() + data[match.end() :]
    return data


_OF_TEXTS: dict[str, Damage] = {
    "lines shuffled": _shuffle_lines,
    "lines repeated": _repeat_lines,
    "another encoding": _change_encoding,
    "another separator": _change_separator,
    "odd cells": _change_cells,
}
_OF_XML: dict[str, Damage] = {
    "odd attributes": _change_attributes,
    "attributes removed": _remove_attributes,
    "odd contents": _change_contents,
    "elements removed": _remove_elements,
    "elements repeated": _repeat_elements,
}
_OF_PACKAGES: dict[str, Damage] = {
    "entries swapped": _swap_entries,
    "an entry twice": _duplicate_entry,
    "an entry emptied": _empty_entry,
    "an entry removed": _remove_entry,
    "an entry renamed": _rename_entry,
    **{f"{name} inside": _inside(way) for name, way in {**_OF_XML, **_OF_TEXTS, **_OF_BYTES}.items()},
}
