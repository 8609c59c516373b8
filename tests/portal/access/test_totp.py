"""One-time codes: those of RFC 6238, a step around, a picture for a strict page; the key they rest on."""

from __future__ import annotations

import base64
import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree as ET

import pytest

from pipelines.portal.access import totp
from pipelines.portal.access.key import PortalKey, load_key
from pipelines.refusals import WrongUsageError

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(1111111111, "050471"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_the_codes_of_the_standard_are_right_within_a_step(seconds: int, code: str) -> None:
    at = dt.datetime.fromtimestamp(seconds, dt.UTC)
    step = seconds // 30
    moments = {shift: at + dt.timedelta(seconds=30 * shift) for shift in range(-2, 3)}
    assert {shift: totp.step_of(RFC_SECRET, code, moment) for shift, moment in moments.items()} == {
        -2: None,
        -1: step,
        0: step,
        1: step,
        2: None,
    }


@pytest.mark.parametrize("typed", ["", "28708", "2870822", "28708a", "٢٨٧٠٨٢", "-287082", "\udcff"])
def test_what_is_no_code_is_of_no_step(typed: str) -> None:
    assert totp.step_of(RFC_SECRET, typed, dt.datetime.fromtimestamp(59, dt.UTC)) is None


def test_spaces_within_a_code_do_not_matter() -> None:
    assert totp.step_of(RFC_SECRET, " 287 082 ", dt.datetime.fromtimestamp(59, dt.UTC)) == 1


def test_a_secret_is_the_accounts_the_salts_and_the_keys() -> None:
    key, salt = PortalKey(b"k" * 32), b"s" * 16
    secrets = [
        totp.secret_of(key, 1, salt),
        totp.secret_of(key, 2, salt),
        totp.secret_of(key, 1, b"t" * 16),
        totp.secret_of(PortalKey(b"l" * 32), 1, salt),
    ]
    assert len(set(secrets)) == 4
    assert totp.secret_of(key, 1, salt) == secrets[0]
    assert len(base64.b32decode(secrets[0])) == 20


def test_the_picture_holds_no_style_and_no_script() -> None:
    uri = totp.provisioning_uri(RFC_SECRET, "ada@comune.example")
    address = urlsplit(uri)
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    given = parse_qs(address.query)
    assert (given["secret"], given["issuer"]) == ([RFC_SECRET], ["regia LgNet"])
    kind, _, data = totp.qr_picture(uri).partition(",")
    assert kind == "data:image/svg+xml;charset=utf-8"
    picture = unquote(data)
    root = ET.fromstring(picture)
    assert root.tag == "{http://www.w3.org/2000/svg}svg", "without its namespace no browser shows it"
    assert root.attrib == {"viewBox": root.attrib["viewBox"]}
    assert not re.search(r"style|script|\son\w+=|href", picture)
    assert totp.qr_picture(uri) != totp.qr_picture(uri + "x")


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "home" / "portal.key"
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: load_key(path).secret, range(16)))
    assert keys == {path.read_bytes()}
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["portal.key"]
    assert load_key(tmp_path / "other.key").secret not in keys


def test_a_damaged_key_is_refused_and_left(tmp_path: Path) -> None:
    path = tmp_path / "portal.key"
    path.write_bytes(b"short")
    with pytest.raises(WrongUsageError, match=r"portal\.key è danneggiata"):
        load_key(path)
    assert path.read_bytes() == b"short"
