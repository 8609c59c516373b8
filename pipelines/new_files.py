"""Files that a command writes for a person to go on with: each whole, and none over one that is there.

Lives here: writing several files that belong together, or none of them.
Must not live here: what they hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipelines.annotating import write_whole
from pipelines.refusals import WrongUsageError


def write_new(files: Mapping[Path, str]) -> tuple[Path, ...]:
    """Write texts as UTF-8, the first of them last: where it is, the others are. Gives their paths, in order.

    Raises WrongUsageError, and writes nothing, where one of them is there already; OSError.
    """
    for path in files:
        if path.exists():
            raise WrongUsageError(f"«{path}» c'è già: lo sposti, o indichi un altro posto con --out.")
    for path in reversed(list(files)):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, files[path].encode())
    return tuple(files)
