"""How one portal is set up.

Lives here: its public address, whom people write to, how long and how much is allowed.
Must not live here: where state is kept (`pipelines.home`), or anything secret.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipelines.refusals import WrongUsageError

FORM_BYTES = 64 << 10
"""More than any form without files holds."""


_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")
_MAIL = re.compile(r"[^@\s<>?&]+@[^@\s<>?&]+")


@dataclass(frozen=True)
class Settings:
    """What the maintainers of one portal decide.

    public_url: scheme and host under which browsers see it, without a path. contact: an e-mail address to
    which people write when a page cannot be used. behind_proxy: whether the caller's address is told by a
    proxy in front (`X-Forwarded-For`, its last entry).
    """

    public_url: str
    contact: str
    behind_proxy: bool = False
    is_demo: bool = False

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.public_url)
        except ValueError:  # half of a bracket
            parts = urlsplit("")
        if (
            parts.scheme not in ("http", "https")
            or not _ADDRESS.fullmatch(parts.netloc)
            or parts.path not in ("", "/")
            or parts.query
            or parts.fragment
        ):
            raise WrongUsageError(
                f"«{self.public_url}» non è l'indirizzo di un portale: scriva per esempio "
                "https://regia.example.it."
            )
        if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
            raise WrongUsageError(
                "Fuori da questo computer il portale si apre solo con https: metta davanti un server che "
                "cifra e indichi con --public-url l'indirizzo https."
            )
        if not _MAIL.fullmatch(self.contact):
            raise WrongUsageError(
                f"«{self.contact}» non è un indirizzo e-mail: scriva per esempio aiuto@example.it."
            )

    @property
    def origin(self) -> str:
        """As browsers send it in `Origin`: in small letters, without the port that goes without saying."""
        parts = urlsplit(self.public_url)
        usual = {"http": ":80", "https": ":443"}[parts.scheme]
        return f"{parts.scheme}://{parts.netloc.lower().removesuffix(usual)}"

    def is_own(self, origin: str | None) -> bool:
        """Whether a form that comes from there comes from a page of ours.

        On one's own computer `localhost` and its addresses are the same place.
        """
        if origin is None:
            return False
        if origin == self.origin:
            return True
        try:
            own, other = urlsplit(self.origin), urlsplit(origin)
            return (
                _ADDRESS.fullmatch(other.netloc) is not None
                and is_loopback(own.hostname or "")
                and is_loopback(other.hostname or "")
                and (own.scheme, own.port) == (other.scheme, other.port)
            )
        except ValueError:  # no address at all, or no such port
            return False

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names under which browsers may ask for it."""
        host = urlsplit(self.public_url).hostname or ""
        return ("localhost", "127.0.0.1", "::1") if is_loopback(host) else (host,)

    @property
    def is_encrypted(self) -> bool:
        return urlsplit(self.public_url).scheme == "https"


def settings_of(
    host: str,
    port: int,
    public_url: str | None,
    contact: str | None,
    *,
    behind_proxy: bool,
    is_demo: bool,
) -> Settings:
    """The settings of a portal that listens at an address. Raises WrongUsageError.

    Open to others it must be told its public address and whom people write to; on this computer it need not.
    """
    if public_url is None:
        if not is_loopback(host):
            raise WrongUsageError(
                "Per aprirlo ad altri indichi con --public-url l'indirizzo https con cui lo vedono."
            )
        public_url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    settings = Settings(public_url, contact or _NOBODY, behind_proxy, is_demo)
    if contact is None and settings.is_encrypted:
        raise WrongUsageError(
            "Indichi con --contact un indirizzo e-mail: sta nella dichiarazione di accessibilità, e lì "
            "scrive chi non riesce a usare una pagina."
        )
    return settings


_NOBODY = "regia@localhost"
"""Whom people write to on their own computer."""


def is_loopback(host: str) -> bool:
    """Whether a host is this computer itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
