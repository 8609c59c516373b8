"""Every page in a real browser: nothing that axe-core finds, nothing refused, nothing too wide."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from schemas.contract import LANGUAGES, Language
from tests.portal.gallery import PORTAL, gallery

pytestmark = [pytest.mark.whole, pytest.mark.long]

POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
CHROMIUM = "/usr/bin/chromium"
WIDTHS = (1280, 390)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    texts = gallery()

    def page(request: Request) -> Response:
        return HTMLResponse(texts[request.path_params["name"]], headers={"Content-Security-Policy": POLICY})

    async def upload(request: Request) -> Response:
        async with request.form() as form:
            both_came = len(form.getlist("files")) == 2
        return RedirectResponse("/it/bozza-respinta" if both_came else "/it/errore-400", 303)

    app = Starlette(
        routes=[
            Mount("/statico", StaticFiles(directory=PORTAL / "static")),
            Route("/bozze", upload, methods=["POST"]),
            Route("/{name:path}", page),
        ]
    )
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        yield browser.new_page()
        browser.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_accessible_and_fits(page: Page, address: str, language: Language) -> None:
    wrong: list[str] = []
    page.on(
        "console", lambda said: wrong.append(f"{page.url}: {said.text}") if said.type == "error" else None
    )
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    page.on("response", lambda one: wrong.append(f"{one.status} {one.url}") if one.status >= 400 else None)
    axe = Axe()
    for name in (name for name in gallery() if name.startswith(f"{language}/")):
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(f"{address}/{name}", wait_until="load")
            page.evaluate("document.fonts.ready.then(() => true)")
            assert page.evaluate("document.fonts.check('16px \"Titillium Web\"')"), name
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wrong.append(f"{name}: wider than {width}")
            wrong += [
                f"{name} at {width}: {one['id']}: {[node['html'][:160] for node in one['nodes']][:3]}"
                for one in axe.run(page).response["violations"]
            ]
            _keep_picture(page, f"{name}-{width}")
    assert wrong == []


@pytest.mark.parametrize("scripts", [True, False])
def test_files_are_sent_with_and_without_scripts(
    page: Page, address: str, tmp_path: Path, scripts: bool
) -> None:
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=scripts)
    files = [tmp_path / "uno.csv", tmp_path / "due.csv"]
    for file in files:
        file.write_text("a;b", "utf-8")
    sent_from = context.new_page()
    sent_from.goto(f"{address}/it/settimane")
    sent_from.set_input_files("#files", files)
    if scripts:
        assert sent_from.inner_text("[data-chosen-list]").split() == ["uno.csv", "due.csv"]
    sent_from.click("form.sending button")
    sent_from.wait_for_url("**/it/bozza-respinta")
    context.close()


def _keep_picture(page: Page, name: str) -> None:
    """Where $REGIA_SCREENSHOTS names a folder, the page as it looks."""
    folder = os.environ.get("REGIA_SCREENSHOTS")
    if folder:
        target = Path(folder) / f"{name}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=target, full_page=True)
