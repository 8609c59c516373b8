"""Loading what returns are judged against: an edition, its layouts, rules whose checks exist.

Lives here: the checks between the contract's data and the functions that it names.
Must not live here: judging; `regia status` and `regia sql` load a contract too, and must start fast.
"""

from __future__ import annotations

from pipelines.judging.context import Contract
from pipelines.judging.rules import CHECKED_WHILE_READING, DRIFT, RULE_FUNCTIONS
from schemas.editions import EditionFolders, load_edition
from schemas.tables import ContractError, did_you_mean, line_of
from sources.layouts.library import load_layouts
from sources.personal.data import read_vocabulary


def load_contract(folders: EditionFolders) -> Contract:
    """An edition with its layouts, still to be read; every rule names a check that exists.

    Raises ContractError.
    """
    edition = load_edition(folders)
    path = folders.schemas / "rules.yaml"
    known = {*RULE_FUNCTIONS, *CHECKED_WHILE_READING, DRIFT}
    for index, rule in enumerate(edition.rules):
        if rule.check is not None and rule.check not in known:
            raise ContractError(
                path,
                line_of(path, ["rules", index, "check"]),
                f"no check {rule.check!r}",
                did_you_mean(rule.check, known),
            )
    missing = CHECKED_WHILE_READING - {rule.check for rule in edition.rules}
    if missing:
        raise ContractError(path, None, f"no rule has the check {min(missing)!r}", "Add the rule.")
    return Contract(
        edition,
        lambda: load_layouts(folders.sources / "layouts", edition),
        lambda: read_vocabulary(folders.sources),
    )
