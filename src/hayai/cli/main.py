"""What happens when somebody types `hayai`?

Language first, then the verb, then the exit code. Every error ends here, as one clear message on stderr; a traceback
is shown only with `--debug`.

Exit codes, the first that applies: 130 interrupted · 2 usage, or a budget below one cycle · 3 credentials or access ·
5 too many failures · 0.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from hayai import __version__
from hayai.cli.language import language_of
from hayai.cli.telling import tell_error
from hayai.cli.verbs import WIDTH, Verbs, problem_of
from hayai.errors import HayaiError, UsageError
from hayai.show.locales import Texts, texts_in

INTERRUPTED = 130


def run(argv: Sequence[str]) -> int:
    """Carries out one command line and returns the exit code."""
    debug = "--debug" in argv
    if debug:
        os.environ["HAYAI_DEBUG"] = "1"
    texts = texts_in(language_of(argv, os.environ))
    try:
        code = Verbs(texts, __version__).main(
            args=list(argv), prog_name="hayai", standalone_mode=False, max_content_width=WIDTH, terminal_width=WIDTH
        )
    except click.exceptions.Abort:
        return INTERRUPTED
    except click.ClickException as error:
        return _told(UsageError(problem_of(error)), texts, debug=debug)
    except HayaiError as error:
        return _told(error, texts, debug=debug)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough (`hayai report | head`).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if debug:
            raise
        click.echo(texts("cli.unexpected", kind=type(error).__name__, words=str(error)[:300]), err=True)
        return INTERRUPTED
    return code if isinstance(code, int) else 0


def _told(error: HayaiError, texts: Texts, *, debug: bool) -> int:
    if debug:
        import traceback

        traceback.print_exception(error)
    click.echo(tell_error(error, texts), err=True)
    return error.exit_code


def main() -> NoReturn:
    """Entry point of the `hayai` command."""
    sys.exit(run(sys.argv[1:]))
