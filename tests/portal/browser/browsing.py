"""What a person does at a browser, and what is looked at on every page that they see.

Lives here: signing in, dropping files, moving by keyboard; pictures; what no page may have.
Must not live here: the story (`test_week_of_a_city`), or the files that are sent (`returns_sent`).
"""

from __future__ import annotations

import base64
import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

from pipelines.home import Home
from pipelines.portal.words.wording import Texts, texts_in
from schemas.contract import Language
from tests.portal.visiting import PASSWORD

COORDINATOR = "coordinamento"
NARROWEST = 320
MOST_TABS = 120
_ID = re.compile("(?<=^/bozze/).+|(?<=^/invii/).+")

_VIOLATIONS = {"resultTypes": ["violations"]}

_DROP = """(zone, files) => {
  const carried = new DataTransfer();
  for (const {name, data} of files) {
    const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
    carried.items.add(new File([bytes], name));
  }
  for (const kind of ["dragenter", "dragover", "drop"])
    zone.dispatchEvent(new DragEvent(kind, {dataTransfer: carried, bubbles: true, cancelable: true}));
}"""

_REMEMBER_WHAT_IS_SAID = """() => {
  const said = document.querySelector("[data-said]"), bar = document.querySelector("[data-progress]");
  sessionStorage.setItem("said", "[]");
  new MutationObserver(() => {
    const before = JSON.parse(sessionStorage.getItem("said"));
    before.push([said.textContent, !bar.hidden]);
    sessionStorage.setItem("said", JSON.stringify(before));
  }).observe(said, {childList: true, characterData: true, subtree: true});
}"""

_HEADINGS = "Array.from(document.querySelectorAll('h1,h2,h3,h4,h5,h6'), (one) => Number(one.tagName[1]))"

_TOO_WIDE = """(width) => Array.from(document.querySelectorAll("main *"))
  .filter((one) => !one.closest(".scrolls, .scroll, .visually-hidden"))
  .filter((one) => one.getBoundingClientRect().right > width + 1)
  .map((one) => one.outerHTML.slice(0, 120))"""

_CUT_OFF = """() => Array.from(document.querySelectorAll("body *")).filter((one) => {
  const style = getComputedStyle(one);
  return !one.closest(".visually-hidden, .visually-hidden-focusable, .scrolls, svg, select, option")
    && [style.overflowX, style.overflowY].some((way) => way === "hidden" || way === "clip")
    && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1);
}).map((one) => one.outerHTML.slice(0, 120))"""

_FOCUSED = """() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  return {
    tag: one.tagName, html: one.outerHTML.slice(0, 160), isSeen: box.width > 0 && box.height > 0,
    hasOutline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
  };
}"""

_TEXT_SPACING = """* { line-height: 1.5 !important; letter-spacing: .12em !important; }
* { word-spacing: .16em !important; }
p { margin-bottom: 2em !important; }"""


@dataclass(frozen=True)
class Running:
    """A portal that runs: where, over which home. ahead: how far its time is after the machine's."""

    address: str
    home: Home
    ahead: dt.timedelta

    def now(self) -> dt.datetime:
        """What its clock says."""
        return dt.datetime.now(dt.UTC) + self.ahead

    def landed(self) -> set[str]:
        """The files in its landing."""
        landing = self.home.root / "landing"
        return {str(path.relative_to(landing)) for path in landing.rglob("*") if path.is_file()}

    def files(self) -> dict[str, bytes]:
        """Everything in its home, byte by byte."""
        root = self.home.root
        return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@dataclass(eq=False)
class Clerk:
    """Somebody at a browser. wrong: what was found on the pages that they saw, which must be nothing.

    titles: of those pages -> the addresses where each was read, drafts and submissions without their names.
    """

    page: Page
    width: int
    pictures: Path
    wrong: list[str] = field(default_factory=list)
    titles: dict[str, set[str]] = field(default_factory=dict)
    seen: int = 0

    def __post_init__(self) -> None:
        page = self.page
        page.on("console", lambda said: self._hear(said.type, said.text))
        # A browser begins to hand choosers over only some time after it is asked to: ask before it matters.
        page.on("filechooser", lambda _: None)
        page.on("pageerror", lambda error: self.wrong.append(f"{page.url}: {error}"))

    def _hear(self, kind: str, text: str) -> None:
        # A page that is shown with 404 or 422 is told so in the console too.
        if kind == "error" and "Failed to load resource" not in text:
            self.wrong.append(f"{self.page.url}: {text}")

    @property
    def texts(self) -> Texts:
        """The words of the language in which the page is."""
        language = self.page.locator("html").get_attribute("lang")
        languages: dict[str, Language] = {"it": "it", "de": "de", "en": "en"}
        return texts_in(languages[language or ""])

    def sign_in(self, name: str, password: str = PASSWORD) -> None:
        """By the page for it."""
        self.page.goto("/accesso")
        self.page.fill("#name", name)
        self.page.fill("#password", password)
        self.page.click("main button[type=submit]")

    def open(self, path: str, name: str = "") -> None:
        """Go to a page; with a name, look at it."""
        self.page.goto(path)
        if name:
            self.look(name)

    def drop(self, *files: tuple[str, bytes]) -> None:
        """Drop files where they are to be dropped, and have what is said meanwhile remembered."""
        carried = [{"name": name, "data": base64.b64encode(data).decode()} for name, data in files]
        self.page.evaluate(_REMEMBER_WHAT_IS_SAID)
        self.page.locator("[data-drop]").evaluate(_DROP, carried)

    def send_dropped(self) -> list[list[Any]]:
        """Have what was dropped checked; what was said meanwhile, and whether progress was shown."""
        before = self.page.url
        self.page.click("form[data-upload] button[type=submit]")
        self.page.wait_for_url(lambda url: url != before)
        said: list[list[Any]] = self.page.evaluate("JSON.parse(sessionStorage.getItem('said'))")
        return said

    def choose_and_send(self, name: str, data: bytes) -> None:
        """Choose a file as a browser without scripts has it."""
        self.page.set_input_files("#files", {"name": name, "mimeType": "", "buffer": data})
        self.page.click("form[data-upload] button[type=submit]")

    def download(self, link: str, name: str = "") -> bytes:
        """What a link gives to keep; the page stays as it is. name: what the browser calls the file."""
        before = self.page.url
        with self.page.expect_download() as given:
            self.page.locator(link).click()
        assert name in ("", given.value.suggested_filename) and self.page.url == before
        return Path(given.value.path()).read_bytes()

    def to_the_top(self) -> None:
        """Where Tab begins on a page that was just opened."""
        self.page.evaluate("""() => {
          document.activeElement.blur();
          window.scrollTo(0, 0);
          getSelection().collapse(document.body, 0);
        }""")

    def tab_to(self, goal: Locator) -> None:
        """Press Tab until it has the focus; whatever has it on the way is seen to have it."""
        wanted = goal.element_handle()
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            self._see_focus()
            if self.page.evaluate("(wanted) => document.activeElement === wanted", wanted):
                return
        raise AssertionError(f"{self.page.url}: Tab never came to {goal}")

    def tab_through(self) -> None:
        """Press Tab from the top to the end: everything that can be used has its turn, in the order read."""
        page = self.page
        self.to_the_top()
        expected = page.evaluate(
            """() => Array.from(document.querySelectorAll(
                "a[href], button, input:not([type=hidden]), select, textarea, summary, .scrolls"))
              .filter((one) => one.checkVisibility() && one.type !== "radio")
              .map((one) => one.outerHTML.slice(0, 160))"""
        )
        reached: list[str] = []
        for _ in range(len(expected)):
            page.keyboard.press("Tab")
            reached.append(self._see_focus())
        if reached != expected:
            at = next(n for n, pair in enumerate(zip(reached, expected, strict=True)) if len(set(pair)) > 1)
            self.wrong.append(f"{page.url}: Tab comes to {reached[at]} instead of {expected[at]}")

    def _see_focus(self) -> str:
        focused = self.page.evaluate(_FOCUSED)
        if focused["tag"] != "BODY" and not (focused["isSeen"] and focused["hasOutline"]):
            self.wrong.append(f"{self.page.url}: nobody sees that this has the focus: {focused['html']}")
        html: str = focused["html"]
        return html

    def look(self, name: str) -> None:
        """Keep a picture of the page, and note what no page may have."""
        page = self.page
        self.seen += 1
        self.pictures.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=self.pictures / f"{self.seen:02}-{name}-{self.width}.png", full_page=True)
        self.titles.setdefault(page.title(), set()).add(_ID.sub("", urlsplit(page.url).path))
        for violation in Axe().run(page, options=_VIOLATIONS).response["violations"]:
            nodes = [node["html"][:160] for node in violation["nodes"]][:3]
            self.wrong.append(f"{name}: {violation['id']}: {nodes}")
        headings = page.evaluate(_HEADINGS)
        if headings[:1] != [1] or Counter(headings)[1] != 1 or _skips(headings):
            self.wrong.append(f"{name}: headings {headings}")
        self.wrong += [
            f"{name} at {self.width}: too wide: {one}" for one in page.evaluate(_TOO_WIDE, self.width)
        ]

    def strain(self, name: str) -> None:
        """The page when it is narrow, enlarged, or its text spaced out: nothing cut off, nothing to scroll.

        At a narrow browser the page is so already.
        """
        page = self.page
        if self.width < 2 * NARROWEST:
            return
        for what, width, style in (
            ("narrow", NARROWEST, ""),
            ("enlarged", self.width // 2, ""),
            ("spaced", self.width, _TEXT_SPACING),
        ):
            page.set_viewport_size({"width": width, "height": 900})
            if style:
                # As a reader's own style sheet does: no policy of the page holds for it.
                page.evaluate(
                    "(text) => { const own = new CSSStyleSheet(); own.replaceSync(text); "
                    "document.adoptedStyleSheets = [own]; }",
                    style,
                )
            if page.evaluate("document.documentElement.scrollWidth") > width:
                self.wrong.append(f"{name} {what}: wider than {width}")
            self.wrong += [f"{name} {what}: too wide: {one}" for one in page.evaluate(_TOO_WIDE, width)]
            self.wrong += [f"{name} {what}: cut off: {one}" for one in page.evaluate(_CUT_OFF)]
            page.screenshot(path=self.pictures / f"{self.seen:02}-{name}-{what}.png", full_page=True)
        page.evaluate("document.adoptedStyleSheets = []")
        page.set_viewport_size({"width": self.width, "height": 900})


def _skips(headings: Sequence[int]) -> bool:
    return any(after > before + 1 for before, after in pairwise(headings))
