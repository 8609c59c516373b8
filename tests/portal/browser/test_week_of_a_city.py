"""The week of a city in a real browser: a return and its receipt, a correction, what must leave no trace."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import openpyxl
import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from pipelines.judged import JudgedReturns
from pipelines.portal.shown.weeks import week_name
from pipelines.portal.uploads import UploadLimits
from schemas.contract import Edition
from schemas.verdicts import Verdict
from tests.making.identifiers import TAX_CODE
from tests.portal.browser.browsing import PASSWORD, Clerk, Running
from tests.portal.browser.returns_sent import WEEK, Total, filled, marked_cells, mended, true_total

pytestmark = pytest.mark.whole

OpenBrowser = Callable[..., Clerk]

WEEKS_PAGE, WEEK_PAGE = "/settimane", f"/settimane/{WEEK}"
NIL_PAGE = "/settimane/2023-W32/nulla"
"""Of a week for which nothing came."""
TEMPLATE = f"a[href='{WEEK_PAGE}/modulo.xlsx']"
SEND = "form[data-upload] button[type=submit]"
CONFIRM = "section[aria-labelledby=conferma] button[type=submit]"
NOTE = "Uscite straordinarie per l'allerta freddo."

_CHOOSE = """([number, size]) => {
    const files = new DataTransfer();
    for (let n = 0; n < number; n += 1) files.items.add(new File([new ArrayBuffer(size)], `${n}.csv`));
    const input = document.querySelector("#files");
    input.files = files.files;
    input.dispatchEvent(new Event("change"));
}"""


@dataclass(frozen=True)
class Story:
    """One run: whose week, at which browser, over which portal."""

    city: str
    prefix: str
    clerk: Clerk
    running: Running
    edition: Edition

    @property
    def page(self) -> Page:
        return self.clerk.page

    @property
    def wrong(self) -> Mapping[Total, Decimal]:
        """Two totals that are seven more than their categories."""
        desk = (f"{self.prefix}-OSS-01", "desk_visits")
        street = (f"{self.prefix}-UM-01", "outreach_contacts")
        return {total: true_total(self.city, total) + 7 for total in (desk, street)}

    @property
    def odd(self) -> Mapping[Total, Decimal]:
        """Ten times the hours of other weeks."""
        total = (f"{self.prefix}-UM-01", "outreach_hours")
        return {total: true_total(self.city, total) * 10}

    def verdict(self) -> Verdict | None:
        """Of what counts for the week."""
        return JudgedReturns.load(self.running.home.judged, self.edition).valid(self.city, WEEK)


@pytest.mark.parametrize(
    ("city", "prefix", "width"),
    [
        pytest.param("latina", "LT", 1280, id="it-1280"),
        pytest.param("latina", "LT", 390, id="it-390", marks=pytest.mark.long),
        pytest.param("bolzano", "BZ", 1280, id="de-1280", marks=pytest.mark.long),
        pytest.param("bolzano", "BZ", 390, id="de-390"),
    ],
)
def test_week_of_a_city(
    city: str, prefix: str, width: int, running: Running, clerk_at: OpenBrowser, edition: Edition
) -> None:
    story = Story(city, prefix, clerk_at(width), running, edition)
    landed = running.landed()
    blank = signs_in_and_takes_the_template(story)
    drops_far_too_much(story)
    sent = filled(blank, edition, city, {**story.wrong, **story.odd})
    cells = sends_it_with_mistakes(story, sent)
    corrects_it(story, sent, cells, by_keyboard=width == 1280)
    assert running.landed() == landed, "something counts that nobody confirmed"
    confirms_it(story, by_keyboard=width == 1280)
    keeps_the_receipt(story)
    sends_a_second_version(story)
    sends_somebodys_tax_code(story, blank)
    declares_nothing_happened(story)
    comes_back_after_the_session_ended(story)
    leaves(story)
    assert story.clerk.wrong == []
    shared = {title: places for title, places in story.clerk.titles.items() if len(places) > 1}
    assert shared == {}, "pages that differ, under one title"


def signs_in_and_takes_the_template(story: Story) -> bytes:
    """Sees what is due and how long is left."""
    clerk, page = story.clerk, story.page
    clerk.open("/accesso", "sign-in")
    clerk.sign_in(story.city)
    texts = clerk.texts
    assert texts.language == ("de" if story.city == "bolzano" else "it")
    now = page.locator("section[aria-labelledby=adesso]")
    expect(now.locator("h2")).to_have_text(week_name(WEEK, texts))
    expect(now.locator(".deadline strong")).to_have_text(texts.say("deadlines.days_left", n=2))
    clerk.look("weeks")
    clerk.tab_through()
    return clerk.download(TEMPLATE, f"LGNET2_{story.city}_{WEEK}_v1.xlsx")


def drops_far_too_much(story: Story) -> None:
    """And is told before any of it is sent."""
    clerk, page = story.clerk, story.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method))
    clerk.drop(*((f"{number}.csv", b"a;b") for number in range(UploadLimits().files + 1)))
    page.click(SEND)
    told = clerk.texts.say("errors.what_too_many_files", most=UploadLimits().files)
    expect(page.locator("[data-said]")).to_have_text(told)
    clerk.look("too-many-files")
    assert "POST" not in asked
    for number, size, key, most in ((1, 33, "file_too_large", "32 MB"), (3, 22, "too_large", "64 MB")):
        page.evaluate(_CHOOSE, [number, size << 20])
        expect(page.locator("[data-said]")).to_have_text(clerk.texts.say(f"errors.what_{key}", most=most))


def sends_it_with_mistakes(story: Story, sent: bytes) -> dict[tuple[str, str], Decimal]:
    """Drops it; the cells that are wrong by the page and by the annotated copy, and what stands in them."""
    clerk, page, texts = story.clerk, story.page, story.clerk.texts
    clerk.drop(("scheda.xlsx", sent))
    expect(page.locator("#files")).to_have_value(re.compile("scheda.xlsx$"))
    said = clerk.send_dropped()
    assert [texts.upload.sending, True] in said
    assert [texts.upload.checking, True] in said
    expect(page.locator("#esito")).to_have_text(texts.draft.outcome_rejected)
    expect(page.locator(".finding.error")).to_have_count(2)
    expect(page.locator(CONFIRM)).to_have_count(0)
    clerk.look("rejected")
    clerk.strain("rejected")
    annotated = clerk.download("a[href$='copia.xlsx']", f"{story.city}-{WEEK}-v1-copia-annotata.xlsx")
    shown = page.locator(".finding.error .where").all_inner_texts()
    cells = _cells_of_totals(annotated, story.wrong)
    for sheet, cell in cells:
        assert any(f"«{sheet}»" in where or f"„{sheet}“" in where for where in shown), shown
        assert any(re.search(rf"\b{cell}\b", where) for where in shown), shown
    return cells


def corrects_it(
    story: Story, sent: bytes, cells: Mapping[tuple[str, str], Decimal], *, by_keyboard: bool
) -> None:
    """In the cells that the annotated copy marks, and sends it again."""
    clerk, page, texts = story.clerk, story.page, story.clerk.texts
    right = {value: true_total(story.city, total) for total, value in story.wrong.items()}
    corrected = mended(sent, {cell: right[value] for cell, value in cells.items()})
    before = page.url
    if by_keyboard:
        _into_the_page(clerk)
        clerk.tab_to(page.locator("#files"))
        with page.expect_file_chooser() as asked:
            page.keyboard.press("Space")
        asked.value.set_files({"name": "corretta.xlsx", "mimeType": "", "buffer": corrected})
        clerk.tab_to(page.locator(SEND))
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: url != before)
    else:
        clerk.drop(("corretta.xlsx", corrected))
        clerk.send_dropped()
    expect(page.locator("#esito")).to_have_text(texts.draft.outcome_accepted_with_warnings)
    expect(page.locator(".finding.error")).to_have_count(0)
    contacts = story.edition.measures_by_code["outreach_contacts"]
    name = contacts.label_de if texts.language == "de" else contacts.label_it
    true = true_total(story.city, (f"{story.prefix}-UM-01", "outreach_contacts"))
    expect(page.locator("tr", has=page.get_by_role("rowheader", name=name, exact=True))).to_contain_text(
        str(true)
    )
    expect(page.locator("section[aria-labelledby=conferma]")).to_contain_text(texts.draft.received_at)
    clerk.look("accepted-with-warnings")
    clerk.strain("accepted-with-warnings")
    page.goto(before)
    expect(page.locator("h1")).to_have_text(texts.errors.title_draft)
    clerk.look("draft-replaced")
    page.go_back()


def confirms_it(story: Story, *, by_keyboard: bool) -> None:
    """With a note on the odd figure; from then on it counts, and it came at that moment."""
    clerk, page, texts = story.clerk, story.page, story.clerk.texts
    note, button = page.locator("#note-S01"), page.locator(CONFIRM)
    began = story.running.now()
    if by_keyboard:
        _into_the_page(clerk)
        clerk.tab_to(note)
        page.keyboard.type(NOTE)
        clerk.tab_to(button)
        page.keyboard.press("Space")
    else:
        note.fill(NOTE)
        button.click()
    page.wait_for_url("**/invii/**")
    expect(page.get_by_text(texts.notices.sent)).to_be_visible()
    verdict = story.verdict()
    assert verdict is not None
    assert began <= verdict.received_at <= story.running.now()
    expect(page.locator("table", has_text=texts.receipt.decisions.note)).to_contain_text(NOTE)
    clerk.look("receipt")
    clerk.strain("receipt")


def keeps_the_receipt(story: Story) -> None:
    """As a document and as a page; both say what came."""
    clerk, page, texts = story.clerk, story.page, story.clerk.texts
    verdict = story.verdict()
    assert verdict is not None
    city = story.edition.city(story.city)
    name = (city.name_de or city.name_it) if texts.language == "de" else city.name_it
    document = clerk.download("a[href$='ricevuta.pdf']", f"ricevuta-{verdict.submission_id}.pdf")
    read = " ".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(document)).pages)
    kept = clerk.download("a[href$='ricevuta.html']", f"ricevuta-{verdict.submission_id}.html").decode()
    for text in (re.sub(r"\s+", " ", read), kept):
        assert name in text
        assert texts.receipt.week(WEEK) in text
        assert verdict.sha256 in text.replace(" ", "").replace("\u200b", "")
    page.get_by_role("link", name=texts.submission.to_week).click()
    expect(page.locator(".versions li.valid")).to_contain_text(texts.say("versions.version", n=1))
    clerk.look("week-sent")


def sends_a_second_version(story: Story) -> None:
    """Sees what it changes, owes a reason, and the first one stays in the list."""
    clerk, page, texts = story.clerk, story.page, story.clerk.texts
    waited = (f"{story.prefix}-OSS-01", "waiting_days")
    corrected = {waited: true_total(story.city, waited) + 1}
    clerk.drop(("scheda-2.xlsx", filled(clerk.download(TEMPLATE), story.edition, story.city, corrected)))
    clerk.send_dropped()
    figures = page.locator("table", has=page.locator("caption#cifre"))
    (hours,) = story.odd.values()
    expect(figures.locator("tbody tr")).to_have_count(2)
    expect(figures.locator("tr", has_text="UM-01").locator("td.number").first).to_have_text(f"{hours:.0f}")
    indicators = page.locator("table", has=page.locator("caption#indicatori"))
    expect(indicators.locator("tbody tr").first).to_be_visible()
    clerk.look("second-version")
    clerk.strain("second-version")
    reason = page.locator("#reason")
    page.locator(CONFIRM).click()
    assert reason.evaluate("(one) => one.matches(':invalid')")
    # A browser that does not ask for it is asked by the page.
    page.locator("form", has=reason).evaluate("(form) => { form.noValidate = true; }")
    page.locator(CONFIRM).click()
    summary = page.locator("[data-summary]")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_text(texts.problems.no_reason)
    clerk.look("reason-owed")
    summary.get_by_role("link").click()
    expect(reason).to_be_focused()
    reason.select_option("correction")
    page.locator(CONFIRM).click()
    page.wait_for_url("**/invii/**")
    verdict = story.verdict()
    assert verdict is not None
    assert (verdict.version, str(verdict.reason_code)) == (2, "correction")
    clerk.open(WEEK_PAGE)
    expect(page.locator(".versions > li")).to_have_count(2)
    expect(page.locator(".versions > li.valid")).to_contain_text(texts.say("versions.version", n=2))
    clerk.look("week-sent-twice")


def sends_somebodys_tax_code(story: Story, blank: bytes) -> None:
    """Reads once where it stands; nothing of the file is left anywhere."""
    clerk, page, texts = story.clerk, story.page, story.clerk.texts
    book = openpyxl.load_workbook(io.BytesIO(filled(blank, story.edition, story.city, {})))
    cover = book.worksheets[0]
    cover["B40"] = f"Referente {TAX_CODE}"
    packed = io.BytesIO()
    book.save(packed)
    before = set(story.running.files())
    clerk.open(WEEKS_PAGE)
    clerk.drop(("scheda-di-mario.xlsx", packed.getvalue()))
    page.click(SEND)
    expect(page.locator("h1")).to_have_text(texts.withheld.title)
    expect(page.locator("main")).to_be_focused()
    expect(page.locator(".finding .where").first).to_contain_text("B40")
    clerk.look("withheld")
    after = story.running.files()
    assert set(after) - before <= {"portal.sqlite-wal", "portal.sqlite-shm"}
    digest = hashlib.sha256(packed.getvalue()).hexdigest()
    for trace in (TAX_CODE, "scheda-di-mario", digest):
        assert not [name for name, data in after.items() if trace.encode() in data]
        assert trace not in " ".join(after)
    page.reload()
    expect(page.locator(".findings")).to_have_count(0)


def declares_nothing_happened(story: Story) -> None:
    """For one service, in a week for which nothing came."""
    clerk, page, texts = story.clerk, story.page, story.clerk.texts
    clerk.open(NIL_PAGE)
    page.locator("form", has=page.locator("#reason")).evaluate("(form) => { form.noValidate = true; }")
    page.locator("form.sheet button[type=submit]").click()
    expect(page.locator("[data-summary]")).to_be_focused()
    clerk.look("nil-owes")
    first = page.locator("input[name=points]").first
    first.check()
    page.locator("#reason").fill("Servizio chiuso per lavori.")
    page.locator("form.sheet button[type=submit]").click()
    expect(page.get_by_text(texts.notices.nil_declared)).to_be_visible()
    expect(page.locator("table", has=page.locator("caption#nulla"))).to_contain_text("Servizio chiuso")
    clerk.look("nil-declared")


def comes_back_after_the_session_ended(story: Story) -> None:
    """What was sent did not arrive, and the page says so; then it is the page where the form stood."""
    clerk, page, texts = story.clerk, story.page, story.clerk.texts
    clerk.open(WEEK_PAGE)
    page.context.clear_cookies(name="sessione")
    clerk.drop(("scheda.csv", b"a;b"))
    page.click(SEND)
    expect(page.get_by_text(texts.sign_in.ended_form)).to_be_visible()
    clerk.look("session-ended")
    page.fill("#name", story.city)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: url.endswith(WEEK_PAGE))
    page.context.clear_cookies(name="sessione")
    page.click(TEMPLATE)
    expect(page.locator("h1")).to_have_text(texts.sign_in.title)
    page.fill("#name", story.city)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: url.endswith(WEEK_PAGE))


def leaves(story: Story) -> None:
    """And whoever sits down there next sees nothing by going back."""
    clerk, page, texts = story.clerk, story.page, story.clerk.texts
    for path, name in (("/account", "account"), ("/aiuto", "help"), ("/privacy", "privacy")):
        clerk.open(path, name)
    clerk.open("/accessibilita", "accessibility")
    clerk.open("/accesso/secondo-fattore", "second-factor")
    assert page.locator("img.qr").evaluate("(picture) => picture.naturalWidth") > 0
    clerk.open(WEEK_PAGE)
    page.click(".leave")
    expect(page.get_by_text(texts.notices.signed_out)).to_be_visible()
    clerk.look("signed-out")
    page.go_back()
    expect(page.locator("h1")).to_have_text(texts.sign_in.title)
    expect(page.locator("body")).not_to_contain_text("42/2023")


def test_week_without_scripts(running: Running, clerk_at: OpenBrowser, edition: Edition) -> None:
    story = Story("latina", "LT", clerk_at(scripts=False), running, edition)
    clerk, page, landed = story.clerk, story.page, running.landed()
    clerk.sign_in("latina")
    blank = clerk.download(TEMPLATE)
    clerk.choose_and_send("scheda.xlsx", filled(blank, edition, "latina", {}))
    page.wait_for_url("**/bozze/**")
    assert running.landed() == landed
    page.click(CONFIRM)
    page.wait_for_url("**/invii/**")
    verdict = story.verdict()
    assert verdict is not None
    assert verdict.received_at - running.now() < dt.timedelta(0)
    assert len(running.landed() - landed) >= 2


def _into_the_page(clerk: Clerk) -> None:
    """By the link that skips what stands on every page."""
    clerk.to_the_top()
    clerk.tab_to(clerk.page.locator("a[href='#contenuto']"))
    clerk.page.keyboard.press("Enter")


def _cells_of_totals(annotated: bytes, wrong: Mapping[Total, Decimal]) -> dict[tuple[str, str], Decimal]:
    """The marked cells that hold a wrong total. AssertionError unless there is one for each."""
    book = openpyxl.load_workbook(io.BytesIO(annotated))
    found = {
        (sheet, cell): Decimal(str(value))
        for sheet, cell in marked_cells(annotated)
        if isinstance(value := book[sheet][cell].value, int | float) and Decimal(str(value)) in wrong.values()
    }
    assert len(found) == len(wrong), found
    return found
