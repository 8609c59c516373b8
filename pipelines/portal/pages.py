"""From a template's name and what it shows to the text of a page.

Lives here: how templates are read: values escaped, a missing one is an error; addresses of static files.
Must not live here: any page, its words, or who may see it.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).resolve().parent
STATIC = FOLDER / "static"
STATIC_URL = "/statico"


def render(name: str, /, **content: object) -> str:
    """The page of a template. Raises `jinja2.UndefinedError` where it asks for what is not given."""
    return _environment().get_template(name).render(**content)


@cache
def static_url(path: str) -> str:
    """The address of a static file, which changes with its content. Raises OSError for one not there."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]
    return f"{STATIC_URL}/{path}?v={digest}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["static"] = static_url
    return environment
