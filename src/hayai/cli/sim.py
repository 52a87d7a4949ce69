"""`hayai sim`: a local Bedrock with known truth, in the foreground, until Ctrl-C.

On stdout one line: the address (or with `--json` everything a script needs). How to point clients at it is said on
stderr.
"""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import signal
from pathlib import Path
from typing import Any

import click

from hayai.cli.telling import say
from hayai.cli.verbs import Option, Verb
from hayai.errors import Problem, UsageError
from hayai.show.format import clean
from hayai.show.locales import Texts

DEFAULT_PROFILE = "published-2024"
DEFAULT_PORT = 8765
GRACE_S = 0.5
"""How long streams under way may go on after Ctrl-C."""


def command(texts: Texts) -> click.Command:
    """The verb with its options."""

    def callback(**values: Any) -> int:
        return asyncio.run(serve_until_told(values, texts))

    options: list[click.Parameter] = [
        Option(["--profile"], default=DEFAULT_PROFILE, metavar="NAME|FILE", help=texts("cli.option.sim_profile")),
        Option(["--host"], default="127.0.0.1", metavar="HOST", help=texts("cli.option.host")),
        Option(
            ["--port"], type=click.IntRange(0, 65535), default=DEFAULT_PORT, metavar="N", help=texts("cli.option.port")
        ),
        Option(["--speed"], type=click.FloatRange(min=0.01, max=1000), metavar="N", help=texts("cli.option.speed")),
        Option(["--seed"], type=click.IntRange(min=0), metavar="N", help=texts("cli.option.seed")),
        Option(["--truth-log"], type=click.Path(path_type=Path), metavar="FILE", help=texts("cli.option.truth_log")),
        Option(["--tls"], is_flag=True, help=texts("cli.option.tls")),
        Option(
            ["--certificate"], type=click.Path(path_type=Path), metavar="FILE", help=texts("cli.option.certificate")
        ),
        Option(["--key"], type=click.Path(path_type=Path), metavar="FILE", help=texts("cli.option.key")),
        Option(["--check-signatures"], is_flag=True, help=texts("cli.option.check_signatures")),
        Option(["--json"], is_flag=True, help=texts("cli.option.json")),
    ]
    return Verb("sim", texts, callback, options)


async def serve_until_told(values: dict[str, Any], texts: Texts) -> int:
    """Serves until Ctrl-C or SIGTERM. Raises UsageError for what cannot be served."""
    from hayai.sim.__main__ import keys_in
    from hayai.sim.certificate import TlsFiles
    from hayai.sim.profile import read_profile
    from hayai.sim.server import serve

    if (values["certificate"] is None) != (values["key"] is None):
        raise UsageError(Problem(place="--certificate", key="cli.certificate_and_key"))
    problems = [problem for name in ("certificate", "key") for problem in _unreadable(values[name])]
    if problems:
        raise UsageError(*problems)
    given = TlsFiles(certificate=values["certificate"], key=values["key"]) if values["certificate"] else None
    profile = read_profile(values["profile"])
    try:
        server = await serve(
            profile,
            host=values["host"],
            port=values["port"],
            tls=given or (True if values["tls"] else None),
            truth=values["truth_log"],
            check_signatures=keys_in(os.environ) if values["check_signatures"] else None,
            seed=values["seed"],
            speed=values["speed"],
        )
    except OSError as error:
        place = f"{values['host']}:{values['port']}" if error.filename is None else str(error.filename)
        reason = error.strerror or str(error)
        raise UsageError(Problem(place=place, key="cli.cannot_serve", values={"reason": reason})) from error
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    speed = values["speed"] or profile.speed
    if values["json"]:
        authority = str(server.authority) if server.authority else None
        facts = {
            "url": server.url,
            "authority": authority,
            "profile": profile.name,
            "region": profile.region,
            "speed": speed,
        }
        print(json.dumps(facts), flush=True)
    else:
        print(server.url, flush=True)
    say([texts("cli.sim.ready", profile=clean(profile.name), speed=f"{speed:g}")])
    if values["host"] not in ("127.0.0.1", "localhost", "::1"):
        say([texts("cli.sim.open", host=clean(values["host"]))])
    say([f"  export AWS_ENDPOINT_URL={server.url}"], to_copy=True)
    # boto3 reads the one, every other SDK the other.
    say([f"  export AWS_REGION={profile.region} AWS_DEFAULT_REGION={profile.region}"], to_copy=True)
    if server.authority:
        say([f"  export AWS_CA_BUNDLE={shlex.quote(str(server.authority))}"], to_copy=True)
    if not values["check_signatures"]:
        say([texts("cli.sim.credentials")])
    say([texts("cli.sim.stop")])
    server.collect_garbage_when_idle()
    await stop.wait()
    await server.stop(grace_s=GRACE_S)
    return 0


def _unreadable(path: Path | None) -> list[Problem]:
    """Why a PEM file cannot be read: OpenSSL names neither the file nor what is missing in it."""
    if path is None:
        return []
    try:
        found = b"-----BEGIN " in path.read_bytes()
    except OSError as error:
        return [Problem(place=str(path), key="cli.no_pem.unreadable", values={"reason": error.strerror or str(error)})]
    return [] if found else [Problem(place=str(path), key="cli.no_pem")]
