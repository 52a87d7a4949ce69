"""What a terminal of 80 columns gets: help that fits, progress that leaves no debris, plain lines elsewhere; and a quick start."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import ioctl

import pytest
from msgspec.structs import replace

from hayai.cli.extent import rest_of, session_plan
from hayai.cli.verbs import VERBS
from hayai.decide.progress import Tally, progress
from hayai.show.format import cell_width
from hayai.sim.process import Running
from tests.cli.shell import HAYAI, MEASURED, NOVA, Shell, until

LANGUAGES = ("en", "ja")
CONTROL = re.compile(r"\x1b\[(\d*)([A-Za-z])")
HEAVY = {"anthropic", "asyncio", "boto3", "botocore", "numpy", "pydantic", "rich", "scipy", "yaml"}


class Screen:
    """As much of a terminal as the progress lines use: text, line feeds, up (F), clear line (K), clear below (J), colours (m)."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.rows: list[str] = [""]
        self.row = 0

    def feed(self, text: str) -> None:
        """Draws what a program wrote. Fails on a line that would wrap and on a sequence that is not known here."""
        at = 0
        while at < len(text):
            if (found := CONTROL.match(text, at)) is not None:
                self._act(found[2], int(found[1] or 1))
                at = found.end()
                continue
            character = text[at]
            assert character != "\x1b", repr(text[at : at + 20])
            if character == "\n":
                self.row += 1
                if self.row == len(self.rows):
                    self.rows.append("")
            elif character != "\r":
                self.rows[self.row] += character
            at += 1

    def _act(self, letter: str, count: int) -> None:
        if letter == "F":
            assert count <= self.row
            self.row -= count
        elif letter == "J":
            del self.rows[self.row + 1 :]
            self.rows[self.row] = ""
        elif letter == "K":
            self.rows[self.row] = ""
        else:
            assert letter == "m", letter


@contextmanager
def at_a_terminal(
    shell: Shell, *words: str, columns: int, rows: int = 24, kind: str = "xterm"
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """`hayai` with stderr on a terminal of its own, stdout into nothing; the process and the terminal's other end."""
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    environment = {name: value for name, value in shell.environment.items() if name != "COLUMNS"}
    environment["TERM"] = kind
    try:
        with subprocess.Popen(
            [*HAYAI, *words],
            cwd=shell.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=theirs,
            process_group=0,
        ) as process:
            os.close(theirs)
            try:
                yield process, ours
            finally:
                if process.poll() is None:
                    process.kill()
    finally:
        os.close(ours)


def read_all(terminal: int) -> str:
    """Everything that is written to a terminal until nobody has it open any more."""
    data = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            return data.decode().replace("\r\n", "\n")
        if not piece:
            return data.decode().replace("\r\n", "\n")
        data += piece


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verb", ["", *VERBS])
def test_help_fits(shell: Shell, verb: str, language: str) -> None:
    """Every help is at most 80 cells wide, names every option, and is written in the language asked for."""
    words = [*([verb] if verb else []), "--help", "--lang", language]
    done = shell.inside(*words, code=0)
    assert done.err == ""
    assert [line for line in done.out.splitlines() if cell_width(line) > 80] == []
    assert ("使い方" in done.out) == (language == "ja")
    for word in ("--help", "--lang", "--debug"):
        assert word in done.out
    if not verb:
        assert all(f"  {name}" in done.out for name in VERBS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_verb_there_is_help(shell: Shell, language: str) -> None:
    """`hayai` alone says what it is and what it can do."""
    shell.environment["HAYAI_LANG"] = language
    assert shell.inside(code=0).out == shell.inside("--help", code=0).out


@pytest.mark.parametrize(
    ("columns", "rows", "language"), [(80, 24, "en"), (80, 24, "ja"), (50, 24, "en"), (30, 3, "ja")]
)
def test_progress_is_redrawn_in_place(shell: Shell, slow_sim: Running, columns: int, rows: int, language: str) -> None:
    """The answer so far, a line per target, one for the run: within the width, redrawn in place, and at the end nothing of them is left."""
    words = ("compare", NOVA, "--vary", "latency=standard,optimized", "--endpoint", slow_sim.url)
    limits = ("--cycles", "3", "--stopping", "limits", "--json")
    with at_a_terminal(shell, *words, *limits, "--lang", language, columns=columns, rows=rows) as (process, terminal):
        written = read_all(terminal)
        assert process.wait(30) in MEASURED
    frames = written.split("\x1b[J")
    assert len(frames) > 4
    screen = Screen(columns)
    screen.feed(frames[0])
    standing = len(screen.rows)
    most = 0
    for frame in frames[1:]:
        screen.feed("\x1b[J" + frame)
        drawn = screen.rows[standing - 1 :]
        if "3" in frame and "\x1b[2K" in frame:
            most = max(most, len(drawn) - 1)
            assert all(cell_width(line) < columns for line in drawn), drawn
    assert min(4, rows - 1) <= most <= min(5, rows - 1)
    assert "\x1b" not in "".join(screen.rows)
    left = screen.rows[standing - 1 :]
    assert not [line for line in left if line.startswith(("[1]", "[2]"))], left
    assert "simulated" in written or "シミュレー" in written


def test_ctrl_c_at_a_terminal(shell: Shell, slow_sim: Running) -> None:
    """A note stands above the progress lines and stays when they are gone."""
    words = ("compare", NOVA, "--endpoint", slow_sim.url, "--cycles", "30", "--concurrency", "2", "--json")
    with at_a_terminal(shell, *words, columns=80) as (process, terminal):
        until(lambda: any(path.read_bytes().count(b"\n") > 12 for path in shell.folder.glob("runs/*/records-a1.jsonl")))
        os.killpg(process.pid, signal.SIGINT)
        written = read_all(terminal)
        assert process.wait(30) == 130
    screen = Screen(80)
    screen.feed(written)
    (note,) = [line for line in screen.rows if line.startswith("Finishing")]
    assert note == "Finishing what is in flight; Ctrl-C again stops at once."
    assert not [line for line in screen.rows if line.startswith("[1]")]


def test_plain_lines_elsewhere(shell: Shell, sim: Running) -> None:
    """Where stderr is no terminal, or one that can do nothing (TERM=dumb), there is no control character."""
    words = ("compare", NOVA, "--endpoint", sim.url, "--cycles", "2")
    done = shell(*words, code=0)
    assert "\x1b" not in done.err + done.out
    with at_a_terminal(shell, *words, columns=80, kind="dumb") as (process, terminal):
        assert "\x1b" not in read_all(terminal)
        assert process.wait(30) == 0


@pytest.mark.parametrize("columns", [80, 50])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_told_fits_the_terminal(shell: Shell, sim: Running, columns: int, language: str) -> None:
    """Lines end where people break them, neither in a word nor in a number; the command to be copied stays in one piece."""
    words = ("compare", NOVA, "--endpoint", sim.url, "--cycles", "1", "--warmup", "2", "--lang", language)
    with at_a_terminal(shell, *words, columns=columns, kind="dumb") as (process, terminal):
        written = read_all(terminal)
        assert process.wait(30) == 0
    told, at, left = written.partition("runs/")
    assert all(cell_width(line) <= columns for line in told.splitlines()), told
    plain = shell.inside(*words, code=0).err.partition("runs/")[0]
    assert any(cell_width(line) > columns for line in plain.splitlines()), "nothing had to be broken"
    assert re.findall(r"[\w.:/-]+", told, re.ASCII) == re.findall(r"[\w.:/-]+", plain, re.ASCII)
    assert at
    (command,) = [line for line in left.splitlines() if "--resume" in line]
    assert command.endswith("--cycles 2")


@pytest.mark.parametrize("language", LANGUAGES)
def test_problems_fit_the_terminal(shell: Shell, language: str) -> None:
    """A list of problems stays a list: what goes on is indented under its own entry."""
    words = ("compare", f"{NOVA},latncy=optimized,temperature=9,foo=1", "--lang", language)
    with at_a_terminal(shell, *words, columns=80) as (process, terminal):
        heading, *lines = read_all(terminal).splitlines()
        assert process.wait(30) == 2
    assert heading.startswith("hayai: 3")
    assert sum(line.startswith("  - ") for line in lines) == 3
    assert all(line.startswith(("  - ", "    ")) for line in lines)
    assert len(lines) > 3
    assert max(map(cell_width, lines)) <= 80


def test_what_is_told_of_a_resumed_run(shell: Shell, sim: Running) -> None:
    """Progress counts what this session will do, under the limits of this session."""
    words = ("--vary", "latency=standard,optimized", "--endpoint", sim.url, "--cycles", "1", "--warmup", "2")
    shell.inside("compare", NOVA, *words, "--json", code=MEASURED)
    contents = shell.run.read()
    plan = contents.plan
    for cycles, rounds in ((2, 10), (4, 30)):
        limits = replace(plan.limits, cycles=cycles, max_time_s=60.0)
        rest = rest_of(plan, limits, contents.records)
        assert (rest.rounds, rest.complete_cycles) == (rounds, 1)
        state = progress(session_plan(plan, limits, rest.rounds), Tally(), began_at_ns=0, now_at_ns=0)
        assert (state.done, state.planned) == (0, rounds * 2)
    torn = [r for r in contents.records if r.prompt not in ("web_scraping", "cicd")]
    assert rest_of(plan, plan.limits, torn).rounds == 2


@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        (),
        ("--version",),
        ("nonsense",),
        ("compare", "--nonsense"),
        ("compare", "--help"),
        ("report", "--help"),
        ("report", "nope"),
        ("compare", "nova"),
        ("explain", "W999"),
        ("run",),
    ],
    ids=" ".join,
)
def test_nothing_heavy_is_loaded(shell: Shell, words: tuple[str, ...]) -> None:
    """Help and mistakes come without the packages that only measuring, own suites or reports need."""
    asked = "import sys; from hayai.cli.main import run; run(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", asked, *words],
        cwd=shell.folder,
        env=shell.environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=40,
    )
    loaded = {name.partition(".")[0] for name in done.stderr.splitlines()[-1].split()}
    assert "click" in loaded
    assert loaded & HEAVY == set()


def test_the_demo(shell: Shell) -> None:
    """`hayai demo` compares three targets on its own service, says that it is simulated, and offers nothing that cannot be gone on with."""
    done = shell("demo", "--speed", "400", "--cycles", "1", "--seed", "3", code=MEASURED)
    assert "simulated, 400 times real speed" in done.out.splitlines()[0]
    assert "3.5-haiku-optimized" in done.out
    assert "Nothing leaves this machine" in done.err
    assert len(shell.records()) == 30
    with shell.begin("demo", "--speed", "20", "--cycles", "9") as process:
        until(
            lambda: (
                len(shell.runs) == 2
                and any(b"measure" in p.read_bytes() for p in shell.runs[-1].glob("records-a1.jsonl"))
            )
        )
        os.killpg(process.pid, signal.SIGINT)
        _out, err = process.communicate(timeout=40)
    assert process.returncode == 130, err
    assert "--resume" not in err


def test_what_the_sim_says_is_enough_for_boto3(shell: Shell) -> None:
    """Who pastes the printed exports needs nothing else: boto3 finds address, Region and credentials."""
    with shell.begin("sim", "--port", "0", "--profile", "steady", "--speed", "200") as sim:
        assert sim.stdout
        assert sim.stderr
        assert sim.stdout.readline().startswith("http://127.0.0.1:")
        told: list[str] = []
        while not (told and told[-1].startswith("Ctrl-C")):
            told.append(sim.stderr.readline())
            assert told[-1], told
        exports = "".join(line for line in told if line.startswith("  export "))
        words = [{"role": "user", "content": [{"text": "x"}]}]
        asked = (
            "import boto3; client = boto3.client('bedrock-runtime'); "
            f"print(client.converse(modelId={NOVA.partition(':')[2]!r}, messages={words!r})['stopReason'])"
        )
        bare = {"PATH": os.environ["PATH"], "HOME": str(shell.folder), "AWS_EC2_METADATA_DISABLED": "true"}
        done = subprocess.run(
            ["sh", "-c", f'{exports}exec "$0" -c "$1"', sys.executable, asked],
            env=bare,
            capture_output=True,
            text=True,
            timeout=40,
            check=False,
        )
        os.killpg(sim.pid, signal.SIGINT)
        sim.communicate(timeout=20)
    assert done.stdout == "end_turn\n", done.stderr


def test_the_sim_from_the_command_line(shell: Shell) -> None:
    """`hayai sim --json` prints one line, serves, and ends on Ctrl-C with exit 0."""
    with shell.begin(
        "sim", "--port", "0", "--json", "--profile", "steady", "--speed", "200", "--truth-log", "t.jsonl"
    ) as sim:
        assert sim.stdout
        told = json.loads(sim.stdout.readline())
        assert (told["profile"], told["speed"], told["authority"]) == ("steady", 200.0, None)
        environment = {"AWS_ENDPOINT_URL_BEDROCK_RUNTIME": told["url"]}
        shell.inside("compare", NOVA, "--prompts", "code", "--cycles", "1", "--json", environment=environment, code=0)
        os.killpg(sim.pid, signal.SIGINT)
        _out, err = sim.communicate(timeout=20)
    assert sim.returncode == 0, err
    assert len((shell.folder / "t.jsonl").read_text().splitlines()) == 3
