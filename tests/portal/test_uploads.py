"""A form is read within limits and in memory: not one byte of a file touches the disk."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Iterable, Sequence

import pytest
from starlette.requests import Request

from pipelines.portal.uploads import UploadError, UploadLimits, files_of
from sources.reading.reader import SourceFile
from tests.portal.homes import file_of

BOUNDARY = "----limite"
Part = tuple[str, str | None, bytes]
"""Name of the field, name of the file, content."""


def form(*parts: Part) -> bytes:
    body = b""
    for name, file_name, content in parts:
        said = f'form-data; name="{name}"' + (f'; filename="{file_name}"' if file_name is not None else "")
        body += f"--{BOUNDARY}\r\nContent-Disposition: {said}\r\n\r\n".encode() + content + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode()


def read(
    chunks: Iterable[bytes | None],
    limits: UploadLimits | None = None,
    *,
    length: int | None = None,
    content_type: str = f"multipart/form-data; boundary={BOUNDARY}",
) -> tuple[dict[str, str], Sequence[SourceFile], list[bytes]]:
    """What is read of a request's body, and the chunks that were asked for. None: nothing comes any more."""
    headers = [(b"content-type", content_type.encode())]
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    coming, asked = iter(chunks), []

    async def receive() -> dict[str, object]:
        try:
            chunk = next(coming)
        except StopIteration:
            return {"type": "http.request", "body": b"", "more_body": False}
        if chunk is None:
            await asyncio.sleep(60)
            return {"type": "http.disconnect"}
        if chunk == b"<gone>":
            return {"type": "http.disconnect"}
        asked.append(chunk)
        return {"type": "http.request", "body": chunk, "more_body": True}

    request = Request({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive)
    try:
        fields, files = asyncio.run(files_of(request, limits))
    except UploadError as error:
        error.asked = asked  # type: ignore[attr-defined]
        raise
    return dict(fields), files, asked


def code_of(chunks: Iterable[bytes | None], limits: UploadLimits | None = None, **said: object) -> str:
    with pytest.raises(UploadError) as refused:
        read(chunks, limits, **said)  # type: ignore[arg-type]
    return refused.value.code


@pytest.mark.parametrize("size", [1, 7, 4096, 1 << 20])
def test_fields_and_files_in_whatever_pieces_they_come(size: int) -> None:
    torino, note = file_of("genova"), "Perché sì, davvero"
    body = form(
        ("csrf", None, b"abc"), ("nota", None, note.encode()), ("file", torino.name, torino.data),
        ("file", "", b""), ("file", "vuoto.csv", b""), ("nota", None, note.upper().encode()),
    )  # fmt: skip
    body = body[:40_000] if size == 1 and len(body) > 400_000 else body
    fields, files, _ = read(body[at : at + size] for at in range(0, len(body), size))
    assert fields == {"csrf": "abc", "nota": note.upper()}
    assert files == (torino, SourceFile("vuoto.csv", b""))


def test_a_name_loses_its_folders() -> None:
    names = ("settimana 42/milano/accessi.csv", "C:\\Utenti\\anna\\scheda.xlsx", "../../etc/passwd")
    _, files, _ = read([form(*(("file", name, b"x") for name in names))])
    assert [file.name for file in files] == ["accessi.csv", "scheda.xlsx", "passwd"]


def test_nothing_touches_the_disk() -> None:
    """Eight megabytes of a file, while this process can write none."""
    body = form(("file", "grande.xlsx", b"x" * (8 << 20)))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        _, files, _ = read(body[at : at + 65536] for at in range(0, len(body), 65536))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert len(files[0].data) == 8 << 20


SMALL = UploadLimits(files=2, file_size=1000, total=3000, fields=2, field_size=100, seconds=5)


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([("file", "a", b"x" * 1001)], "file_too_large"),
        ([("file", name, b"x") for name in "abc"], "too_many_files"),
        ([(name, None, b"x") for name in "abc"], "too_many_fields"),
        ([("nota", None, b"x" * 101)], "text_too_long"),
        ([("file", "a", b"x" * 999), ("file", "b", b"x" * 999), ("n", None, b"")], None),
    ],
)
def test_limits(parts: list[Part], code: str | None) -> None:
    body = form(*parts)
    if code is None:
        assert len(read([body], SMALL)[1]) == 2
    else:
        assert code_of([body[at : at + 50] for at in range(0, len(body), 50)], SMALL) == code


def test_a_form_that_says_it_is_too_large_is_not_even_read() -> None:
    with pytest.raises(UploadError) as refused:
        read([b"x" * 10], SMALL, length=3001)
    assert refused.value.code == "too_large"
    assert refused.value.asked == []  # type: ignore[attr-defined]


def test_one_that_lies_is_read_no_further_than_the_limit() -> None:
    with pytest.raises(UploadError) as refused:
        read((b"--" + BOUNDARY.encode() + b"x" * 998 for _ in range(1000)), SMALL, length=10)
    assert refused.value.code in ("too_large", "not_a_form")
    assert len(refused.value.asked) <= 4  # type: ignore[attr-defined]


def test_a_preamble_without_end_is_refused() -> None:
    assert code_of(([b"\r\n" * 500] * 100), SMALL) in ("too_large", "not_a_form")


def test_what_is_no_form() -> None:
    assert code_of([b"{}"], content_type="application/json") == "not_a_form"
    assert code_of([b"a"], content_type="multipart/form-data") == "not_a_form"
    assert code_of([b"niente"]) == "not_a_form"
    nameless = f"--{BOUNDARY}\r\nContent-Disposition: form-data\r\n\r\nx\r\n--{BOUNDARY}--\r\n".encode()
    assert code_of([nameless]) == "not_a_form"


def test_what_breaks_off_is_not_taken() -> None:
    body = form(("file", "a.csv", b"a;b\n1;2\n"))
    assert code_of([body[:-20]]) == "cut_off"
    assert code_of([body[:-20], b"<gone>"]) == "cut_off"
    assert code_of([]) == "cut_off"


def test_who_sends_too_slowly_is_not_waited_for() -> None:
    assert code_of([b"--", None], UploadLimits(seconds=0.1)) == "too_slow"
