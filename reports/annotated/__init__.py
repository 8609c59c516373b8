"""A city's own workbook given back: its values, with what is wrong in its own cells, and a list of it first.

Lives here: sheets and findings in, the bytes of an xlsx out.
Must not live here: reading files, judging them, or writing to disk.
"""

from reports.annotated.sheets import CopyKind, Head, ShownSheet, ShownValue, fits_in_a_workbook
from reports.annotated.wording import words
from reports.annotated.workbook import annotated_workbook

__all__ = [
    "CopyKind",
    "Head",
    "ShownSheet",
    "ShownValue",
    "annotated_workbook",
    "fits_in_a_workbook",
    "words",
]
