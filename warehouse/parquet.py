"""The published tables as Parquet: `published/<edition>/<table>/<part>.parquet`.

Lives here: what lies in the folders of the published tables, writing parts beside their places, and
putting them there. Any other folder is somebody else's.
Must not live here: which parts have something new, or what their rows are (`warehouse.publishing`).
"""

from __future__ import annotations

import filecmp
import json
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from schemas.fields import PUBLISHED_TABLES
from warehouse.files import building_of, make_lasting
from warehouse.parts import Part

_ENDING = ".parquet"
_BUILDING = f"{_ENDING}.building"


@dataclass(frozen=True)
class PartFiles:
    """The Parquet files of an edition, in a folder that has the name of the published file."""

    folder: Path

    @classmethod
    def beside(cls, published: Path) -> PartFiles:
        return cls(published.with_suffix(""))

    def place(self, part: Part) -> Path:
        """Where a part lies."""
        return self.folder / part.table / f"{part.name}{_ENDING}"

    def building(self, part: Part) -> Path:
        """Where a part is written before it takes its place."""
        return building_of(self.place(part))

    @property
    def _note(self) -> Path:
        """Names the parts that a run is about to change, for the next one if it dies meanwhile."""
        return self.folder.with_name(f".{self.folder.name}.unsettled")

    def sizes(self) -> dict[Part, int]:
        """Every part that lies there, with its size; also for who looks while a run changes them."""
        found = {}
        for folder, entry in self._entries():
            if entry.name.endswith(_ENDING) and not entry.name.startswith("."):
                with suppress(FileNotFoundError):  # gone since it was listed
                    found[Part(folder, entry.name.removesuffix(_ENDING))] = entry.stat().st_size
        return found

    def unsettled(self) -> frozenset[Part]:
        """The parts that a run was changing when it died."""
        try:
            named = json.loads(self._note.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return frozenset()
        return frozenset(Part(table, name) for table, name in named)

    def remove_unfinished(self) -> None:
        """Remove what a run that died, or was refused, wrote beside the places."""
        for folder, entry in self._entries():
            if entry.name.startswith(".") and entry.name.endswith(_BUILDING):
                (self.folder / folder / entry.name).unlink()

    def size_built(self, part: Part) -> int:
        return self.building(part).stat().st_size

    def is_changed(self, part: Part) -> bool:
        """Whether the part that was written is not, byte by byte, what lies in its place."""
        place = self.place(part)
        return not place.exists() or not filecmp.cmp(self.building(part), place, shallow=False)

    def change(self, built: Collection[Part], wanted: Mapping[Part, int]) -> None:
        """Put the parts that were written in place, and remove every part that is not wanted.

        A part whose bytes are the same stays as it is. Which parts change is noted before the first one
        does; `settle` forgets the note once the published file stands beside them.
        """
        changed = [part for part in sorted(built) if self.is_changed(part)]
        for part in sorted(set(built).difference(changed)):
            self.building(part).unlink()
        removed = sorted(self.sizes().keys() - wanted.keys())
        if not changed and not removed:
            return
        for part in changed:
            make_lasting(self.building(part))
        self._write_note([*changed, *removed])
        for part in changed:
            self.building(part).replace(self.place(part))
        for part in removed:
            self.place(part).unlink()
        for table in sorted({part.table for part in (*changed, *removed)}):
            folder = self.folder / table
            if any(folder.iterdir()):
                make_lasting(folder)
            else:
                folder.rmdir()
        make_lasting(self.folder)

    def settle(self) -> None:
        """Record that the parts are those of the published file."""
        self._note.unlink(missing_ok=True)

    def _write_note(self, parts: Collection[Part]) -> None:
        building = building_of(self._note)
        building.write_text(
            json.dumps(sorted([part.table, part.name] for part in {*parts, *self.unsettled()})),
            encoding="utf-8",
        )
        make_lasting(building)
        building.replace(self._note)
        make_lasting(self._note.parent)

    def _entries(self) -> Iterator[tuple[str, os.DirEntry[str]]]:
        """The files in the folders of tables, and in no other: an analyst may keep results beside them."""
        for folder in (self.folder / table.name for table in PUBLISHED_TABLES):
            if folder.is_symlink():
                continue
            try:
                with os.scandir(folder) as entries:
                    files = [entry for entry in entries if entry.is_file(follow_symlinks=False)]
            except (FileNotFoundError, NotADirectoryError):
                continue
            yield from ((folder.name, entry) for entry in files)
