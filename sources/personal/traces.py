"""Where something personal was found, and what kind of thing it is: never the thing itself.

Lives here: the type that travels from the child process to the verdict.
Must not live here: any text of a file but the name of a sheet, and that only if the name is harmless.
"""

from __future__ import annotations

from typing import NamedTuple

MOST_TRACES = 1000
"""Of one file: it is refused whole, and nobody reads more."""


class Trace(NamedTuple):
    """One place of a file.

    what: a kind of identifier, or `person_column`. where: which part of a file (`cell`, `comment`,
    `sheet_name`, `property`, ...). sheet: its name, or `foglio 3` where the name is not to be said.
    detail: which property. file: which of the return's files, from 1.
    """

    what: str
    where: str
    sheet: str | None = None
    cell: str | None = None
    detail: str | None = None
    file: int = 1
