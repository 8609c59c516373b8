"""A mistake in a contract file is told with file, line and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.tables import ContractError, Entry, did_you_mean, line_of, nearest, read_document, read_table


class Desk(Entry):
    """A row for these tests."""

    code: str
    places: int
    note: str = ""


class Inner(Entry):
    colour: str
    size: int = 1


class Outer(Entry):
    """A document for these tests."""

    name: str
    inner: tuple[Inner, ...] = ()
    words: dict[str, str] = {}


def write(tmp_path: Path, text: str, name: str = "file.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def table_error(tmp_path: Path, text: str) -> ContractError:
    with pytest.raises(ContractError) as caught:
        read_table(write(tmp_path, text), Desk)
    return caught.value


def document_error(tmp_path: Path, text: str) -> ContractError:
    with pytest.raises(ContractError) as caught:
        read_document(write(tmp_path, text, "file.yaml"), Outer)
    return caught.value


def test_a_table_is_its_rows_with_blanks_left_to_the_default(tmp_path: Path) -> None:
    path = write(tmp_path, 'code,places,note\nA,1,\nB,2,"one, two"\n')
    assert read_table(path, Desk) == (Desk(code="A", places=1), Desk(code="B", places=2, note="one, two"))


def test_a_byte_order_mark_is_no_part_of_the_first_heading(tmp_path: Path) -> None:
    path = write(tmp_path, "code,places\nA,1\n", encoding="utf-8-sig")
    assert read_table(path, Desk) == (Desk(code="A", places=1),)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        pytest.param("code,places\nA,1\nB\n", 3, "2 cells", id="a-cell-missing"),
        pytest.param("code,places\nA,1,2\n", 2, "2 cells", id="a-cell-too-many"),
        pytest.param("code,places\nA,1\nB,\n", 3, "places", id="a-needed-cell-blank"),
        pytest.param("code,places\nA,1\nB,many\n", 3, "'many'", id="not-a-number"),
        pytest.param('code,places\n"A\nB",1\nC,x\n', 4, "'x'", id="below-a-cell-of-two-lines"),
        pytest.param("code\nA\n", 2, "places", id="a-needed-column-missing"),
        pytest.param("code\n", 1, "lacks places", id="a-needed-column-missing-without-rows"),
    ],
)
def test_a_mistake_in_a_table_has_its_line(text: str, line: int, words: str, tmp_path: Path) -> None:
    error = table_error(tmp_path, text)
    assert (error.path.name, error.line) == ("file.csv", line)
    assert words in str(error)
    assert f"file.csv:{line}: " in str(error)
    assert error.remedy


def test_an_unknown_column_is_named_with_the_nearest_known_one(tmp_path: Path) -> None:
    error = table_error(tmp_path, "code,places,notes\nA,1,x\n")
    assert "notes" in error.problem
    assert "'note'" in error.remedy


@pytest.mark.parametrize("cell", ["x", ""])
def test_an_unknown_column_is_told_in_the_header_even_where_it_is_blank(cell: str, tmp_path: Path) -> None:
    assert table_error(tmp_path, f"code,places,notes\nA,1,{cell}\n").line == 1


def test_a_table_that_is_missing_or_not_utf8_says_so(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="missing"):
        read_table(tmp_path / "none.csv", Desk)
    with pytest.raises(ContractError, match=r"not UTF-8.*Save it again as UTF-8"):
        read_table(write(tmp_path, "code,places\nàè,1\n", encoding="cp1252"), Desk)


@pytest.mark.parametrize(
    ("text", "line", "words", "remedy"),
    [
        pytest.param("name: a\nnam: b\n", 2, "nam", "'name'", id="a-word-misspelt"),
        pytest.param(
            "name: a\ninner:\n  - colour: red\n  - size: 2\n", 4, "colour", "'colour'", id="a-word-missing"
        ),
        pytest.param("name: NO\n", 1, "string", "quotes", id="no-is-a-truth"),
        pytest.param("name: 001272\n", 1, "string", "quotes", id="a-code-is-an-octal-number"),
        pytest.param(
            "name: a\nwords:\n  x: b\n  y: 2023-01-01\n", 4, "words.y", "quotes", id="a-day-unquoted"
        ),
        pytest.param("name: a\n  inner: [\n", 2, "not YAML", "quotes", id="not-yaml"),
        pytest.param("name: a\nname: b\n- c\n", 3, "not YAML", "indentation", id="a-list-in-a-mapping"),
    ],
)
def test_a_mistake_in_a_document_has_its_line(
    text: str, line: int, words: str, remedy: str, tmp_path: Path
) -> None:
    error = document_error(tmp_path, text)
    assert (error.path.name, error.line) == ("file.yaml", line)
    assert words in error.problem
    assert remedy in error.remedy


def test_a_word_misspelt_inside_an_entry_is_told_with_the_nearest_of_that_entry(tmp_path: Path) -> None:
    error = document_error(tmp_path, "name: a\ninner:\n  - {colour: red, sise: 2}\n")
    assert "'size'" in error.remedy


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    assert document_error(tmp_path, "name: a\nname: b\n").line == 2


def test_an_empty_document_is_refused(tmp_path: Path) -> None:
    assert document_error(tmp_path, "# nothing\n").remedy


def test_the_line_of_an_entry_or_of_the_nearest_one_above(tmp_path: Path) -> None:
    path = write(tmp_path, "a:\n  - b: 1\n  - b: 2\n    c: 3\n", "file.yaml")
    places: list[list[int | str]] = [["a", 1, "c"], ["a", 1, "missing"], ["a", 9], []]
    assert [line_of(path, place) for place in places] == [4, 3, 1, 1]


@pytest.mark.parametrize(
    ("word", "found"),
    [("Accogienza", "Accoglienza"), ("accoglienza", "Accoglienza"), ("xyz", None), ("", None)],
)
def test_the_nearest_word_whatever_its_case(word: str, found: str | None) -> None:
    assert nearest(word, ["Sportelli", "Accoglienza"]) == found


def test_where_none_is_near_the_known_words_are_listed() -> None:
    assert did_you_mean("xyz", ["b", "a"]) == "Known are: a, b."
    assert did_you_mean("alpah", ["alpha", "beta"]) == "Did you mean 'alpha'?"
