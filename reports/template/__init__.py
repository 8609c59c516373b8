"""The blank workbook that a city fills in: which texts, figures and cells to enter, in; an xlsx out.

Lives here: sheets, looks, protection, what a cell may hold.
Must not live here: what is asked of whom (`pipelines.templating`), or writing to disk.
"""

from reports.template.content import (
    Choice,
    CodeListShown,
    Content,
    CoverLine,
    DataSheet,
    Entered,
    Legend,
    Point,
    Row,
    RuleShown,
    Said,
    Tokens,
)
from reports.template.workbook import template_workbook

__all__ = [
    "Choice",
    "CodeListShown",
    "Content",
    "CoverLine",
    "DataSheet",
    "Entered",
    "Legend",
    "Point",
    "Row",
    "RuleShown",
    "Said",
    "Tokens",
    "template_workbook",
]
