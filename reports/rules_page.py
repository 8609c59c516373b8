"""The page of rules: what a return is held against, and every sentence in which a city is told of it.

Lives here: the page, made from the edition's rules and the catalogue of messages; writing it into `docs/`.
Must not live here: a rule or a message; nothing on the page is written twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from schemas.contract import LANGUAGES, Edition, Rule
from schemas.editions import DEFAULT_EDITION, PROJECT, find_edition, load_edition
from schemas.messages import Message, catalogue

RULES_PAGE = PROJECT / "docs" / "rules.md"
LEFT_OPEN = "…"
"""What stands on the page where a message names a cell's own figures and words."""

_PLACE = re.compile(r"\{[^{}]*\}")
_SEVERITIES_IT = {"error": "errore", "warning": "avviso"}
_OPENING = """\
<!-- Written by `make docs` from the rules and messages of the project: do not edit it here. -->
# Le regole

{edition}: con queste regole si controlla ogni scheda.

Un **errore** respinge la scheda; un **avviso** no: chiede di guardare. Un errore derogabile può contare come
avviso, per un certo tempo, se il coordinamento lo decide (`regia waive`). La scheda di `regia template` porta
nella legenda le regole in vigore nella sua settimana.
"""
_MESSAGES = """\
## Che cosa si legge

Ciò che una città legge quando una regola trova qualcosa. Al posto dei puntini stanno le cifre e le parole
della sua scheda.
"""


def rules_page(edition: Edition) -> str:
    """The page, in Markdown."""
    parts = [_OPENING.format(edition=edition.facts.name_it), *map(_rule, edition.rules), _MESSAGES]
    return "\n".join((*parts, *_messages(edition)))


def told(text: str) -> str:
    """A text of the catalogue with its places left open."""
    return _PLACE.sub(LEFT_OPEN, text)


def _rule(rule: Rule) -> str:
    kinds = [_SEVERITIES_IT[rule.severity], *(["derogabile"] if rule.waivable else [])]
    until = f" al {rule.valid_to:%d/%m/%Y}" if rule.valid_to else ""
    held = f"dal {rule.valid_from:%d/%m/%Y}{until}" if rule.check else "non ancora applicata"
    statements = (f"- {language}: {getattr(rule, f'statement_{language}')}" for language in LANGUAGES)
    return "\n".join(
        (f"## {rule.id}: {', '.join(kinds)}", "", *statements, "", f"{held.capitalize()}; {rule.owner}.", "")
    )


def _messages(edition: Edition) -> Iterator[str]:
    """For each check that a rule names, the messages in which it speaks."""
    for check in dict.fromkeys(rule.check for rule in edition.rules if rule.check):
        said = [message for message in catalogue().messages.values() if message.check == check]
        if said:
            rules = ", ".join(rule.id for rule in edition.rules if rule.check == check)
            yield f"### {rules}\n\n| che cosa non va | che cosa fare |\n|---|---|"
            yield "\n".join(dict.fromkeys(map(_line, said))) + "\n"


def _line(message: Message) -> str:
    cells = (told(text).replace("|", "\\|") for text in (message.message, message.action))
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Write the page anew."""
    edition = load_edition(find_edition(DEFAULT_EDITION))
    RULES_PAGE.write_text(rules_page(edition), encoding="utf-8")
    print(RULES_PAGE.relative_to(PROJECT))


if __name__ == "__main__":
    main()
