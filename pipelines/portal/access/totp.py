"""Second factors: codes that change every thirty seconds (RFC 6238), and recovery codes.

Lives here: secrets, their picture, which step a code is of, recovery codes.
Must not live here: whose they are, and what was used (`pipelines.portal.store.second_factors`).

No secret is kept anywhere: it is derived from the installation's key and a random salt in the account's row.
The database alone (a backup, a leaked file) gives no code; the key alone gives none either.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import secrets

import pyotp
import segno
from pyotp.exceptions import OTPVerificationError

from pipelines.portal.access.key import PortalKey

ISSUER = "regia LgNet"
_SECRET_BYTES = 20  # RFC 4226: 160 bits
_SALT_BYTES = 16
_WINDOW_STEPS = 1
_RECOVERY_CODES = 10
_RECOVERY_BYTES = 10  # 80 bits: sixteen letters


def new_salt() -> bytes:
    """What makes a secret this account's, and another one each time it is set up."""
    return secrets.token_bytes(_SALT_BYTES)


def salt_of(mark: str) -> bytes:
    """The salt that goes with a mark that nobody can guess: what one session is offered, no other one is."""
    return hashlib.sha256(f"second factor {mark}".encode()).digest()[:_SALT_BYTES]


def secret_of(key: PortalKey, account_id: int, salt: bytes) -> str:
    """The secret that the person's device holds, in base32."""
    derived = key.derive("totp", account_id.to_bytes(8, "big") + salt)
    return base64.b32encode(derived[:_SECRET_BYTES]).decode()


def provisioning_uri(secret: str, account_name: str) -> str:
    """The otpauth:// address that an authenticator app reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=account_name, issuer_name=ISSUER)


def qr_picture(uri: str) -> str:
    """The address as a QR code: a `data:` address for an image, dark on white whatever is around."""
    return segno.make_qr(uri, error="m").svg_data_uri(
        omitsize=True, svgclass=None, lineclass=None, light="#fff"
    )


def step_of(secret: str, code: str, at: dt.datetime) -> int | None:
    """The step of thirty seconds that a code is of: the present, the last or the next; else None."""
    digits = code.replace(" ", "")
    if not (digits.isascii() and digits.isdigit()):
        return None
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(digits, for_time=at, valid_window=_WINDOW_STEPS)
    except OTPVerificationError:
        return None


def new_recovery_codes() -> tuple[str, ...]:
    """Ten codes of four times four letters and digits, to be shown once."""
    return tuple(_recovery_code() for _ in range(_RECOVERY_CODES))


def _recovery_code() -> str:
    letters = base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().lower()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def kept_recovery_code(code: str) -> bytes:
    """What the database holds of a recovery code; hyphens, spaces and case do not matter."""
    typed = "".join(letter for letter in code.casefold() if letter.isalnum())
    return hashlib.sha256(typed.encode("utf-8", "surrogatepass")).digest()
