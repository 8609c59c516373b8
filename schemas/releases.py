"""What a release says of itself: its manifest.

Lives here: the model of `manifest.json` and its bytes.
Must not live here: making a release (`pipelines.releases`), or the act that it was made by (`schemas.acts`).
"""

from __future__ import annotations

import hashlib
import json

from pydantic import AwareDatetime, Field

from schemas.acts import Sha256
from schemas.contract import Quarter, Slug, Text, Week
from schemas.tables import Entry

MANIFEST = "manifest.json"
NOTES = "NOTE.md"


class ReleasedFile(Entry):
    """A file of a release. table, rows: of a published table, as Parquet."""

    name: Text
    table: str | None = None
    rows: int | None = None
    size: int = Field(ge=0)
    sha256: Sha256


class Manifest(Entry):
    """What a release holds, and what it was made with; `contract` and `rules`: their SHA-256."""

    edition: Slug
    quarter: Quarter
    release: int = Field(ge=1)
    frozen_at: AwareDatetime
    frozen_by: Text
    note: str = ""
    first_week: Week
    last_week: Week
    contract: Sha256
    rules: Sha256
    made_with: Text
    files: tuple[ReleasedFile, ...]

    def content(self) -> bytes:
        """The bytes of `manifest.json`."""
        document = self.model_dump(mode="json")
        return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"

    @property
    def sha256(self) -> str:
        """By which an act knows the release."""
        return hashlib.sha256(self.content()).hexdigest()

    def figures(self) -> dict[str, str]:
        """The SHA-256 of each table that holds figures or says how they were answered."""
        return {file.table: file.sha256 for file in self.files if file.table not in (None, "submissions")}
