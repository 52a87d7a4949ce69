"""How is the simulator started as a process of its own? By `python -m hayai.sim --profile steady --truth-log truth.jsonl`.

When it is ready it prints one line of JSON: `{"url": ..., "authority": ..., "profile": ..., "region": ..., "speed": ..., "pid": ...}`, and
when it cannot start, `{"problems": [{"place": ..., "key": ..., "values": ...}]}`. It ends on Ctrl-C, on SIGTERM, and with `--with-parent`
when its standard input closes, so that it never outlives who started it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from hayai.errors import UsageError
from hayai.sim.certificate import TlsFiles
from hayai.sim.profile import read_profile
from hayai.sim.server import serve


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop. 0 after a stop, 2 when it cannot be started as asked."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if (options.certificate is None) != (options.key is None):
        parser.error("--certificate and --key go together")
    try:
        return asyncio.run(_serve(options))
    except UsageError as error:
        problems = [{"place": p.place, "key": p.key, "values": p.values} for p in error.problems]
        _say({"problems": problems})
    except OSError as error:
        problem = {
            "place": f"{options.host}:{options.port}",
            "key": "sim.cannot_listen",
            "values": {"reason": str(error)},
        }
        _say({"problems": [problem]})
    return 2


def _say(value: object) -> None:
    """One line of JSON on standard output, at once."""
    sys.stdout.buffer.write(msgspec.json.encode(value, enc_hook=str) + b"\n")
    sys.stdout.buffer.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m hayai.sim", description="A local Bedrock with known truth.")
    parser.add_argument("--profile", default="published-2024", help="name of a shipped profile, or a TOML file")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free one")
    parser.add_argument("--truth-log", type=Path, help="JSON lines: the true instants of every request")
    parser.add_argument(
        "--tls", action="store_true", help="HTTPS, with a certificate made for loopback unless one is given"
    )
    parser.add_argument("--certificate", type=Path, help="PEM file with the certificate chain")
    parser.add_argument("--key", type=Path, help="PEM file with the private key")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--speed", type=float, help="20: twenty times real speed")
    parser.add_argument(
        "--check-signatures",
        action="store_true",
        help="accept only AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY, AWS_BEARER_TOKEN_BEDROCK and OPENAI_API_KEY of this environment",
    )
    parser.add_argument("--with-parent", action="store_true", help="end when standard input closes")
    return parser


def keys_in(environment: Mapping[str, str]) -> dict[str, str]:
    """What `--check-signatures` accepts: the environment's key pair, its Bedrock API key as `bearer`, its OpenAI key as `openai`."""
    keys = {}
    if "AWS_ACCESS_KEY_ID" in environment:
        keys[environment["AWS_ACCESS_KEY_ID"]] = environment.get("AWS_SECRET_ACCESS_KEY", "")
    if "AWS_BEARER_TOKEN_BEDROCK" in environment:
        keys["bearer"] = environment["AWS_BEARER_TOKEN_BEDROCK"]
    if "OPENAI_API_KEY" in environment:
        keys["openai"] = environment["OPENAI_API_KEY"]
    return keys


async def _serve(options: argparse.Namespace) -> int:
    profile = read_profile(options.profile)
    given = TlsFiles(certificate=options.certificate, key=options.key) if options.certificate and options.key else None
    server = await serve(
        profile,
        host=options.host,
        port=options.port,
        tls=given or (True if options.tls else None),
        truth=options.truth_log,
        check_signatures=keys_in(os.environ) if options.check_signatures else None,
        seed=options.seed,
        speed=options.speed,
    )
    ready = {
        "url": server.url,
        "authority": str(server.authority) if server.authority else None,
        "profile": profile.name,
        "region": profile.region,
        "speed": profile.speed if options.speed is None else options.speed,
        "pid": os.getpid(),
    }
    stop = _stop_event(with_parent=options.with_parent)
    server.collect_garbage_when_idle()
    _say(ready)
    await stop.wait()
    await server.stop(grace_s=0.5)
    return 0


def _stop_event(*, with_parent: bool) -> asyncio.Event:
    """Set when somebody tells this process to stop. To be made before anybody is told that it is ready."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(signal_number, stop.set)
        except NotImplementedError:
            signal.signal(signal_number, lambda *_: loop.call_soon_threadsafe(stop.set))
    if with_parent:
        _watch_input(loop, stop.set)
    return stop


def _watch_input(loop: asyncio.AbstractEventLoop, ended: Callable[[], None]) -> None:
    """Call `ended` in the loop when standard input has come to its end; a thread waits, because a file cannot be polled everywhere."""
    from threading import Thread

    def read_to_the_end() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        loop.call_soon_threadsafe(ended)

    Thread(target=read_to_the_end, daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
