"""What a command refuses to begin with, told to the person in one sentence.

Lives here: the error that ends a command with status 2.
Must not live here: verdicts on returns; those are results, not errors.
"""

from __future__ import annotations


class WrongUsageError(Exception):
    """The command was asked for something that cannot be: what, and what to do (in Italian)."""
