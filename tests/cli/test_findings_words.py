"""What city staff read of a return on the terminal: what was read, what is wrong, where, what to do."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from schemas.contract import Edition
from tests.cli.conftest import Regia, Said
from tests.conftest import JudgedSample
from tests.making.books import Book, Change, altered_sample, put
from tests.making.breaking import broken_everywhere
from tests.making.samples import sample, true_observations

pytestmark = pytest.mark.whole

CARE, HOUSING = "1 Presa in carico", "2 Housing"
ANY_TIME = "2023-10-24T10:00:00+02:00"


def given(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "scheda.xlsx"
    path.write_bytes(data)
    return path


def with_wrong_cells(tmp_path: Path, wrong: Callable[[int], str]) -> tuple[Path, int]:
    """Taranto's return with a text instead of every number, and how many there are."""
    book = load_workbook(io.BytesIO(sample("taranto").data))
    count = 0
    for name in (CARE, HOUSING, "3 Impegno civico", "4 Coordinamento"):
        for row in book[name].iter_rows():
            for cell in row:
                if isinstance(cell.value, int | float):
                    cell.value = wrong(count)
                    count += 1
    stream = io.BytesIO()
    book.save(stream)
    return given(tmp_path, stream.getvalue()), count


def errors_of(said: Said) -> list[dict[str, Any]]:
    return [finding for finding in said.document["findings"] if finding["severity"] == "error"]


def in_one_line(text: str) -> str:
    return " ".join(text.split())


def test_a_finding_is_told_message_first_then_where_then_what_to_do(tmp_path: Path, regia: Regia) -> None:
    path = given(tmp_path, altered_sample("taranto", lambda book: put(book, CARE, "E234", "circa 5")))
    said = regia("check", path)
    assert said.status == 1
    lines = [line.strip() for line in said.out.splitlines()]
    first = lines.index("Errori") + 1
    told = in_one_line(" ".join(lines[first : first + 6]))
    assert told.startswith("1. «circa 5» non è un numero (Giorni di attesa (somma)). [H02] Dove: foglio ")
    assert "foglio «1 Presa in carico», cella E234; TA-OSS-01 → Scriva un numero;" in told


def test_the_same_in_many_cells_is_told_once_with_its_cells(tmp_path: Path, regia: Regia) -> None:
    def change(book: object) -> None:
        for cell in ("D6", "D7", "D8", "D10"):
            put(book, CARE, cell, "n.c.")  # type: ignore[arg-type]

    path = given(tmp_path, altered_sample("taranto", change))
    said = regia("check", path)
    assert said.out.count("«n.c.» non è un numero") == 1
    assert "celle D6-D8, D10 (4 celle)" in in_one_line(said.out)
    assert [finding["cell"] for finding in errors_of(regia("check", path, "--json"))] == [
        "D6",
        "D7",
        "D8",
        "D10",
    ]


def test_one_entry_a_finding_stays_in_json_with_the_keys_of_the_interface(
    tmp_path: Path, regia: Regia
) -> None:
    path = given(tmp_path, altered_sample("taranto", lambda book: put(book, CARE, "E234", "circa 5")))
    (finding,) = errors_of(regia("check", path, "--json"))
    assert set(finding) == {
        "rule", "severity", "file", "sheet", "cell", "cells", "service_point", "measure", "breakdown",
        "category", "found", "expected", "message", "action", "disposition", "note",
    }  # fmt: skip
    assert finding["message"] == "«circa 5» non è un numero (Giorni di attesa (somma))."


@pytest.mark.parametrize(
    "wrong", [lambda number: "circa", lambda number: f"circa {number}"], ids=["same", "each"]
)
def test_a_file_in_which_every_cell_is_wrong_gets_a_report_that_a_person_can_read(
    wrong: Callable[[int], str], tmp_path: Path, regia: Regia
) -> None:
    path, count = with_wrong_cells(tmp_path, wrong)
    assert count > 500
    said = regia("check", path)
    assert said.status == 1
    assert len(said.out.splitlines()) < 60
    assert max(len(line) for line in said.out.splitlines()) <= 100
    assert len(errors_of(regia("check", path, "--json"))) == count
    if wrong(1) != wrong(2):
        assert f"... e altre {count - 3} dello stesso tipo [H02]" in in_one_line(said.out)


@pytest.mark.parametrize("city", ["latina", "torino", "genova", "palermo", "bolzano"])
def test_on_each_layout_a_file_that_is_all_wrong_is_answered_soon_and_shortly(
    city: str, judged_sample: JudgedSample, tmp_path: Path, regia: Regia
) -> None:
    path = tmp_path / sample(city).name
    path.write_bytes(broken_everywhere(city, judged_sample(city)))
    began = time.process_time()
    said = regia("check", path)
    assert time.process_time() - began < 3
    assert said.status == 1
    assert len(said.out.splitlines()) < 70
    assert "altre" in said.out and "dello stesso tipo [H02]" in in_one_line(said.out)
    assert len(regia("check", path, "--json").out.encode()) < 2_000_000


def test_a_sum_names_its_cells_and_those_it_is_held_against(tmp_path: Path, regia: Regia) -> None:
    path = given(tmp_path, altered_sample("taranto", lambda book: put(book, HOUSING, "D8", 999)))
    said = in_one_line(regia("check", path).out)
    assert (
        "«Ospiti a fine settimana» è 8, ma «Ospiti a inizio settimana» + «Ingressi» - «Uscite» fa 999" in said
    )
    assert "foglio «2 Housing», cella D24; TA-ACC-01; confronti con celle D8-D10" in said


def test_of_many_sheets_the_first_are_named_and_the_others_counted(tmp_path: Path, regia: Regia) -> None:
    book = load_workbook(io.BytesIO(sample("roma").data))
    count = 0
    for sheet in (book[name] for name in book.sheetnames if name.startswith("Municipio")):
        sheet["C8"].value = "boh"
        count += 1
    stream = io.BytesIO()
    book.save(stream)
    said = in_one_line(regia("check", given(tmp_path, stream.getvalue())).out)
    assert said.count("«boh» non è un numero") == 1
    assert f"foglio «Municipio IV», cella C8; altri {count - 4} fogli ({count} celle)" in said


def test_bolzano_reads_german_beside_italian(tmp_path: Path, regia: Regia) -> None:
    data = altered_sample("bolzano", lambda book: put(book, "Accoglienza - Wohnen", "E5", "circa 5"))
    path = tmp_path / "scheda.ods"
    path.write_bytes(data)
    said = in_one_line(regia("check", path).out)
    assert (
        "«circa 5» non è un numero (Posti letto attivati, nella scheda: «Posti letto / Betten»). [H02]"
        in said
    )
    assert "DE: „circa 5“ ist keine Zahl (Aktivierte Betten, in Ihrer Datei: „Posti letto / Betten“)." in said
    assert "→ Schreiben Sie eine Zahl;" in said
    assert "DE: ABGELEHNT. Berichtigen Sie in Ihrer Datei, was oben angegeben ist" in said
    assert "Posti letto attivati / Aktivierte Betten" in said


def test_other_cities_read_italian_alone(tmp_path: Path, regia: Regia) -> None:
    path = given(tmp_path, altered_sample("torino", lambda book: put(book, "Accoglienza ", "B8", "circa 5")))
    said = regia("check", path).out
    assert "non è un numero" in said
    assert "DE:" not in said


@pytest.mark.parametrize("city", ["taranto", "bolzano", "genova", "roma"])
def test_what_was_read_is_echoed_with_the_totals_that_a_clerk_knows(
    city: str, edition: Edition, regia: Regia
) -> None:
    truth = true_observations("2023-W42")[city]
    received = regia("receive", sample(city).path, "--received-at", ANY_TIME)
    checked = regia("check", sample(city).path)
    points = sorted({point for point, *_ in truth if point})
    for said in (received, checked):
        assert f"Servizi: {len(points)} ({points[0]}" in said.out
        for measure in edition.facts.key_measures:
            values = [v for (_, code, cut, _), (v, _) in truth.items() if (code, cut) == (measure, "total")]
            answered = [value for value in values if value is not None]
            label = edition.measures_by_code[measure].label_it
            assert (label in said.out) == bool(values)
            if not values:
                continue
            (line,) = [line for line in said.out.splitlines() if line.strip().startswith(label)]
            shown = f"{sum(answered):,f}".replace(",", ".") if answered else "n.d."
            assert shown.split(".000")[0] in line


def test_a_figure_read_wrongly_is_seen_at_once(tmp_path: Path, regia: Regia) -> None:
    def seven_for_seventy(book: object) -> None:
        put(book, HOUSING, "D6", 7)  # type: ignore[arg-type]

    change: Change = seven_for_seventy
    before = regia("check", sample("taranto").path).out
    after = regia("check", given(tmp_path, altered_sample("taranto", change))).out

    def beds(out: str) -> str:
        return next(line for line in out.splitlines() if "Posti letto attivati" in line)

    assert beds(before).split()[-1] == "22"
    assert beds(after).split()[-1] != "22"


def test_what_to_do_next_fits_how_far_the_file_could_be_read(tmp_path: Path, regia: Regia) -> None:
    def without_a_city(book: Book) -> None:
        put(book, "Copertina", "B5", "Atlantide")
        put(book, "Copertina", "B6", "Z999")

    def next_step(data: bytes) -> tuple[str, bool, bool]:
        said = in_one_line(regia("check", given(tmp_path, data)).out)
        step = said.partition("Che cosa fare: ")[2]
        return step, "--annotated" in said, "settimana" in said.partition("Che cosa fare: ")[0]

    wrong_cell = altered_sample("taranto", lambda book: put(book, CARE, "E234", "circa 5"))
    step, has_copy, has_week = next_step(wrong_cell)
    assert step.startswith("Corregga nel suo file") and has_copy and has_week
    step, has_copy, has_week = next_step(b"%PDF-1.7 niente")
    assert step.startswith("Finché il file non si apre") and not has_copy and not has_week
    step, has_copy, _ = next_step(altered_sample("taranto", without_a_city))
    assert step.startswith("Finché non si sa di quale città") and has_copy
    step, has_copy, _ = next_step(
        altered_sample("taranto", lambda book: put(book, CARE, "B2", "333 1234567"))
    )
    assert step.startswith("Tolga i dati personali") and not has_copy


def test_an_unknown_category_is_told_with_those_that_there_are(tmp_path: Path, regia: Regia) -> None:
    path = given(
        tmp_path, altered_sample("taranto", lambda book: put(book, CARE, "A9", "outreach_contacts|sex|Donne"))
    )
    assert "Sono previste solo: «F», «M», «X» e «ND»." in in_one_line(regia("check", path).out)


def test_service_points_that_a_file_lacks_are_named(tmp_path: Path, regia: Regia) -> None:
    lines = sample("genova").data.splitlines(keepends=True)
    cut_off = tmp_path / "scheda.csv"
    cut_off.write_bytes(b"".join(line for line in lines if not line.startswith(b"ACC/")))
    said = in_one_line(regia("check", cut_off).out)
    assert "non c'è nulla di: GE-ACC-01, GE-ACC-02, GE-ACC-03." in said
    assert "non c'è nulla" not in regia("check", sample("genova").path).out


def test_a_nil_service_point_with_values_is_told_once_with_all_its_cells(
    tmp_path: Path, regia: Regia
) -> None:
    path = tmp_path / "scheda.xls"
    path.write_bytes(altered_sample("palermo", lambda book: put(book, "Unita' mobili", "C6", "NO")))
    said = in_one_line(regia("check", path).out)
    assert said.count("ha valori diversi da zero") == 1
    assert "(33 celle)" in said
