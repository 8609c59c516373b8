"""What tests of the portal share.

Lives here: somebody before a portal over the test's home, which a module may fill.
Must not live here: checks; what a visitor does (`visiting`).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipelines.home import Home
from pipelines.judging.context import Contract
from tests.portal.visiting import Visitor, opened


@pytest.fixture
def visitor(home: Home, contract: Contract) -> Iterator[Visitor]:
    """Somebody who has not signed in."""
    with opened(home, contract) as (portal, _):
        yield Visitor(portal)
