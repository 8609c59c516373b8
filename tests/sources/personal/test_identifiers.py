"""Each kind of identifier, as people write it; and what looks like one and is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.it import codicefiscale

from sources.personal.data import usual_vocabulary
from sources.personal.identifiers import APART, identifiers_in
from sources.personal.vocabulary import Vocabulary

WORDS = usual_vocabulary()


def found(text: str) -> set[str]:
    return set(identifiers_in(text, WORDS))


def homonym(code: str, places: tuple[int, ...]) -> str:
    """The tax code with the digits at these places (from the right) as letters, and its check letter."""
    letters = list(code[:15])
    for place in places:
        letters[place] = "LMNPQRSTUV"[int(letters[place])]
    body = "".join(letters)
    return body + codicefiscale.calc_check_digit(body)


DIGIT_PLACES = (14, 13, 12, 10, 9, 7, 6)


@pytest.mark.parametrize(
    "text",
    [
        "RSSMRA80A01H501U",
        "rssmra80a01h501u",
        "RSS MRA 80A01 H501U",
        "RSS MRA 80 A 01 H501 U",
        "RSSMRA 80A01H501 U",
        "RSS-MRA-80A01-H501-U",
        "RSS.MRA.80A01.H501U",
        "RSSMRA\u00a080A01\u00a0H501U",
        "RSSMRA\n80A01H501U",
        "Da verificare: QXWZYK82L09Z999Y, nuovo accesso di martedì",
        "c.f.RSSMRA80A01H501U",
        "CFRSSMRA80A01H501U",
        "scheda_RSSMRA80A01H501U_v1.xlsx",
        "RSSMRA80A01H501U2",
        "RSSM\u200bRA80A01H501U",
        "ＲＳＳＭＲＡ８０Ａ０１Ｈ５０１Ｕ",
        "COD FIS RSSMRA80A01H501U",
        *(homonym("RSSMRA80A01H501U", DIGIT_PLACES[:number]) for number in range(1, 8)),
    ],
)
def test_a_tax_code_is_found(text: str) -> None:
    assert found(text) == {"tax_code"}


@pytest.mark.parametrize(
    "text",
    [
        "RSSMRA80A00H501U",
        "RSSMRA80A32H501U",
        "RSSMRA80A40H501U",
        "RSSMRA80A72H501U",
        "RSSMRAULA01H501V",
        "RSSMRA80F01H501U",
        "RSSMRA80A01H501",
        "outreach_contacts|sex|F",
        "MI-OSS-01 SS-ACC-02",
        "COORDINAMENTO CITTADINO SETTIMANALE",
    ],
)
def test_what_has_not_the_form_is_no_tax_code(text: str) -> None:
    assert found(text) == set()


@given(
    name=st.text("ABCDEFGHILMNOPQRSTUVZ", min_size=6, max_size=6),
    year=st.integers(0, 99),
    month=st.sampled_from("ABCDEHLMPRST"),
    day=st.integers(1, 28) | st.integers(41, 68),
    town=st.from_regex(r"[A-M][0-9]{3}", fullmatch=True),
    before=st.sampled_from(["", "cf ", "(", "n. 3; ", "«", "12 "]),
    after=st.sampled_from(["", ".", ", maschio", ")", "\n", " 14 accessi"]),
    wrong=st.integers(1, 25),
)
def test_every_tax_code_is_found_and_so_is_one_mistyped_in_its_last_letter(
    name: str, year: int, month: str, day: int, town: str, before: str, after: str, wrong: int
) -> None:
    body = f"{name}{year:02}{month}{day:02}{town}"
    letter = codicefiscale.calc_check_digit(body)
    assert "tax_code" in found(f"{before}{body}{letter}{after}")
    other = chr((ord(letter) - 65 + wrong) % 26 + 65)
    assert "tax_code" in found(f"{before}{body}{other}{after}")


@given(number=st.integers(1000, 9999999), office=st.integers(1, 999), wrong=st.integers(1, 9))
def test_eleven_digits_with_their_check_digit_are_a_provisional_code(
    number: int, office: int, wrong: int
) -> None:
    body = f"{number:07}{office:03}"
    digit = luhn.calc_check_digit(body)
    assert "provisional_code" in found(f"codice {body}{digit}.")
    assert "provisional_code" not in found(f"codice {body}{(int(digit) + wrong) % 10}.")


def test_the_number_of_a_reporting_body_is_allowed() -> None:
    assert found("C.F. 00743110157") == {"provisional_code"}
    own = Vocabulary(own_numbers=("00743110157", "0773 652123"))
    assert identifiers_in("C.F. 00743110157", own) == ()
    assert identifiers_in("Ufficio, tel. 0773 652123", own) == ()
    assert identifiers_in("C.F. 00743110157, ma 0773 652124", own) == ("phone",)


@pytest.mark.parametrize(
    "text",
    [
        "00000000000",
        "IT00743110157",
        "1.007.431.101,57",
        "0.00743110157",
        "00743110157.5",
        "7808fe0f8a7a82fa1b7336d3efc6a35a536e0e64b57d5b82b60519631100743110157",
    ],
)
def test_eleven_digits_within_something_else_are_none(text: str) -> None:
    assert found(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "STP1201020001234",
        "stp 120102 0001234",
        "ENI0501030000017",
        "tessera STP: 120-102-0001234",
        "cod.ENI/0501030000017",
    ],
)
def test_a_health_code_is_found(text: str) -> None:
    assert found(text) == {"health_code"}


@pytest.mark.parametrize(
    "text", ["STP 12", "ENI 2023", "persone con STP: 14", "STP12010200012345", "STP120102000123"]
)
def test_counts_of_health_codes_are_none(text: str) -> None:
    assert found(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "I12345678",
        "permesso I12345678, scade a maggio",
        "permesso di soggiorno n. 12345678",
        "pratica Questura 23RM012345",
        "assicurata 061234567890",
        "assicurata n. 06123456780-0",
        "Aufenthaltstitel Nr. I12345678",
        "residence permit AB1234567",
    ],
)
def test_a_permit_number_is_found(text: str) -> None:
    assert found(text) == {"permit"}


@pytest.mark.parametrize(
    "text",
    [
        "I1234567",
        "I1234567890",
        "titolo di soggiorno: 1234",
        "permessi di soggiorno rilasciati nel 2023",
        "permesso di soggiorno, settimana dal 20231009",
        "I 12345678",
        "legal_status|RIC",
    ],
)
def test_counts_of_permits_are_none(text: str) -> None:
    assert found(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "3331234567",
        "333 1234567",
        "333-1234567",
        "333/1234567",
        "333 123 4567",
        "333.123.45.67",
        "333 12 34 567",
        "333 123456",
        "cell.3331234567",
        "cell. 333123456",
        "+39 333 1234567",
        "+393331234567",
        "0039 333 1234567",
        "00393331234567",
        "39 333 1234567",
        "(+39) 333-1234567",
        "06 12345678",
        "0773/652123",
        "02-88441234",
        "06.8844.1234",
        "0471 45 77 01",
        "(0471) 457701",
        "0773652123",
        "06 12 34 56 78",
        "+39 06 12345678",
        "tel. 06 698 12",
        "Tel: 0773 65 21",
        "telefono n. 331 12 12 12",
        "+221 77 123 45 67",
        "00221 77 123 45 67",
        "+234 803 123 4567",
        "+49 (0) 30 123456",
        "whatsapp +8801712345678",
        "Ospite Amadou, 333 1234567, camera 2",
        "nota_3331234567.xlsx",
    ],
)
def test_a_telephone_is_found(text: str) -> None:
    assert found(text) == {"phone"}


@pytest.mark.parametrize(
    "text",
    [
        "333",
        "3331",
        "1.234.567",
        "3.331.234.567,00",
        "333.123.456",
        "333 123 456",
        "123456789",
        "3331234567.89",
        "0.3331234567",
        "33,3331234567",
        "16/10/2023",
        "06/10/2023",
        "06.10.2023",
        "06-10-2023",
        "06 10 2023",
        "2023-10-16",
        "20231016_20231022",
        "dal 02.01.2023 al 08.01.2023",
        "2023-10-16T09:00:00Z",
        "06.30-12.30",
        "02.00 06.00",
        "0-5 6-13 14-17 18-25 26-40 41-60 61+",
        "00-05 06-13 14-17 18-25",
        "06-13 14-17",
        "04100",
        "00184 Roma",
        "001272",
        "058091",
        "010025 063049",
        "E472 F205",
        "MI-OSS-01",
        "TO-UM-01 TO-UM-02",
        "2023-W42",
        "42/2023",
        "prot. 0123/2023",
        "1.0.3312",
        "16.0300",
        "v3.10.2.1234567",
        "+12",
        "+1.234.567",
        "+ 250.000.000",
        "numero verde 800 290 290",
        "tel. 800 290290",
        "telefonate: 1234",
        "fax 12",
        "320 1 2 3 4 5 6 7",
        "7808fe0f8a7a82fa1b7336d3efc6a35a536e0e64b57d5b82b605196311c5558f",
        "{00000000-0001-0000-0000-000000000000}",
        "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "PROG-2345",
        "CIG Z3A1B2C3D4",
        "345 12 34 10",
        "LGNET2_Torino_settimana_42_2023.xlsx",
        "export_lgnet2_MI_20231016_20231022_v1.zip",
    ],
)
def test_counts_dates_amounts_and_codes_are_no_telephone(text: str) -> None:
    assert found(text) == set()


@given(st.integers(0, 10**9 - 1))
def test_no_count_in_a_cell_is_an_identifier(number: int) -> None:
    assert found(str(number)) == set()
    assert found(f"{number:,}".replace(",", ".")) == set()


@given(st.dates())
def test_no_date_is_an_identifier(day: object) -> None:
    for form in (
        "{:%d/%m/%Y}",
        "{:%d.%m.%Y}",
        "{:%d-%m-%Y}",
        "{:%d %m %Y}",
        "{:%Y-%m-%d}",
        "{:%Y%m%d}",
        "{:%d/%m/%y}",
    ):
        assert found(form.format(day)) == set(), form.format(day)


@pytest.mark.parametrize(
    "text",
    [
        "mario.rossi@comune.esempio.it",
        "scrivere a m.rossi@gmail.com",
        "AMADOU77@YAHOO.FR",
        "mailto:fatou.diallo@esempio.org",
        "<rossi@coop-esempio.it>",
    ],
)
def test_an_address_of_a_person_is_found(text: str) -> None:
    assert found(text) == {"email"}


@pytest.mark.parametrize(
    "text",
    [
        "ufficio.inclusione@comune.esempio.it",
        "info@esempio.it",
        "servizi-sociali@asl.esempio.it",
        "protocollo@pec.comune.esempio.it",
        "sozialdienst@betrieb.esempio.it",
        "@colonna",
        "Tabella1[@Totale]",
        "logo@2x.png",
        "a@b",
    ],
)
def test_an_address_of_an_office_is_none(text: str) -> None:
    assert found(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "IT60X0542811101000000123456",
        "it60 x054 2811 1010 0000 0123 456",
        "IBAN: IT60X0542811101000000123456, intestato a",
        "IT60X0542811101000000123456 CASA",
        "DE89 3704 0044 0532 0130 00",
        "GB82WEST12345698765432",
        "FR14 2004 1010 0505 0001 3M02 606 per il rimborso",
    ],
)
def test_an_account_number_is_found(text: str) -> None:
    assert "iban" in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "IT61X0542811101000000123456",
        "IT60X05428111010000001234567",
        "IT60",
        "LT12 persone ospiti in accoglienza",
        "DE89370400440532013001",
    ],
)
def test_without_its_check_digits_it_is_no_account_number(text: str) -> None:
    assert "iban" not in found(text)


def test_no_identifier_reaches_from_one_text_into_the_next() -> None:
    assert (
        found(APART.join(["RSSMRA80", "A01H501U", "333", "1234567", "mario.rossi@", "esempio.it"])) == set()
    )
    assert found(APART.join(["12", "RSSMRA80A01H501U", "333 1234567"])) == {"tax_code", "phone"}
