"""Files that people asked for: there whole, or not at all.

Lives here: writing beside the place, and taking it in one step.
Must not live here: what the files hold; what regia keeps for itself (`pipelines.home`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pipelines.refusals import WrongUsageError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A place beside `path` to write to, that takes its place when all went well.

    Raises OSError, which names the file itself.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield unfinished
        unfinished.replace(path)
    except OSError as error:
        if error.filename != str(unfinished):
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        unfinished.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all. Raises OSError, which names it."""
    with whole_file(path) as unfinished:
        unfinished.write_bytes(content)


def refuse_taken(path: Path) -> None:
    """Raise WrongUsageError where a file is there already."""
    if path.exists():
        raise WrongUsageError(f"«{path}» c'è già e non viene sovrascritto: indichi un altro posto con --out.")


def write_new(files: Mapping[Path, str]) -> tuple[Path, ...]:
    """Write texts as UTF-8, the first of them last: where it is, the others are. Gives their paths, in order.

    Raises WrongUsageError, and writes nothing, where one of them is there already; OSError.
    """
    for path in files:
        refuse_taken(path)
    for path in reversed(list(files)):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, files[path].encode())
    return tuple(files)
