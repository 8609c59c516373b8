"""xlsx files changed in place: only the sheets that a change touches are taken apart.

Lives here: worksheet parts and the workbook's list of them.
Must not live here: other formats, or what a value means.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

from openpyxl.utils import column_index_from_string, get_column_letter

from tests.making.formulas import FormulaError, UncomputedFormula

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_WORKSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_M = f"{{{_MAIN}}}"
_DAY_ZERO = dt.date(1899, 12, 30)

for _prefix, _name in (("", _MAIN), ("r", _RELATIONS)):
    ET.register_namespace(_prefix, _name)


class XlsxBook:
    """An xlsx with its styles and hidden parts as they came."""

    def __init__(self, data: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            self._parts = {name: archive.read(name) for name in archive.namelist()}
        self._workbook = ET.fromstring(self._parts["xl/workbook.xml"])
        self._trees: dict[str, Element] = {}
        self._day_style: int | None = None

    # the list of sheets

    @property
    def sheets(self) -> list[str]:
        return [entry.get("name", "") for entry in self._entries()]

    def _list(self) -> Element:
        found = self._workbook.find(f"{_M}sheets")
        assert found is not None
        return found

    def _entries(self) -> list[Element]:
        return list(self._list())

    def _entry(self, sheet: str) -> Element:
        return next(entry for entry in self._entries() if entry.get("name") == sheet)

    def rename_sheet(self, sheet: str, name: str) -> None:
        self._entry(sheet).set("name", name)

    def remove_sheet(self, sheet: str) -> None:
        self._list().remove(self._entry(sheet))

    def add_sheet(self, sheet: str, rows: Sequence[Sequence[Any]], state: str = "visible") -> None:
        number = 100 + len(self._entries())
        part = f"xl/worksheets/sheet{number}.xml"
        entry = {"name": sheet, "sheetId": str(number), "state": state, f"{{{_RELATIONS}}}id": f"rId{number}"}
        ET.SubElement(self._list(), f"{_M}sheet", entry)
        self._insert(
            "xl/_rels/workbook.xml.rels",
            "</Relationships>",
            f'<Relationship Type="{_RELATIONS}/worksheet" Target="/{part}" Id="rId{number}"/>',
        )
        self._insert(
            "[Content_Types].xml", "</Types>", f'<Override PartName="/{part}" ContentType="{_WORKSHEET}"/>'
        )
        self._parts[part] = f'<worksheet xmlns="{_MAIN}"><sheetData/></worksheet>'.encode()
        for row, cells in enumerate(rows, start=1):
            for column, value in enumerate(cells, start=1):
                self.write(sheet, row, column, value)

    def _insert(self, part: str, before: str, text: str) -> None:
        self._parts[part] = self._parts[part].replace(before.encode(), (text + before).encode())

    # cells

    def _part(self, sheet: str) -> str:
        wanted = self._entry(sheet).get(f"{{{_RELATIONS}}}id")
        relations = ET.fromstring(self._parts["xl/_rels/workbook.xml.rels"])
        target = next(
            r.get("Target", "")
            for r in relations.iter(f"{{{_PACKAGE}}}Relationship")
            if r.get("Id") == wanted
        )
        return target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    def _data(self, sheet: str) -> Element:
        part = self._part(sheet)
        if part not in self._trees:
            self._trees[part] = ET.fromstring(self._parts[part])
        data = self._trees[part].find(f"{_M}sheetData")
        assert data is not None
        return data

    def rows(self, sheet: str) -> list[list[Any]]:
        rows: list[list[Any]] = []
        for row in self._data(sheet):
            cells: list[Any] = []
            for cell in row:
                column = column_index_from_string(re.sub(r"\d", "", cell.get("r", "")))
                cells += [""] * (column - len(cells))
                cells[column - 1] = self._value(cell)
            rows += [[] for _ in range(int(row.get("r", "")) - len(rows))]
            rows[-1] = cells
        return rows

    def _value(self, cell: Element) -> Any:
        text = "".join("".join(part.itertext()) for part in cell if part.tag != f"{_M}f")
        if cell.get("t") == "s":
            raise NotImplementedError("the samples have no shared strings")
        if cell.get("t", "n") != "n" or text == "":
            return text
        return int(text) if re.fullmatch(r"-?\d+", text) else float(text)

    def write(self, sheet: str, row: int, column: int, value: Any) -> None:
        cell = _child_at(
            _child_at(self._data(sheet), "row", str(row), row),
            "c",
            f"{get_column_letter(column)}{row}",
            column,
        )
        for part in list(cell):
            cell.remove(part)
        cell.attrib.pop("t", None)
        if value == "" and isinstance(value, str):
            return
        if isinstance(value, UncomputedFormula):
            ET.SubElement(cell, f"{_M}f").text = "SUM(A1:A1)"
        elif isinstance(value, FormulaError):
            cell.set("t", "e")
            ET.SubElement(cell, f"{_M}f").text = "1/0"
            ET.SubElement(cell, f"{_M}v").text = value.shown
        elif isinstance(value, bool):
            cell.set("t", "b")
            ET.SubElement(cell, f"{_M}v").text = str(int(value))
        elif isinstance(value, dt.date):
            cell.set("s", str(self._style_of_days()))
            ET.SubElement(cell, f"{_M}v").text = str((value - _DAY_ZERO).days)
        elif isinstance(value, int | float):
            ET.SubElement(cell, f"{_M}v").text = repr(value)
        else:
            cell.set("t", "inlineStr")
            text = ET.SubElement(ET.SubElement(cell, f"{_M}is"), f"{_M}t")
            text.text = str(value)
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")

    def _style_of_days(self) -> int:
        if self._day_style is None:
            styles = self._parts["xl/styles.xml"].decode()
            found = re.search(r'<cellXfs count="(\d+)">', styles)
            assert found is not None
            self._day_style = int(found[1])
            self._parts["xl/styles.xml"] = (
                styles.replace(found[0], f'<cellXfs count="{self._day_style + 1}">')
                .replace(
                    "</cellXfs>", '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
                )
                .encode()
            )
        return self._day_style

    def insert_row(self, sheet: str, at: int, values: Sequence[Any]) -> None:
        self._shift(sheet, at, 1)
        for column, value in enumerate(values, start=1):
            self.write(sheet, at, column, value)

    def remove_row(self, sheet: str, at: int) -> None:
        data = self._data(sheet)
        for row in [row for row in data if row.get("r") == str(at)]:
            data.remove(row)
        self._shift(sheet, at, -1)

    def _shift(self, sheet: str, at: int, by: int) -> None:
        for row in self._data(sheet):
            number = int(row.get("r", ""))
            if number >= at:
                row.set("r", str(number + by))
                for cell in row:
                    cell.set("r", re.sub(r"\d+", str(number + by), cell.get("r", "")))

    def save(self) -> bytes:
        self._parts["xl/workbook.xml"] = ET.tostring(self._workbook)
        for part, tree in self._trees.items():
            self._parts[part] = ET.tostring(tree, encoding="UTF-8", xml_declaration=True)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, content in self._parts.items():
                archive.writestr(name, content)
        return packed.getvalue()


def _child_at(parent: Element, tag: str, name: str, position: int) -> Element:
    """The row or cell of this name, put in its order where it is missing."""
    for index, child in enumerate(parent):
        if child.get("r") == name:
            return child
        if _position(child) > position:
            found = Element(f"{_M}{tag}", {"r": name})
            parent.insert(index, found)
            return found
    return ET.SubElement(parent, f"{_M}{tag}", {"r": name})


def _position(child: Element) -> int:
    name = child.get("r", "")
    return int(name) if name.isdigit() else column_index_from_string(re.sub(r"\d", "", name))
