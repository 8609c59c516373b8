"""The command `regia`.

Lives here: the entry point: options that stand anywhere, and errors told in one sentence with their status.
Must not live here: what the commands do.
"""

from __future__ import annotations

import errno
import gc
import os
import re
import sys
from collections.abc import Sequence

from pipelines.refusals import WrongUsageError

EXIT_DONE, EXIT_REJECTED, EXIT_USAGE, EXIT_NOT_NOW = 0, 1, 2, 3

_GIVE_WAY = frozenset({"consolidate", "rebuild"})
"""Commands that nobody waits for: on the same machine people wait for the verdict on what they sent."""
_GIVES_WAY_BY = 10

_ANYWHERE = {"--home": 1, "--edition": 1, "--json": 0}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and end the process with its status."""
    # A run makes millions of small tuples and hardly a cycle: looking for cycles less often saves a tenth.
    gc.set_threshold(100_000, 20, 20)
    given = list(sys.argv[1:] if arguments is None else arguments)
    if _GIVE_WAY.intersection(given):
        os.nice(_GIVES_WAY_BY)
    status = run(given)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:  # whoever was reading has seen enough
        status = status or EXIT_DONE
    # All is written and closed. Taking two thousand modules apart, which the system frees anyway, takes
    # as long as computing the week's indicators.
    os._exit(status)


def run(arguments: list[str]) -> int:
    """Run the command. 0 done or accepted, 1 rejected, 2 wrong usage or path, 3 not now (nothing changed)."""
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
    import typer

    from pipelines.cli.app import app
    from pipelines.home import BusyError
    from schemas.editions import UnknownEditionError
    from schemas.tables import ContractError
    from sources.landing import DamagedLandingError

    try:
        status = app(
            args=_with_options_first(arguments) or ["--help"], prog_name="regia", standalone_mode=False
        )
    except WrongUsageError as error:
        return _told(str(error), EXIT_USAGE)
    except UnknownEditionError as error:
        return _told(f"L'edizione «{error.slug}» non c'è. Ci sono: {', '.join(error.known)}.", EXIT_USAGE)
    except ContractError as error:
        return _told(f"Errore nei dati del contratto: {error}", EXIT_USAGE)
    except DamagedLandingError as error:
        return _told(f"Un file ricevuto è danneggiato: {error}. Lo ripristini da una copia.", EXIT_USAGE)
    except BusyError:
        return _told(
            "Un'altra elaborazione è in corso: nulla è cambiato. Riprovi tra qualche minuto.", EXIT_NOT_NOW
        )
    except BrokenPipeError:  # whoever was reading has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_DONE
    except OSError as error:
        return _told_of_system(error)
    except KeyboardInterrupt:
        return _told("Interrotto. Ciò che era già preso in carico resta.", 130)
    except typer.Exit as error:
        return error.exit_code
    except typer.exceptions.TyperException as error:
        command = getattr(getattr(error, "ctx", None), "command_path", "regia")
        return _told(f"{_in_italian(error.format_message())} Per l'aiuto: {command} --help", EXIT_USAGE)
    return status if isinstance(status, int) else EXIT_DONE


_CLI_SENTENCES = (
    (
        r"No such command '(.*?)'\.(?: Did you mean '(.*?)'\?)?.*",
        "Il comando «{0}» non c'è.",
        " Intendeva «{1}»?",
    ),
    (r"No such option:? '?(.*?)'?\.?(?: .*)?", "L'opzione {0} non c'è.", ""),
    (r"Missing argument '(.*?)'\.?", "Manca l'argomento {0}.", ""),
    (r"Missing option '(.*?)'\.?", "Manca l'opzione {0}.", ""),
    (r"Missing command\.?", "Manca il comando.", ""),
    (r"Got unexpected extra arguments? \((.*?)\)", "C'è un argomento di troppo: {0}.", ""),
    (r"Option '(.*?)' requires an argument\.?", "Dopo {0} manca il valore.", ""),
)


def _in_italian(sentence: str) -> str:
    """What the command line's library says, in Italian where it is one of its usual sentences."""
    for pattern, told, more in _CLI_SENTENCES:
        match = re.fullmatch(pattern, sentence, re.DOTALL)
        if match:
            words = match.groups()
            return (told + (more if words and words[-1] else "")).format(*words)
    return f"Comando non valido: {sentence}"


def _told(sentence: str, status: int) -> int:
    from schemas.messages.saying import visible

    print(visible(sentence), file=sys.stderr)
    return status


def _told_of_system(error: OSError) -> int:
    place = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return _told(
            "Il disco è pieno: l'operazione non è stata fatta. Liberi spazio e riprovi.", EXIT_NOT_NOW
        )
    if error.errno in (errno.ENOENT, errno.EISDIR, errno.ENOTDIR):
        return _told(f"Il file o la cartella non c'è{place}. Controlli il percorso.", EXIT_USAGE)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return _told(f"Non c'è il permesso di leggere o scrivere{place}. Controlli i permessi.", EXIT_USAGE)
    return _told(f"Il sistema ha rifiutato l'operazione{place}: {error.strerror}. Riprovi.", EXIT_NOT_NOW)


def _with_options_first(arguments: list[str]) -> list[str]:
    """`--home`, `--edition` and `--json` may stand after the command: put them before it."""
    first: list[str] = []
    rest: list[str] = []
    index = 0
    while index < len(arguments):
        argument = arguments[index]
        name = argument.partition("=")[0]
        if argument == "--":
            rest += arguments[index:]
            break
        if name in _ANYWHERE:
            taken = 1 + (_ANYWHERE[name] if "=" not in argument else 0)
            if index + taken > len(arguments) or (taken > 1 and arguments[index + 1].startswith("-")):
                raise WrongUsageError(f"Dopo {name} manca il valore.")
            first += arguments[index : index + taken]
            index += taken
        else:
            rest.append(argument)
            index += 1
    return first + rest
