"""Puts the pinned uv, checked by its sha256, at the path given: the tool that reads uv.lock.

Lives here: which uv this project uses, where it is fetched from, how it is checked.
Must not: import anything outside the standard library, or be imported: the Makefile runs it with any python3.
"""

import base64
import hashlib
import html
import http.client
import io
import json
import os
import platform
import re
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path

UV_VERSION = "0.13.9"
# To move to another uv: change the version, take the digests from the index, then `make lock`.
WHEELS = {
    ("linux", "x86_64", "glibc"): (
        "py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64",
        "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",
    ),
    ("linux", "x86_64", "musl"): (
        "py3-none-musllinux_1_1_x86_64",
        "2c45530751517d6c3bbc69a19473f6effe47cce047bede01ffd8af7ea7b36b25",
    ),
    ("linux", "aarch64", "glibc"): (
        "py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
        "5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe",
    ),
    ("linux", "aarch64", "musl"): (
        "py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
        "5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe",
    ),
    ("darwin", "x86_64", ""): (
        "py3-none-macosx_10_12_x86_64",
        "c16ed11e013557536b3e60065f1b912f6407bd6518e041b961e23ef9e6b4fbf5",
    ),
    ("darwin", "arm64", ""): (
        "py3-none-macosx_11_0_arm64",
        "66c512266d633bef48384a1f53003f41f2a8e7b36fe6e7fbfd3e0fd52d96fa63",
    ),
}
DEFAULT_INDEX = "https://pypi.org/simple"
INDEX_VARIABLES = ("UV_DEFAULT_INDEX", "PIP_INDEX_URL")
# Where systems keep their trust store, for a Python that was built to look elsewhere.
SYSTEM_TRUST_STORES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
)
TRIES = 3
TIMEOUT_SECONDS = 60


class BootstrapError(Exception):
    """What went wrong and what to do, in one line."""


def main() -> int:
    """Bring the uv at the path given to the pinned version; say so only when there was something to do."""
    if len(sys.argv) != 2:
        print("usage: python3 deploy/bootstrap_uv.py PATH_OF_UV", file=sys.stderr)
        return 2
    target = Path(sys.argv[1])
    try:
        if installed_version(target) != UV_VERSION:
            print(f"fetching uv {UV_VERSION} ...", flush=True)
            write_binary(target, binary_in_wheel(fetch_wheel()))
            check_runs(target)
    except BootstrapError as error:
        print(f"bootstrap_uv: {error}", file=sys.stderr)
        return 1
    return 0


def installed_version(uv: Path) -> "str | None":
    """Return the version of the uv at this path; None when there is none that runs."""
    try:
        answer = subprocess.run([str(uv.absolute()), "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.match(r"uv (\S+)", answer.stdout)
    return found.group(1) if found else None


def fetch_wheel() -> bytes:
    """Return this platform's wheel, from whichever index is set, only if it is the pinned one."""
    tag, digest = wheel_of_this_platform()
    file_name = f"uv-{UV_VERSION}-{tag}.whl"
    page_url = f"{index_url()}/uv/"
    page = fetch(page_url, "application/vnd.pypi.simple.v1+json, text/html;q=0.5")
    wheel_url = url_on_page(file_name, page_url, page)
    wheel = fetch(wheel_url, "*/*")
    found = hashlib.sha256(wheel).hexdigest()
    if found != digest:
        raise BootstrapError(f"{file_name} has sha256 {found}, but {digest} is pinned: it was not installed")
    return wheel


def wheel_of_this_platform() -> "tuple[str, str]":
    """Return the tag of the wheel for this machine and its sha256."""
    system = sys.platform
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    libc = "" if system != "linux" else "glibc" if platform.libc_ver()[0] == "glibc" else "musl"
    try:
        return WHEELS[system, machine, libc]
    except KeyError:
        here = " ".join(filter(None, (system, machine, libc)))
        raise BootstrapError(
            f"no uv is pinned for {here}: install uv {UV_VERSION} yourself and call make with UV=uv"
        ) from None


def index_url() -> str:
    """Return the package index to ask: the one set for uv or for pip, else the Python package index."""
    set_here = (os.environ.get(variable, "").strip() for variable in INDEX_VARIABLES)
    chosen = next(filter(None, set_here), DEFAULT_INDEX)
    # uv lets an index have a name before its address: NAME=URL.
    return re.sub(r"^[\w.-]+=(?=\w+://)", "", chosen).rstrip("/")


def url_on_page(file_name: str, page_url: str, page: bytes) -> str:
    """Return the address that an index page, JSON or (older mirrors) HTML, gives for a file."""
    try:
        links = [(entry["filename"], entry["url"]) for entry in json.loads(page)["files"]]
    except (ValueError, KeyError, TypeError):
        hrefs = re.findall(r'href\s*=\s*["\']([^"\'#]+)', page.decode("utf-8", "replace"))
        links = [(urllib.parse.unquote(href.rsplit("/", 1)[-1]), href) for href in map(html.unescape, hrefs)]
    for name, link in links:
        if name == file_name:
            return urllib.parse.urljoin(page_url, link)
    raise BootstrapError(f"{without_credentials(page_url)[0]} does not list {file_name}")


def fetch(url: str, accept: str) -> bytes:
    """Return what an address answers, tried again after a network error but not after a refusal."""
    address, credentials = without_credentials(url)
    for tries_left in reversed(range(TRIES)):
        try:
            request = urllib.request.Request(address, headers={"Accept": accept, **credentials})
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS, context=trust_store()) as answer:
                return bytes(answer.read())
        except (OSError, ValueError, http.client.HTTPException) as error:
            if not tries_left or is_final(error):
                raise BootstrapError(f"could not fetch {address}: {what_happened(error)}") from error
            time.sleep(1)
    raise AssertionError("the last try returns or raises")


def without_credentials(url: str) -> "tuple[str, dict[str, str]]":
    """Return an address without the user and password in it, and the header that says them instead."""
    found = re.match(r"(\w+://)([^/@]+)@(.*)", url)
    if not found:
        return url, {}
    scheme, credentials, rest = found.groups()
    encoded = base64.b64encode(urllib.parse.unquote(credentials).encode()).decode()
    return scheme + rest, {"Authorization": f"Basic {encoded}"}


def trust_store() -> ssl.SSLContext:
    """Return a context that trusts SSL_CERT_FILE or SSL_CERT_DIR where set, else the system's store."""
    context = ssl.create_default_context()
    paths = ssl.get_default_verify_paths()
    is_set_here = paths.openssl_cafile_env in os.environ or paths.openssl_capath_env in os.environ
    if not is_set_here and paths.cafile is None and paths.capath is None:
        for store in filter(os.path.exists, SYSTEM_TRUST_STORES):
            context.load_verify_locations(store)
            break
    return context


def is_final(error: Exception) -> bool:
    """Tell whether trying again would give the same: refused, wrong address, not trusted."""
    is_refusal = isinstance(error, urllib.error.HTTPError) and error.code < 500
    return is_refusal or is_trust_error(error) or isinstance(error, (ValueError, http.client.InvalidURL))


def is_trust_error(error: Exception) -> bool:
    """Tell whether the certificate of the index was not trusted here."""
    return isinstance(getattr(error, "reason", error), ssl.SSLCertVerificationError)


def what_happened(error: Exception) -> str:
    """Return why a download failed, and the advice that fits it."""
    if is_trust_error(error):
        advice = "Install the package ca-certificates, or let SSL_CERT_FILE name your certificates"
    else:
        advice = "Check the network and https_proxy, or let UV_DEFAULT_INDEX name an index you can reach"
    is_answer = isinstance(error, urllib.error.HTTPError)
    return f"{error if is_answer else getattr(error, 'reason', error)}. {advice}"


def binary_in_wheel(wheel: bytes) -> bytes:
    """Return the uv program that a wheel carries."""
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        return archive.read(f"uv-{UV_VERSION}.data/scripts/uv")


def write_binary(target: Path, binary: bytes) -> None:
    """Put the program in place whole or not at all: another make may be looking for it."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=str(target.parent), prefix="uv.part-")
        part = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(binary)
                file.flush()
                os.fsync(file.fileno())
            part.chmod(0o755)
            part.replace(target)
        finally:
            if part.exists():
                part.unlink()
    except OSError as error:
        raise BootstrapError(f"could not write {target}: {error}") from error


def check_runs(target: Path) -> None:
    """Refuse a uv that this machine cannot start (a folder mounted noexec, for one)."""
    if installed_version(target) != UV_VERSION:
        raise BootstrapError(f"{target} was written but does not run here: is its folder mounted noexec?")


if __name__ == "__main__":
    sys.exit(main())
