"""What a form sends: its fields and its files, read in memory within limits.

Lives here: reading a multipart body, and refusing one that is too large while it still comes.
Must not live here: what the files hold. Nothing here writes to a disk: a file may tell who a person is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from sources.reading.reader import Limits, SourceFile

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

Code = Literal[
    "too_large",
    "too_many_files",
    "file_too_large",
    "text_too_long",
    "too_many_fields",
    "not_a_form",
    "cut_off",
    "too_slow",
]


class UploadError(Exception):
    """A form that cannot be taken: why, as a code that pages put into words.

    most: how much there may be, of which there was too much: bytes of a size or a text, else how many.
    """

    def __init__(self, code: Code, most: int | None = None) -> None:
        super().__init__(code)
        self.code: Code = code
        self.most = most


@dataclass(frozen=True)
class UploadLimits:
    """What a form may hold. total: bytes of all, the form's own lines included."""

    files: int = 40
    file_size: int = Limits().size
    total: int = 2 * Limits().size
    fields: int = 100
    field_size: int = 20_000
    seconds: float = 300


async def files_of(
    request: Request, limits: UploadLimits | None = None
) -> tuple[Mapping[str, str], tuple[SourceFile, ...]]:
    """The fields of a multipart form by name (the last of several), and its files in the order given.

    A field for files that was left empty gives none. Of a name only what stands after the last slash is
    taken: browsers send folders too. Raises UploadError; one that says how long it is, is refused unread.
    """
    limits = limits or UploadLimits()
    kind, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise UploadError("not_a_form")
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said) > limits.total:
        raise UploadError("too_large", limits.total)
    form, came = _Form(limits), 0
    try:
        parser = MultipartParser(boundary, form.callbacks())
        async with asyncio.timeout(limits.seconds):
            async for chunk in request.stream():
                came += len(chunk)
                if came > limits.total:
                    raise UploadError("too_large", limits.total)
                parser.write(chunk)
        parser.finalize()
    except TimeoutError as error:
        raise UploadError("too_slow") from error
    except ClientDisconnect as error:
        raise UploadError("cut_off") from error
    except FormParserError as error:
        raise UploadError("not_a_form") from error
    if not form.is_whole:
        raise UploadError("cut_off")
    return form.fields, tuple(form.files)


@dataclass
class _Form:
    """A form while it is being read."""

    limits: UploadLimits
    fields: dict[str, str] = field(default_factory=dict)
    files: list[SourceFile] = field(default_factory=list)
    is_whole: bool = False
    _header: bytearray = field(default_factory=bytearray)
    _said: bytearray = field(default_factory=bytearray)
    _disposition: bytes = b""
    _name: str = ""
    _file_name: str | None = None
    _data: bytearray = field(default_factory=bytearray)
    _number_of_fields: int = 0

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._begin_part,
            "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._said.extend(data[start:end]),
            "on_header_end": self._end_header,
            "on_headers_finished": self._begin_data,
            "on_part_data": self._take,
            "on_part_end": self._end_part,
            "on_end": self._end,
        }

    def _begin_part(self) -> None:
        self._disposition = b""
        self._data = bytearray()

    def _end_header(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = bytes(self._said)
        self._header.clear()
        self._said.clear()

    def _begin_data(self) -> None:
        _, options = parse_options_header(self._disposition)
        if b"name" not in options:
            raise UploadError("not_a_form")
        self._name = _text(options[b"name"])
        given = options.get(b"filename")
        self._file_name = None if given is None else _text(given).replace("\\", "/").rsplit("/", 1)[-1]
        if self._file_name is None:
            self._number_of_fields += 1
            if self._number_of_fields > self.limits.fields:
                raise UploadError("too_many_fields", self.limits.fields)
        elif self._file_name and len(self.files) == self.limits.files:
            raise UploadError("too_many_files", self.limits.files)

    def _take(self, data: bytes, start: int, end: int) -> None:
        if self._file_name is None and len(self._data) + end - start > self.limits.field_size:
            raise UploadError("text_too_long", self.limits.field_size)
        if len(self._data) + end - start > self.limits.file_size:
            raise UploadError("file_too_large", self.limits.file_size)
        self._data += data[start:end]

    def _end_part(self) -> None:
        if self._file_name is None:
            self.fields[self._name] = _text(bytes(self._data))
        elif self._file_name or self._data:
            self.files.append(SourceFile(self._file_name or "file", bytes(self._data)))

    def _end(self) -> None:
        self.is_whole = True


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
