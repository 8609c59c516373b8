"""Opening a zip whose every promise is checked before anything of it is read.

Lives here: names, places, sizes and checksums of entries; declarations that no spreadsheet writes.
Must not live here: formats, or what stands in an entry.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable

from sources.reading.refusal import RefusedError

MOST_ENTRIES = 20_000

ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    ValueError,
    struct.error,
)
"""What Python's reader raises on a zip that is not whole."""

_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
DOCUMENTS = (".xml", ".rels", ".vml", ".xhtml")
"""How the names of parts end that are XML."""
_LOCAL_HEADER = b"PK\x03\x04"
_LOCAL_HEADER_SIZE = 30
_TRICKS = re.compile(
    r"^[\\/]|^[A-Za-z]:|(?:^|[\\/])\.\.(?:[\\/]|$)"  # to other folders
    r"|[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"  # to deceive whoever reads the list
)
_CHUNK = 1 << 20


def open_archive(data: bytes, max_size: int) -> zipfile.ZipFile:
    """The archive, if its list of entries is one that a program writes.

    `max_size`: bytes that all entries together may announce. Raises RefusedError.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
        if len(entries) > MOST_ENTRIES or sum(info.file_size for info in entries) > max_size:
            raise RefusedError("too_large")
        if any(info.flag_bits & 0x1 for info in entries):
            raise RefusedError("encrypted")
        if any(_TRICKS.search(info.orig_filename) for info in entries):
            raise RefusedError("unsafe_archive", "names")
        if len({_plain_name(info.filename) for info in entries}) < len(entries):
            raise RefusedError("unsafe_archive", "a name twice")
        _refuse_overlaps(data, entries)
    except ZIP_ERRORS as error:
        raise RefusedError("truncated", str(error)) from error
    return archive


def _plain_name(name: str) -> str:
    """What two readers could take for the same name."""
    return name.replace("\\", "/").removeprefix("./").lower()


def _refuse_overlaps(data: bytes, entries: Iterable[zipfile.ZipInfo]) -> None:
    """Each entry has bytes of its own: a bomb lets thousands of entries share the same ones."""
    end = 0
    for info in sorted(entries, key=lambda info: info.header_offset):
        start = info.header_offset
        if start < 0 or data[start : start + 4] != _LOCAL_HEADER:
            raise RefusedError("truncated", "no entry where one is announced")
        if start < end:
            raise RefusedError("unsafe_archive", "entries overlap")
        name, extra = struct.unpack_from("<HH", data, start + 26)
        end = start + _LOCAL_HEADER_SIZE + name + extra + info.compress_size


def refuse_unwhole(archive: zipfile.ZipFile, entries: Iterable[zipfile.ZipInfo]) -> None:
    """Each entry gives the bytes it announces, with the right checksum; XML declares no entities.

    Raises RefusedError.
    """
    for info in entries:
        if info.compress_type not in _COMPRESSIONS:
            raise RefusedError("unknown_format", "compression")
        is_document = info.filename.lower().endswith(DOCUMENTS)
        try:
            with archive.open(info) as stream:
                left = info.file_size
                while chunk := stream.read(_CHUNK):
                    left -= len(chunk)
                    if left < 0:
                        raise RefusedError("too_large")
                    if is_document and b"<!DOCTYPE" in chunk:
                        raise RefusedError("entities")
        except ZIP_ERRORS as error:
            raise RefusedError("truncated", str(error)) from error
