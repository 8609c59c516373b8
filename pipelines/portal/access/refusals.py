"""What accounts and passwords refuse, as codes that pages and the command line say in their own languages.

Lives here: the codes, each with what it means.
Must not live here: sentences.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

AccessCode = Literal[
    "account_unknown",  # no account has this name or number
    "account_disabled",  # the account was disabled by an administrator
    "name_malformed",  # not an e-mail address, nor 3 to 64 letters, digits, dots, hyphens and low lines
    "name_taken",  # another account signs in with it
    "shown_name_malformed",  # blank, longer than 100 characters, or with characters that do not print
    "city_missing",  # an account of a city without its city
    "city_not_for_role",  # a city for a role that belongs to none
    "invitation_unknown",  # never given, used already, or withdrawn
    "invitation_expired",  # given more than seven days ago
    "password_wrong",  # the present password, asked for before a change
    "password_too_short",
    "password_too_long",
    "password_common",  # among those that are tried first
    "password_has_name",  # it holds what one signs in with
    "second_factor_missing",  # a code was asked for where none was set up, or offered
]


class AccessError(Exception):
    """Something about an account that cannot be; `code` says what."""

    def __init__(self, code: AccessCode) -> None:
        super().__init__(code)
        self.code: AccessCode = code


class TooManyAttemptsError(Exception):
    """Too much was tried: nothing more before `until`."""

    def __init__(self, until: dt.datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until
