"""A layout drafted for a new file: its sheets, tables and words put together, and tried on the file itself.

Lives here: sorting sheets into covers, lists and tables, rules for the rows around them, trying the draft.
Must not live here: the shape of one table (`shape`), codes for labels (`naming`), files (`writing`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from schemas.addresses import column_letters
from schemas.contract import CITY_LEVEL, Edition
from schemas.weeks import IsoWeek
from sources.cells import Sheet, Workbook, is_blank
from sources.layouts.extract import read_return
from sources.layouts.library import KnownLayout
from sources.layouts.model import Layout, Word
from sources.layouts.outcome import Reading
from sources.layouts.rows import HeaderSeen, RowSeen, assigned_sheets, walk_rows
from sources.layouts.suggesting.cover import CoverDraft, general
from sources.layouts.suggesting.evidence import Entries, Group, literal
from sources.layouts.suggesting.figures import FigureWriting, figure_writing
from sources.layouts.suggesting.fingerprints import fingerprint_of
from sources.layouts.suggesting.knowledge import Knowledge
from sources.layouts.suggesting.naming import Naming, Seen, name_labels
from sources.layouts.suggesting.points import Points
from sources.layouts.suggesting.shape import Shape, Shaper
from sources.layouts.suggesting.sheetscan import Scan, is_figure
from sources.layouts.texts import folded, is_one_name, text_of
from sources.layouts.words import Vocabulary, build_vocabulary

_PARTS_FROM = 3
_REQUIRED_FACTS = {
    "body": "l'ente compilatore",
    "edition": "l'edizione",
    "week": "la settimana",
    "version": "la versione",
}


@dataclass(frozen=True)
class Draft:
    """A layout to be confirmed, its words, and what reading the same file by it gives."""

    layout: Layout
    words: tuple[Word, ...]
    unplaced: tuple[tuple[str, str, str], ...]
    """What, label, why."""
    reading: Reading

    def known(self, edition: Edition, *, only_sure: bool = False) -> KnownLayout:
        """The draft as a layout with its words, or with those alone that are not to be confirmed."""
        words = [word for word in self.words if not (only_sure and word.to_confirm)]
        return KnownLayout(self.layout, build_vocabulary(edition, words, None))


class NoShapeError(Exception):
    """The file holds nothing that looks like a table of figures with labels."""


def draft_layout(workbook: Workbook, knowledge: Knowledge, city: str, week: IsoWeek) -> Draft:
    """A layout for the city's file. NoShapeError where no table of figures is found in it."""
    return _Drafter(workbook, knowledge, city, week).run()


class _Drafter:
    """Puts one draft together."""

    def __init__(self, workbook: Workbook, knowledge: Knowledge, city: str, week: IsoWeek) -> None:
        self._workbook, self._knowledge, self._slug, self._week = workbook, knowledge, city, week
        self._edition = knowledge.edition
        self._city = self._edition.city(city)
        self._points = Points.of(self._edition, city, week, knowledge.terms.whole_city)
        self._cover = CoverDraft(knowledge.terms, self._city, self._edition.facts.code, week)
        self._notes: list[str] = []
        self._listed: dict[str, str] = {}
        self._city_level: set[str] = set()
        self._written: tuple[str, str] | None = None
        self._sheets: list[Entries] = []
        self._tables: dict[str, Entries] = {}
        self._has_days = self._has_weeks = False
        self._cover_sheet: Scan | None = None

    def run(self) -> Draft:
        """Draft, try on the file, mend what was left over, name the labels."""
        rest = self._place_covers(self._scans)
        rest = self._place_lists(rest)
        for group in self._groups(rest):
            self._place_group(group)
        if not any("columns" in table for table in self._tables.values()):
            raise NoShapeError
        self._name_body()
        layout = self._mended(self._layout({}))
        naming = name_labels(self._seen(layout), self._knowledge)
        self._note_missing(naming)
        layout = self._combined(layout)
        known = KnownLayout(layout, build_vocabulary(self._edition, naming.words, None))
        reading = read_return(self._workbook, known, self._edition, self._slug, self._week)
        return Draft(layout, naming.words, naming.unplaced, reading)

    # sheets

    def _scanned(self, sheet: Sheet) -> Scan:
        return Scan(sheet, lambda text: self._knowledge.nothing(text) is not None)

    def _place_covers(self, scans: Sequence[Scan]) -> list[Scan]:
        rest = []
        for scan in scans:
            if self._cover_sheet is None and len(scans) > 1 and self._cover.is_cover(scan):
                self._cover_sheet = scan
                rules = self._cover.rules(scan) + self._cover.nil_rules(scan, self._points.code_pattern)
                self._add_sheet({"names": [text_of(scan.sheet.name)]}, "copertina", {"rows": rules})
            else:
                rest.append(scan)
        return rest

    def _place_lists(self, scans: Sequence[Scan]) -> list[Scan]:
        """A sheet that gives each service point's code a short name of its own."""
        rest = []
        for scan in scans:
            found = self._list_of_points(scan)
            if found is None:
                rest.append(scan)
                continue
            name_column, code_column = found
            when = {column_letters(name_column): r"(?P<service_point>\d+)"}
            when[column_letters(code_column)] = "(?P<category>.+)"
            others = [c for c in range(scan.width) if c not in found and any(scan.counts(c))]
            when |= {column_letters(c): ".*" for c in others}
            rules = [{"when": when, "lists_service_points": True}]
            self._add_sheet({"names": [text_of(scan.sheet.name)]}, "elenco", {"rows": rules})
        return rest

    def _list_of_points(self, scan: Scan) -> tuple[int, int] | None:
        for column in range(scan.width):
            rows = [n for n in range(len(scan.sheet.rows)) if self._points.exact(scan.text(n, column))]
            codes = {scan.text(n, column) for n in rows}
            if len(codes) < len(rows) or len(codes) < 0.8 * len(self._points.roster):
                continue
            for other in range(scan.width):
                names = [scan.text(n, other) for n in rows]
                if (
                    other != column
                    and all(name.isdigit() for name in names)
                    and len(set(names)) == len(names)
                ):
                    given = (scan.text(n, column).upper() for n in rows)
                    self._listed = dict(zip(names, given, strict=True))
                    return other, column
        return None

    def _groups(self, scans: Sequence[Scan]) -> Iterator[Group]:
        """Sheets that one table reads: of one service point each, or with the same header."""
        named = [scan for scan in scans if self._point_of_name(scan.sheet.name)]
        if len(named) >= 2 and len(named) >= 0.5 * len(scans):
            start = self._points.prefix
            named = [scan for scan in scans if start and text_of(scan.sheet.name).upper().startswith(start)]
            yield Group(tuple(named), (), by_name=True)
        else:
            named = []
        left = [scan for scan in scans if not any(scan is one for one in named)]
        found: dict[tuple[str, ...], list[Scan]] = {}
        for scan in left:
            anchor = self._anchor_texts(scan)
            if anchor:
                found.setdefault(anchor, []).append(scan)
        anchors = sorted(found, key=lambda anchor: -len(found[anchor]))
        placed: list[Scan] = []
        for anchor in anchors:
            own = [s for s in left if s.rows_with(anchor) and not any(s is one for one in placed)]
            placed += own
            if own:
                yield Group(tuple(own), anchor, by_name=False)
        for scan in left:
            if not any(scan is one for one in placed):
                self._ignore_sheet(scan)

    def _point_of_name(self, name: str) -> str | None:
        return self._points.exact(text_of(name).split(" ")[0])

    def _anchor_texts(self, scan: Scan) -> tuple[str, ...]:
        row = scan.anchor
        if row is None:
            return ()
        texts = [scan.text(row, c) for c in scan.text_columns if scan.text(row, c)]
        texts = [t for t in texts if self._points.holding(t) is None and is_one_name(t)]
        return tuple(dict.fromkeys(texts))

    def _ignore_sheet(self, scan: Scan) -> None:
        name = text_of(scan.sheet.name)
        if not scan.sheet.filled_cells or not name:
            return
        self._sheets.append(
            {"names": [name], "ignore": "da confermare: nessuna tabella di cifre", "optional": True}
        )
        self._notes.append(f"il foglio «{name}» è ignorato: non vi si riconosce una tabella")

    def _place_group(self, group: Group) -> None:
        shape = Shaper(group, self._knowledge, self._points, self._listed).shape()
        if not shape.is_placed:
            for scan in group.scans:
                self._ignore_sheet(scan)
            return
        self._notes += shape.notes
        self._city_level |= shape.city_level
        self._written = self._written or shape.written
        self._has_days |= shape.has_days
        self._has_weeks |= shape.has_weeks
        if group.by_name:
            pattern = rf"(?P<service_point>{literal(self._points.prefix)}\S+)( .*)?"
            for scan in group.scans:
                first = text_of(scan.sheet.name).split(" ")[0]
                if self._points.exact(first) is None:
                    self._city_level.add(first)
            self._add_sheet({"matching": pattern}, "servizio", shape.table)
            return
        parts = self._parts(group)
        names = [text_of(scan.sheet.name) for scan in group.scans]
        name = self._table_name()
        if len(self._workbook.sheets) == 1:
            self._inline_facts(group.scans[0], shape)
            self._add_sheet({"names": names if names[0] else ["rilevazione"]}, name, shape.table)
            return
        whole = [n for n in names if n not in parts]
        if parts:
            self._add_sheet({"names": parts, "parts": True}, name, shape.table)
            self._notes.append(
                f"i fogli {parts[0]} ... {parts[-1]} hanno gli stessi servizi: le loro cifre sono sommate"
            )
        if whole:
            self._add_sheet({"names": whole}, name, shape.table)

    def _table_name(self) -> str:
        count = sum("columns" in table for table in self._tables.values())
        return "voci" if not count else f"voci_{count + 1}"

    def _parts(self, group: Group) -> list[str]:
        """Sheets whose headers name the same service points."""
        points: dict[str, frozenset[str]] = {}
        for scan in group.scans:
            heads = {
                self._points.holding(scan.text(row + offset, c))
                for row in scan.rows_with(group.anchor)
                for offset in (-1, 0)
                for c in range(scan.width)
            }
            points[text_of(scan.sheet.name)] = frozenset(code for code in heads if code)
        shared = Counter(codes for codes in points.values() if codes)
        return [name for name, codes in points.items() if codes and shared[codes] >= _PARTS_FROM]

    def _name_body(self) -> None:
        """Where nothing else states the reporting body, what is called the entity does, if it is that."""
        stated = str(self._tables)
        if "(?P<body>" in stated or "(?P<entity>" not in stated:
            return
        for table in self._tables.values():
            for rule in table["rows"]:
                rule["when"] = {k: v.replace("(?P<entity>", "(?P<body>") for k, v in rule["when"].items()}
        self._cover.entities.clear()
        self._notes.append("come ente compilatore è letto ciò che il file chiama ente")

    def _inline_facts(self, scan: Scan, shape: Shape) -> None:
        anchor = scan.anchor or 0
        rules = [rule for row in range(anchor) if (rule := self._cover.inline(scan, row)) is not None]
        shape.table["rows"][:0] = rules

    def _add_sheet(self, spec: Entries, table: str, entries: Entries) -> None:
        self._tables[table] = entries
        self._sheets.append({**spec, "table": table})

    # the layout

    def _layout(self, more: Mapping[str, Any]) -> Layout:
        return Layout.model_validate({**self._entries(), **more})

    def _entries(self) -> Entries:
        entries: Entries = {
            "layout": self._slug,
            "city": self._slug,
            "valid_from": str(self._week),
            "formats": [self._workbook.format],
            "fingerprint": self._fingerprint,
            "numbers": self._writing.numbers,
            "tokens": self._writing.tokens,
            "service_points": self._named_points(),
            "sheets": [one for spec in self._sheets for one in _by_name_or_pattern(spec)],
            "tables": {name: _with_tuples(table) for name, table in self._tables.items()},
            "to_confirm": self._to_confirm(),
        }
        if self._cover.entities:
            entries["entity"] = sorted(self._cover.entities)
        if self._has_weeks:
            entries["other_weeks"] = {"ignore": "colonne di altre settimane"}
        return entries

    def _to_confirm(self) -> list[str]:
        stated = str(self._tables)
        missing = [fact for fact in _REQUIRED_FACTS if f"(?P<{fact}>" not in stated]
        notes = [f"nel file non si trova dove è scritto: {_REQUIRED_FACTS[fact]}" for fact in missing]
        notes += [f"«{name}» è letto come la città intera" for name in sorted(self._city_level)]
        if "'nil': True" not in stated:
            notes.append("nel file non si vede come si dichiara un servizio fermo: aggiunga la regola `nil`")
        return [
            "bozza: controlli fogli, colonne, righe e parole, poi tolga queste righe e i segni nelle parole",
            *dict.fromkeys([*self._notes, *self._writing.notes, *notes]),
        ]

    @cached_property
    def _scans(self) -> tuple[Scan, ...]:
        return tuple(self._scanned(sheet) for sheet in self._workbook)

    @cached_property
    def _fingerprint(self) -> Entries:
        found = fingerprint_of(self._cover_sheet, self._scans)
        if found is None:
            raise NoShapeError
        return found

    @cached_property
    def _writing(self) -> FigureWriting:
        return figure_writing(self._scans, self._knowledge.nothing)

    def _named_points(self) -> Entries:
        level = sorted(self._city_level) or [self._city.province]
        entries: Entries = {"city_level": level}
        if self._written is not None:
            entries["written"], entries["becomes"] = self._written
        if self._listed:
            entries["listed"] = True
        return entries

    # rows left over

    def _mended(self, layout: Layout) -> Layout:
        """The layout with rules for the rows that no rule fits, where they hold no figure."""
        known = KnownLayout(layout, _NO_WORDS)
        more: dict[str, dict[str, Entries]] = {}
        for sheet, spec, says in assigned_sheets(self._workbook, known):
            if spec is None or spec.table is None:
                continue
            table = layout.tables[spec.table]
            for seen in walk_rows(sheet, table, says, known.frames):
                if isinstance(seen, RowSeen) and seen.rule is None:
                    rule = self._rule_for(seen, bool(table.columns))
                    if rule is not None:
                        more.setdefault(spec.table, {})[str(rule["when"])] = rule
        for name, rules in more.items():
            self._tables[name]["rows"] = [*self._tables[name]["rows"], *_gathered(list(rules.values()))]
        return self._layout({})

    def _rule_for(self, seen: RowSeen, holds_figures: bool) -> Entries | None:
        filled = [i for i, value in enumerate(seen.cells) if not is_blank(value)]
        texts = [text_of(seen.cells[i]) for i in filled]
        if len(filled) >= 2 and self._knowledge.terms.fact(texts[0]) == "week":
            pattern = self._cover.value_pattern("week", texts[1])
            if pattern is not None:
                when = {column_letters(filled[0]): literal(texts[0]), column_letters(filled[1]): pattern}
                return {"when": when, "facts": True}
        if any(is_figure(seen.cells[i]) and seen.frame.column(i).role == "values" for i in filled):
            return None
        first = {column_letters(filled[0]): general(texts[0])}
        if not holds_figures:
            return {"when": first, "ignore": _FOR_READERS}
        labels = [i for i, column in enumerate(seen.frame.columns) if column.role == "label"]
        if not any(column.role == "values" for column in seen.frame.columns) or not labels:
            return {"when": first, "ignore": _FOR_READERS, "texts_only": True}
        when = {column_letters(i): self._general_label(seen, i) for i in labels}
        told = [text_of(seen.cells[i]) for i in filled if i in labels]
        if len(told) > 1:
            self._notes.append(f"le righe «{told[-1]}» non hanno cifre e sono ignorate")
        return {"when": when, "ignore": _FOR_READERS, "texts_only": True}

    def _general_label(self, seen: RowSeen, index: int) -> str:
        text = text_of(seen.cells[index]) if index < len(seen.cells) else ""
        return ".+" if self._code_in(text) else general(text)

    def _code_in(self, text: str) -> str | None:
        return self._points.exact(text) or self._points.rewritten(text)

    # labels

    def _seen(self, layout: Layout) -> Iterator[Seen]:
        """Every value cell by its labels, blank ones too."""
        known = KnownLayout(layout, _NO_WORDS)
        city_level = {folded(text) for text in layout.service_points.city_level}
        for sheet, spec, says in assigned_sheets(self._workbook, known):
            if spec is None or spec.table is None:
                continue
            for seen in walk_rows(sheet, layout.tables[spec.table], says, known.frames):
                if isinstance(seen, HeaderSeen) or seen.rule is None or not seen.rule.values:
                    continue
                if not any(column.role == "values" for column in seen.frame.columns):
                    yield from self._seen_without_points(seen)
                for index, column in enumerate(seen.frame.columns):
                    if column.role != "values" or not self._is_own_week(column.says):
                        continue
                    told = {**column.says, **seen.says}
                    point = self._code(layout, told.get("service_point", ""))
                    kind = self._points.kinds.get(point or "")
                    if kind is None:
                        is_city = folded(told.get("service_point", "")) in city_level
                        kind = CITY_LEVEL if is_city else None
                    if kind is None or "measure" not in told:
                        continue
                    value = seen.cells[index] if index < len(seen.cells) else ""
                    yield Seen(
                        frozenset({kind}),
                        told["measure"],
                        told.get("breakdown", ""),
                        told.get("category", ""),
                        is_filled=not is_blank(value),
                    )

    def _seen_without_points(self, seen: RowSeen) -> Iterator[Seen]:
        """A row of a sheet for service points that the city does not have: its label is a word too."""
        absent = set(self._edition.facts.service_kinds) - set(self._points.kinds.values())
        if len(absent) == 1 and "measure" in seen.says:
            says = seen.says
            breakdown, category = says.get("breakdown", ""), says.get("category", "")
            yield Seen(frozenset(absent), says["measure"], breakdown, category, is_filled=False)

    def _is_own_week(self, says: Mapping[str, str]) -> bool:
        return "week" not in says or int(says["week"]) == self._week.number

    def _code(self, layout: Layout, label: str) -> str | None:
        if self._listed:
            return self._listed.get(label)
        return self._points.exact(label) or self._points.rewritten(label)

    # several cells for a figure

    def _note_missing(self, naming: Naming) -> None:
        """Categories of a list that the file does not show: their words are wanted all the same."""
        for code_list in self._edition.code_lists:
            named = {w.code for w in naming.words if w.what == "category" and w.list == code_list.code}
            missing = [c.label_it for c in code_list.categories if c.code not in named]
            if named and missing:
                name = self._edition.list_name_it(code_list.code)
                self._notes.append(f"nel file non si vede come si chiama ({name}): {', '.join(missing)}")

    def _combined(self, layout: Layout) -> Layout:
        more: Entries = {}
        if any(spec.parts for spec in layout.sheets):
            more["combine"] = {"over": "parts", "stocks": "sum", "tokens": "any"}
        elif self._has_days:
            more["combine"] = self._over_days(layout)
            self._notes.append("le cifre dei giorni sono sommate; per le presenze vale l'ultimo giorno")
        return self._layout(more)

    def _over_days(self, layout: Layout) -> Entries:
        in_columns = any(
            "(?P<day>" in str(column.head) for table in layout.tables.values() for column in table.columns
        )
        if in_columns:
            return {"over": "days", "stocks": "last_day_only", "tokens": "alone"}
        return {"over": "days", "stocks": "latest", "tokens": "alone", "adds_rows": True}


_NO_WORDS = Vocabulary({}, {}, {}, {})
_FOR_READERS = "testo per chi legge, da confermare"
_ALIKE_FROM = 3


def _gathered(rules: Sequence[Entries]) -> list[Entries]:
    """The rules, those that differ only in how one text goes on as one: `Foglio di .*`."""
    alike: dict[str, list[Entries]] = {}
    for rule in rules:
        texts = list(rule["when"].items())
        start = re.split(r"[ -]", texts[0][1])[0] if len(texts) == 1 and "ignore" in rule else ""
        alike.setdefault(f"{texts[0][0]} {start}" if len(start) > 1 else str(texts), []).append(rule)
    found = []
    for same in alike.values():
        patterns = [next(iter(rule["when"].values())) for rule in same]
        shared = re.sub(r"[^ -]*$", "", _shared_start(patterns))
        if len(same) < _ALIKE_FROM or len(shared) < 3:
            found += same
        else:
            key = next(iter(same[0]["when"]))
            found.append({**same[0], "when": {key: f"{shared}.*"}})
    return found


def _by_name_or_pattern(spec: Entries) -> list[Entries]:
    """The sheets of an entry; by a pattern those whose name would be read as two names."""
    names = spec.get("names", ())
    plain_names = [name for name in names if is_one_name(name)]
    if len(plain_names) == len(names):
        return [spec]
    rest = {key: value for key, value in spec.items() if key != "names"}
    strange = [{"matching": literal(name), **rest} for name in names if not is_one_name(name)]
    return [*([{**spec, "names": plain_names}] if plain_names else []), *strange]


def _shared_start(texts: Sequence[str]) -> str:
    """What all the texts begin with."""
    first, last = min(texts), max(texts)
    return first[: next((i for i, sign in enumerate(first) if sign != last[i]), len(first))]


def _with_tuples(table: Entries) -> Entries:
    """The table as the model takes it: a heading of several lines is a tuple."""
    if "columns" not in table:
        return table
    columns = [
        {**column, "head": tuple(column["head"])} if isinstance(column.get("head"), list) else column
        for column in table["columns"]
    ]
    return {**table, "columns": columns}
