"""Every finding of the sample returns, said in the three languages."""

from __future__ import annotations

import pytest

from pipelines.home import Home
from pipelines.judged import read_findings, read_verdicts
from pipelines.judging.context import Contract
from pipelines.receiving import arrivals_of, receive
from schemas.contract import LANGUAGES
from schemas.messages.saying import said
from tests.making.samples import RETURNS, samples


@pytest.mark.long
def test_no_message_of_any_sample_return_leaves_a_place_unfilled(home: Home, contract: Contract) -> None:
    receive(home, contract, arrivals_of(RETURNS / "manifest.csv", contract, None))
    verdicts = read_verdicts(home.judged)
    assert len(verdicts) == len(samples()) == 674
    findings = [finding for name in verdicts for finding in read_findings(home.judged, name)]
    assert len({finding.rule for finding in findings}) >= 3
    for finding in findings:
        for language in LANGUAGES:
            message, action = said(finding, contract.edition, language)
            assert not {"{", "}"} & set(message + action), message
        assert said(finding, contract.edition, "it") == (finding.message, finding.action)
