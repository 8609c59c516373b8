"""What tests of reports share: the annotated copy of any return.

Lives here: a fixture that judges bytes and makes their copy.
Must not live here: reading the copy back (`annotated_copies`).
"""

from __future__ import annotations

import hashlib

import pytest

from pipelines.judging.context import Contract, NoPasts, Pasts
from pipelines.judging.judge import judge_return
from sources.reading.reader import ChildReader, SourceFile
from tests.conftest import TUESDAY_AFTER_W42
from tests.reports.annotated_copies import Copy, MakeCopy, copy_of


@pytest.fixture
def make_copy(contract: Contract, reader: ChildReader) -> MakeCopy:
    """The copy of a return judged on the Tuesday after 2023-W42, with nothing sent before unless told so."""

    def make(data: bytes, name: str = "scheda", pasts: Pasts | None = None) -> Copy:
        given = reader.read([SourceFile(name, data)])
        judgement = judge_return(
            given,
            contract,
            file=name,
            sha256=hashlib.sha256(data).hexdigest(),
            received_at=TUESDAY_AFTER_W42,
            pasts=pasts or NoPasts(),
        )
        return copy_of(judgement, given, name)

    return make
