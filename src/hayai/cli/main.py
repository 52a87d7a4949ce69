"""What happens when somebody types `hayai`?

Language first, then the verb, then the exit code. Every error ends here, as one clear message on stderr; a traceback
is shown only with `--debug`.

Exit codes, the first that applies: 130 interrupted · 2 usage, or a budget below one cycle · 3 credentials or access ·
5 too many failures · 4 undecided when the limits were reached · 1 a claim is not met · 0.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from hayai import __version__
from hayai.cli.language import language_of
from hayai.cli.telling import fitted, put, sentence, tell_error
from hayai.cli.verbs import Verbs, problem_of
from hayai.errors import INTERRUPTED, HayaiError, Problem, UsageError
from hayai.show.locales import Texts, texts_in


def run(argv: Sequence[str]) -> int:
    """Carries out one command line and returns the exit code."""
    debug = "--debug" in argv
    if debug:
        os.environ["HAYAI_DEBUG"] = "1"
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that lacks a character shows another one; that is no reason to stop.
            stream.reconfigure(errors="replace")
    hayai = Verbs(texts_in(language_of(argv, os.environ)), __version__)
    try:
        _must_be_text(argv)
        code = hayai.main(args=list(argv), prog_name="hayai", standalone_mode=False)
    except click.exceptions.Abort:
        return INTERRUPTED
    except click.ClickException as error:
        told = UsageError(problem_of(error))
        told.__cause__ = error
        return _told(told, hayai.texts, debug=debug)
    except HayaiError as error:
        return _told(error, hayai.texts, debug=debug)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  The edge of the program: whatever broke, the user reads words.
        _trace(error, debug=debug)
        words = sentence("cli.unexpected", {"kind": type(error).__name__, "words": str(error)[:300]}, hayai.texts)
        put(sys.stderr, f"{fitted(words, sys.stderr)}\n")
        return INTERRUPTED
    return code if isinstance(code, int) else 0


def _must_be_text(argv: Sequence[str]) -> None:
    """Raises UsageError for words that are not UTF-8: they could not be kept in a manifest, nor shown."""
    broken = [word for word in argv if not word.isascii() and word != word.encode("utf-8", "replace").decode("utf-8")]
    if broken:
        place = broken[0].encode("utf-8", "replace").decode("utf-8")
        raise UsageError(Problem(place=place, key="cli.not_utf8"))


def _told(error: HayaiError, texts: Texts, *, debug: bool) -> int:
    _trace(error, debug=debug)
    put(sys.stderr, f"{fitted(tell_error(error, texts), sys.stderr)}\n")
    return error.exit_code


def _trace(error: Exception, *, debug: bool) -> None:
    """Where it happened, for whoever asked; what looks like a secret is left out here too."""
    if debug:
        import traceback

        from hayai.ask.secrets import redact
        from hayai.show.format import clean

        put(sys.stderr, clean(redact("".join(traceback.format_exception(error))), prose=True))


def main() -> NoReturn:
    """Entry point of the `hayai` command."""
    # What is loaded and read stays until the end: looking through it time and again took a twelfth of what a small run costs.
    gc.set_threshold(100_000, 50, 50)
    sys.exit(run(sys.argv[1:]))
