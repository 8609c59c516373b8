"""What is the same in many cells is told once."""

from __future__ import annotations

from schemas.contract import Edition
from schemas.details import FigureName
from schemas.messages.grouping import grouped
from schemas.messages.saying import Speech
from schemas.verdicts import Finding


def not_a_number(
    edition: Edition,
    cell: str,
    found: str = "n.c.",
    sheet: str = "Foglio",
    category: str = "F",
    **more: object,
) -> Finding:
    figure = FigureName(measure="guests_end", breakdown="sex", category=category)
    details = {"found": found, "figure": figure, "tokens": "n.d. / n.a."}
    message, action = Speech(edition).say("figure_not_a_number", details)
    return Finding.model_validate(
        {
            "rule": "H02",
            "severity": "error",
            "kind": "figure_not_a_number",
            "details": details,
            "file": "scheda.xlsx",
            "sheet": sheet,
            "cell": cell,
            "message": message,
            "action": action,
            "found": found,
            **more,
        }
    )


def test_the_same_in_several_cells_is_one_group_with_its_blocks(edition: Edition) -> None:
    cells = ["E12", "E14", *(f"F{row}" for row in range(20, 32))]
    (group,) = grouped(not_a_number(edition, cell) for cell in cells)
    (place,) = group.places
    assert [str(block) for block in place.blocks] == ["E12", "E14", "F20-F31"]
    assert group.cells == 14
    assert group.said(edition, "it")[0] == "«n.c.» non è un numero (Ospiti a fine settimana, sesso: Femmine)."


def test_of_several_figures_the_first_is_named_and_the_others_are_counted(edition: Edition) -> None:
    (group,) = grouped(not_a_number(edition, f"E{5 + n}", category=code) for n, code in enumerate("FMX"))
    assert group.said(edition, "it")[0] == (
        "«n.c.» non è un numero (Ospiti a fine settimana, sesso: Femmine, e altre 2)."
    )
    assert group.said(edition, "de")[0] == (
        "„n.c.“ ist keine Zahl (Gäste am Ende der Woche, Geschlecht: Frauen, und 2 weitere)."
    )


def test_what_is_said_otherwise_is_another_group(edition: Edition) -> None:
    findings = [
        not_a_number(edition, "E12"),
        not_a_number(edition, "E13", found="circa 5"),
        not_a_number(edition, "E14", severity="warning"),
        not_a_number(edition, "E15", rule="H92"),
        not_a_number(edition, "E16"),
    ]
    groups = grouped(findings)
    assert [[finding.cell for finding in group.findings] for group in groups] == [
        ["E12", "E16"], ["E13"], ["E14"], ["E15"],
    ]  # fmt: skip


def test_cells_are_listed_sheet_by_sheet_and_service_points_once(edition: Edition) -> None:
    findings = [
        not_a_number(edition, "E12", sheet="A", service_point="TO-ACC-01"),
        not_a_number(edition, "E12", sheet="B", service_point="TO-ACC-02"),
        not_a_number(edition, "E13", sheet="A", service_point="TO-ACC-01"),
    ]
    (group,) = grouped(findings)
    assert [(place.sheet, [str(block) for block in place.blocks]) for place in group.places] == [
        ("A", ["E12-E13"]),
        ("B", ["E12"]),
    ]
    assert (group.cells, group.service_points) == (3, ("TO-ACC-01", "TO-ACC-02"))


def test_every_finding_is_in_one_group(edition: Edition) -> None:
    findings = [not_a_number(edition, f"E{n}", found=f"{n % 3}x") for n in range(1, 40)]
    groups = grouped(findings)
    assert sorted(str(f.cell) for group in groups for f in group.findings) == sorted(
        str(f.cell) for f in findings
    )
    assert len(groups) == 3


def test_findings_not_made_by_the_judge_are_told_as_they_were_recorded(edition: Edition) -> None:
    plain = {"rule": "H05", "severity": "error", "message": "La somma non torna.", "action": "Corregga."}
    first, second = (Finding.model_validate({**plain, "cell": cell}) for cell in ("A1", "A2"))
    other = Finding.model_validate({**plain, "cell": "A3", "message": "Altro."})
    groups = grouped([first, second, other])
    assert [group.findings for group in groups] == [(first, second), (other,)]
    assert groups[0].said(edition, "de") == ("La somma non torna.", "Corregga.")
