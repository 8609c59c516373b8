"""What is carried of other people's work is what they published."""

from __future__ import annotations

import hashlib
from pathlib import Path

import yaml

import pipelines.portal

CARRIED = Path(pipelines.portal.__path__[0]) / "static" / "bootstrap-italia"
LISTED = yaml.safe_load((CARRIED / "VENDORED.yaml").read_text("utf-8"))


def test_every_file_is_the_one_that_is_listed() -> None:
    listed = {name: sha256 for part in LISTED["parts"] for name, sha256 in part["files"].items()}
    carried = {
        path.relative_to(CARRIED).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in CARRIED.rglob("*")
        if path.is_file() and path.name != "VENDORED.yaml"
    }
    assert carried == listed


def test_each_part_comes_with_its_licence() -> None:
    for part in LISTED["parts"]:
        assert part["licence_text"] in part["files"], part["name"]


def test_the_style_sheet_asks_for_nothing_that_is_not_carried() -> None:
    sheet = (CARRIED / "css" / "bootstrap-italia.min.css").read_text("utf-8")
    asked = {part.split(")")[0].strip("\"'") for part in sheet.split("url(")[1:]}
    assert {one for one in asked if not one.startswith("data:")} == set()
    assert "sourceMappingURL" not in sheet


def test_the_style_sheet_carries_no_font_that_the_policy_refuses() -> None:
    sheet = (CARRIED / "css" / "bootstrap-italia.min.css").read_text("utf-8")
    assert "@font-face" not in sheet
