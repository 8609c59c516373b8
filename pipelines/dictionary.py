"""The data dictionary in HOME/reports/, kept in step with what is published.

Lives here: when it is written.
Must not live here: what stands in it (`reports.dictionary`).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from pipelines.bulletins import code_of_reports
from pipelines.home import Home
from pipelines.writing import write_whole
from schemas.contract import Edition
from warehouse.making import published_fingerprints


def dictionary_path(home: Home, edition: Edition) -> Path:
    """Where it lies."""
    return home.reports(edition.slug) / "dictionary.html"


def write_dictionary(home: Home, edition: Edition) -> Path:
    """Write the dictionary, unless the one that is there says what is published."""
    from reports.dictionary import dictionary_html

    path = dictionary_path(home, edition)
    if is_behind(home, edition):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, dictionary_html(edition, _made_from(edition)).encode())
    return path


def is_behind(home: Home, edition: Edition) -> bool:
    """Whether it is not there, or was made from other tables, another contract or another template."""
    try:
        with dictionary_path(home, edition).open(encoding="utf-8") as lines:
            return _made_from(edition) not in lines.readline() + lines.readline()
    except FileNotFoundError:
        return True


def _made_from(edition: Edition) -> str:
    told = " ".join(f"{part} {made}" for part, made in sorted(published_fingerprints(edition).items()))
    return hashlib.sha256(f"{told} {code_of_reports()}".encode()).hexdigest()
