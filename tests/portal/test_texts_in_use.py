"""Every text of the pages is said somewhere, every kind of entry of the audit log recorded somewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pipelines
from pipelines import board
from pipelines.portal import app, uploads
from pipelines.portal.administration import accounts
from pipelines.portal.city import draft
from pipelines.portal.coordinator import folder
from pipelines.portal.store.accounts import ROLES
from pipelines.portal.store.audit import EVENTS
from pipelines.portal.words.wording import FOLDER, read_pages, texts_in
from pipelines.refusals import RefusalCode
from schemas.verdicts import Status
from tests.portal.gallery import PORTAL, TEMPLATES

TEXTS = frozenset(f"{page}.{key}" for page, texts in read_pages(FOLDER)["it"].items() for key in texts)

KINDS = (
    *(status for status in get_args(app.ErrorStatus) if status not in (400, 403, 413)),
    *("role", "origin", "csrf", "invitation", "draft"),
    *get_args(uploads.Code),
)
"""What the error page tells apart: of 400, 403 and 413 it says why; of 409 and 429 what the refusal says."""

COMPUTED: dict[str, tuple[object, ...]] = {
    "draft.next_": get_args(draft.Step),
    "draft.outcome_": get_args(Status),
    "draft.status_": get_args(Status),
    "errors.do_": KINDS,
    "errors.title_": KINDS,
    "errors.what_": tuple(kind for kind in KINDS if kind not in (409, 429)),
    "events.": EVENTS,
    "folder.": get_args(folder.NotTaken),
    "folder.status_": (*get_args(Status), *get_args(folder.Unsendable), *get_args(folder.NotTaken)),
    "refusals.": get_args(RefusalCode),
    "roles.": ROLES,
    "states.": (*get_args(board.State), *get_args(accounts.State)),
}
"""How a key begins whose end is computed -> every end that there can be."""


@cache
def _nodes() -> tuple[ast.AST, ...]:
    """All that the modules of the portal, and the commands on accounts, are made of."""
    commands = Path(pipelines.__path__[0], "cli", "commands", "accounts.py")
    return tuple(
        node
        for path in (*PORTAL.rglob("*.py"), commands)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
    )


def _calls(*names: str) -> Iterator[ast.Call]:
    for node in _nodes():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
            yield node


def _words(*nodes: ast.AST) -> Iterator[str]:
    for node in (inner for outer in nodes for inner in ast.walk(outer)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _named() -> set[str]:
    """The keys that stand as they are: `t.page.key` in templates; `texts.page.key`, `"page.key"`."""
    templates = "".join(path.read_text("utf-8") for path in TEMPLATES.rglob("*.html"))
    return {
        *re.findall(r"\bt\.([a-z_]+\.[a-z_0-9]+)", templates),
        *re.findall(r'\bt\.say\("([a-z_0-9.]+)"(?! ~)', templates),
        *(
            f"{node.value.attr}.{node.attr}"
            for node in _nodes()
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute)
        ),
        *_words(*_nodes()),
    }


def _begun() -> set[str]:
    """How those begin that are computed."""
    templates = "".join(path.read_text("utf-8") for path in TEMPLATES.rglob("*.html"))
    pages = {key.partition(".")[0] for key in TEXTS}
    in_modules = {
        begun
        for call in _calls("say")
        if call.args and isinstance(call.args[0], ast.JoinedStr)
        for begun in _words(call.args[0].values[0])
        if begun.partition(".")[0] in pages
    }
    return {*re.findall(r'\bt\.say\("([a-z_0-9.]+)" ~', templates), *in_modules}


def _notices() -> set[str]:
    """What `visit.go(path, notice)` leads on to, and links that carry a notice."""
    templates = "".join(path.read_text("utf-8") for path in TEMPLATES.rglob("*.html"))
    linked = re.findall(r"(?:\?|&|%3F|%26)esito(?:=|%3D)([a-z_]+)", templates)
    return {f"notices.{word}" for call in _calls("go") for word in _words(*call.args[1:2])} | {
        f"notices.{word}" for word in linked
    }


def test_every_text_is_said_somewhere() -> None:
    computed = {f"{begun}{end}" for begun, ends in COMPUTED.items() for end in ends}
    assert sorted(TEXTS - _named() - computed - _notices()) == []


def test_what_is_computed_has_its_text() -> None:
    assert _begun() == {*COMPUTED, "notices."}
    computed = {f"{begun}{end}" for begun, ends in COMPUTED.items() for end in ends}
    assert sorted((computed | _notices()) - TEXTS) == []


def test_every_kind_of_entry_is_recorded_somewhere_and_has_its_word() -> None:
    chosen = (
        node.value
        for node in _nodes()
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.annotation, ast.Name)
        and node.annotation.id == "Event"
        and node.value is not None
    )
    arguments = (argument for call in _calls("record", "record_refusal") for argument in call.args)
    assert sorted(set(EVENTS) - set(_words(*arguments, *chosen))) == []
    assert texts_in("it").keys_of("events") == set(EVENTS)
