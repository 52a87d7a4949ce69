"""`hayai prices`: what is known with its source, prices of one's own, and AWS's list; and a run that is charged by them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from hayai.sim.control.prices import PUBLISHED
from hayai.sim.process import Running
from tests.cli.shell import MEASURED, NOVA, Shell

MODEL = NOVA.partition(":")[2]
SET = ("prices", "set", MODEL, "--input", "0.70", "--output", "2.90")


def config(shell: Shell, name: str = "prices.toml") -> Path:
    """A file of the user's configuration."""
    return Path(shell.environment["XDG_CONFIG_HOME"]) / "hayai" / name


def listed(shell: Shell, *words: str) -> list[dict[str, Any]]:
    """What `show` tells of a model."""
    found: list[dict[str, Any]] = shell.inside("prices", "show", *words, "--json", code=0).json["prices"]
    return found


@contextmanager
def answering(body: bytes, headers: Mapping[str, str] | None = None, status: int = 200) -> Iterator[str]:
    """A service that says this and no more to whoever asks; its address."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | dict(headers or {})).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_a_price_of_ones_own_is_written_shown_and_taken_away(shell: Shell) -> None:
    """It stands first and is marked; the file is sorted and holds what was said."""
    shell.inside(*SET, "--tier", "flex", "--currency", "JPY", "--rate", "0.0066", "--source", "a contract", code=0)
    shown = shell.inside(*SET, code=0)
    assert "* [1]" in shown.out
    assert "your own price" in shown.out
    assert all(len(line) <= 80 for line in shown.out.splitlines())
    first, second, *known = listed(shell, MODEL)
    assert (first["tier"], first["input_usd"], first["own"], first["usd_per_unit"]) == ("default", "0.7", True, "1")
    assert (second["tier"], second["input_usd"], second["currency"]) == ("flex", "0.00462", "JPY")
    assert {one["own"] for one in known} == {False}
    tables = tomllib.loads(config(shell).read_text())["prices"]
    assert [(one.get("tier"), one["input"], one.get("rate")) for one in tables] == [
        (None, "0.70", None),
        ("flex", "0.70", "0.0066"),
    ]
    shell.inside("prices", "set", MODEL, "--remove", code=0)
    assert [one["tier"] for one in listed(shell, MODEL) if one["own"]] == ["flex"]
    gone = shell.inside("prices", "set", MODEL, "--remove", code=2)
    assert f"{MODEL} flex" in gone.err


def test_remarks_by_hand_are_kept_beside(shell: Shell) -> None:
    """The file is written by hayai; what somebody wrote into it is not lost."""
    config(shell).parent.mkdir(parents=True)
    config(shell).write_text('# until March\n[[prices]]\nmodel = "a"\ninput = 1\noutput = 2\nas_of = 2026-01-01\n')
    shell.inside(*SET, code=0)
    assert "# until March" in config(shell, "prices.toml.old").read_text()
    assert [one["model"] for one in listed(shell) if one["own"]] == ["a", MODEL]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_all_that_is_wrong_with_a_price_is_told_at_once(shell: Shell, language: str) -> None:
    """And nothing is written."""
    words = ("--input", "-1", "--tier", "flx", "--currency", "JPY", "--cache-read", "nan", "--region", "us-east-1")
    told = shell.inside("prices", "set", MODEL, *words, "--lang", language, code=2).err
    for place in ("--input", "--output", "--tier", "--currency", "--cache-read", "--region"):
        assert f"- {place}: " in told
    assert not config(shell).exists()


def test_a_broken_file_of_prices_is_told_before_anything_is_sent(shell: Shell, sim: Running) -> None:
    """Together with what else is wrong; a price that is not there is no reason to charge another."""
    config(shell).parent.mkdir(parents=True)
    config(shell).write_text("[[prices]]\ninput = -1\noutput = 2\n")
    told = shell(
        "compare", NOVA, "--endpoint", sim.url, "--suite", "nowhere.toml", "--prices", "missing.toml", code=2
    ).err
    assert "nowhere.toml" in told
    assert "missing.toml" in told
    assert f"{config(shell)}: prices[1].input: " in told
    assert not shell.runs


def test_words_choose_and_slips_are_told(shell: Shell) -> None:
    """A profile's id finds the model's own; what is not there is not shown as nothing."""
    assert {one["model"] for one in listed(shell, "us.anthropic.claude-haiku-4-5-20251001-v1:0")} == {
        "anthropic.claude-haiku-4-5-20251001-v1:0"
    }
    assert {one["tier"] for one in listed(shell, "nova-pro", "flex")} == {"flex"}
    assert "set" in shell.inside("prices", "sett", code=2).err
    assert "amazon.nova-pro-v1:0" in shell.inside("prices", "show", "amazon.nova-prov1:0", code=2).err


def test_awss_list_is_taken_in_and_counts_after_ones_own(shell: Shell, sim: Running) -> None:
    """From files and page by page from the API the same; what is unchanged is not told; with --dry-run nothing is written."""
    ask = ("prices", "update", "--endpoint", sim.url, "--region", "us-east-1", "--json")
    dry = shell.inside(*ask, "--dry-run", code=0).json
    assert dry["written"] is None
    assert not config(shell, "prices-aws.toml").exists()
    done = shell.inside(*ask, code=0).json
    assert dry["changes"] == done["changes"] != []
    assert (done["products"], done["taken"] + sum(done["left"].values())) == (43, 43)
    assert done["names"] == ["Hypothetica 1", "Claude 3.5 Sonnet"]
    again = shell.inside(*ask, "--api", code=0).json
    assert again["changes"] == []
    assert {name: again[name] for name in ("products", "taken", "left", "names")} == {
        name: done[name] for name in ("products", "taken", "left", "names")
    }
    shell.inside(*SET, code=0)
    own, aws, *_ = listed(shell, MODEL)
    assert (own["own"], aws["region"], aws["as_of"], aws["input_usd"]) == (True, "us-east-1", PUBLISHED[:10], "0.8")
    assert sim.url in aws["source"]


def test_a_change_is_shown_as_old_and_new(shell: Shell, sim: Running) -> None:
    """Other Regions stay; what AWS tells no longer goes."""
    ask = ("prices", "update", "--endpoint", sim.url)
    shell.inside(*ask, "--region", "us-west-2", "--region", "us-east-1", code=0)
    path = config(shell, "prices-aws.toml")
    path.write_text(
        path.read_text().replace('input = "0.8"', 'input = "0.75"').replace("amazon.nova-2-lite-v1:0", "amazon.gone")
    )
    told = shell.inside(*ask, "--region", "us-east-1", code=0).out
    assert "0.75 / 3.2 → 0.8 / 3.2" in told
    assert "0.33 / 2.75 → none" in told
    assert "none → 0.33 / 2.75" in told
    assert "not AWS's own words" in " ".join(told.split())
    assert all(len(line) <= 80 for line in told.splitlines())
    west = [
        one for one in listed(shell, "us-west-2", MODEL) if one["latency"] == "standard" and one["tier"] == "default"
    ]
    assert [one["input_usd"] for one in west] == ["0.75"]


OFFER = json.dumps({"products": {}, "terms": {"OnDemand": {}}}).encode()


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        ((b"<html>login</html>",), 3, "no price list"),
        ((b'{"products": {', {"Content-Length": "5000"}), 3, "5000"),
        ((b"Access Denied", None, 403), 3, "us-east-1"),
        ((b"gone", None, 404), 3, "no price list of us-east-1"),
        ((b"\x1b[31mboom", None, 500), 3, "does not answer"),
        ((OFFER,), 2, "none of 0 products"),
    ],
)
def test_where_no_list_comes_the_old_one_stands(shell: Shell, answer: tuple[Any, ...], code: int, words: str) -> None:
    """A page of a proxy, half a file, a refusal, an error, an empty list."""
    path = config(shell, "prices-aws.toml")
    path.parent.mkdir(parents=True)
    path.write_text("# the old one\n")
    with answering(*answer) as url:
        told = shell.inside("prices", "update", "--endpoint", url, "--region", "us-east-1", code=code).err
    assert words in told
    assert "\x1b" not in told
    assert path.read_text() == "# the old one\n"
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_nobody_there_and_nothing_that_can_be_asked(shell: Shell) -> None:
    """No network is told as such; slips before anybody is asked."""
    with answering(b"") as url:
        pass
    assert url in shell.inside("prices", "update", "--endpoint", url, code=3).err
    told = shell.inside("prices", "update", "--region", "../x", "--endpoint", "ftp://x", "--profile", "p", code=2).err
    for place in ("--region", "--endpoint", "--profile"):
        assert f"- {place}: " in told
    config(shell, "prices-aws.toml").parent.mkdir(parents=True)
    config(shell, "prices-aws.toml").write_text('[[prices]]\nmodel = "x"\n')
    assert "hayai prices update" in shell.inside("prices", code=2).err


def test_a_login_in_an_address_is_told_to_nobody(shell: Shell, sim: Running) -> None:
    """Not in the file, not on the terminal."""
    shell.environment["AWS_ENDPOINT_URL_PRICING"] = sim.url.replace("//", "//me:hunter22@")
    done = shell.inside("prices", "update", "--region", "us-east-1", code=0)
    assert "hunter22" not in done.out + done.err + config(shell, "prices-aws.toml").read_text()
    assert "hunter22" not in shell.inside("prices", "update", "--endpoint", "http://me:hunter22@x", code=2).err


def test_a_run_is_charged_by_ones_own_prices(shell: Shell, sim: Running) -> None:
    """They lie in its manifest with source and rate, and are shown, to others without their file.

    They stand when it is repriced unless newer words of one's own say otherwise.
    """
    targets = "".join(
        f'[[targets]]\nname = "{name}"\ntarget = "{target}"\n{more}\n\n'
        for name, target, more in (
            ("a", NOVA, f'endpoint = "{sim.url}"\nregion = "us-east-1"'),
            ("b", "openai:gpt-oss", f'base_url = "{sim.url}/v1"'),
        )
    )
    prices = '[[prices]]\ntarget = "b"\ninput = 100\noutput = 400\ncurrency = "JPY"\nrate = 0.0066\nsource = "a quiet agreement"\n'
    run = "[run]\ncycles = 1\nwarmup = 0\nmax_tokens = 50\nprompts = ['code']\n\n"
    (shell.folder / "bench.toml").write_text(run + targets + prices)
    shell.inside(*SET, code=0)
    shell.inside("run", "bench.toml", "--json", code=MEASURED)
    kept = {one.target: one for one in shell.run.manifest().prices}
    assert (kept["a"].source, str(kept["a"].input_usd)) == (str(config(shell)), "0.70")
    assert (kept["b"].currency, str(kept["b"].usd_per_unit)) == ("JPY", "0.0066")
    shown = " ".join(shell.inside("report", code=0).out.split())
    assert "your own price, a quiet agreement, bench.toml, stated in JPY at 0.0066 USD for 1 JPY" in shown
    shared = shell.inside("report", "--share", code=0).out
    assert "quiet agreement" not in shared
    assert "a price of one's own" in " ".join(shared.split())
    (shell.folder / "new.toml").write_text('[[prices]]\nmodel = "us.amazon.*"\ninput = "7"\noutput = 8\n')
    today = shell.inside("report", "--reprice", "--prices", "new.toml", "--json", code=0).json["costs"]["prices"]
    assert {one["target"]: one["source"] for one in today} == {"a": "new.toml", "b": "a quiet agreement, bench.toml"}
    assert "--reprice" in shell.inside("report", "--prices", "new.toml", code=2).err
