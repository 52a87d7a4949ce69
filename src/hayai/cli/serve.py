"""`hayai serve`: all runs of a folder in the browser, those that are being measured too, until Ctrl-C.

On stdout one line: the address. Everything else on stderr.
"""

from __future__ import annotations

import json as json_of
import os
import signal
from pathlib import Path

import click

from hayai.cli.live_process import LiveProcess
from hayai.cli.options import RUNS
from hayai.cli.telling import put_out, say
from hayai.cli.verbs import Option, Verb
from hayai.errors import HayaiError, JournalError
from hayai.show.format import clean
from hayai.show.locales import Texts

TOKEN = "HAYAI_SERVE_TOKEN"  # noqa: S105  The name of a variable.
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def command(texts: Texts) -> click.Command:
    """The verb with its options."""

    def callback(*, runs: Path, address: str, port: int | None, json: bool) -> int:
        if not runs.is_dir():
            raise JournalError("journal.no_runs", path=str(runs))
        with LiveProcess(runs, texts.language, host=address, port=port, token=os.environ.get(TOKEN) or None) as live:
            if address not in LOOPBACK:
                say([texts("live.open", address=clean(address))])
            say([texts("live.serving", place=clean(str(runs)))])
            put_out(json_of.dumps({"address": live.address}) + "\n" if json else live.address + "\n")
            return _wait(live)

    options: list[click.Parameter] = [
        click.Argument(["runs"], type=click.Path(path_type=Path), default=RUNS, metavar="[RUNS]"),
        Option(["--port"], type=click.IntRange(0, 65535), metavar="N", help=texts("live.option.port")),
        Option(["--address"], default="127.0.0.1", metavar="IP", help=texts("live.option.address")),
        Option(["--json"], is_flag=True, help=texts("live.option.json")),
    ]
    return Verb("serve", texts, callback, options)


def _wait(live: LiveProcess) -> int:
    """Until Ctrl-C, which is how it is meant to end. HayaiError when the server ends by itself."""

    def end(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    # Both, also where a shell that started us in the background had Ctrl-C ignored.
    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        code = live.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    raise HayaiError("live.died", code=code)
