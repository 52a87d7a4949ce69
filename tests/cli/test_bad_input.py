"""What happens when something is wrong: one clear message with what to do, the right exit code, no traceback, in both languages."""

from __future__ import annotations

import json
import random
import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from hayai.keep.records import RequestRecord
from hayai.sim.process import Running, serve_in_process
from tests.cli.shell import HAYAI, NOVA, Done, Shell, clean_environment, truth_lines

LANGUAGES = ("en", "ja")
KANA = re.compile(r"[\u3041-\u30ff]")
KEY = "sk-ant-api03-AbCdEf0123456789"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "right"}
PROFILE = """
about = "Access in every state."
seed = 1
{models}
"""
MODEL = '[[models]]\nid = "{id}"\nstate = "{state}"\n[models.arms.standard]\nttft_ms = 1\nitl_ms = 1\ntokens = 5\n'
STATES = {
    "amazon.nova-pro-v1:0": "no_access",
    "amazon.nova-lite-v1:0": "legacy",
    "amazon.nova-micro-v1:0": "end_of_life",
    "*": "active",
}


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service that checks signatures, and whose models are in every state."""
    folder = tmp_path_factory.mktemp("strict")
    profile = folder / "states.toml"
    profile.write_text(PROFILE.format(models="".join(MODEL.format(id=i, state=s) for i, s in STATES.items())))
    environment = {**clean_environment(folder), **KEYS}
    with serve_in_process(profile, options=["--check-signatures"], environment=environment) as sim:
        yield sim


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service over TLS, whose authority nobody knows."""
    environment = clean_environment(tmp_path_factory.mktemp("secure"))
    with serve_in_process("steady", options=["--speed", "200", "--tls"], environment=environment) as sim:
        yield sim


def message(done: Done, language: str) -> str:
    """The error on stderr, which stands after whatever was announced."""
    told = done.err[done.err.index("hayai: ") :]
    assert done.out == ""
    assert bool(KANA.search(told)) == (language == "ja"), told
    assert "{" not in told
    return told


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (("comprae",), ("comprae", "compare")),
        (("--foo",), ("--foo",)),
        (("compare", NOVA, "--varry", "x"), ("--varry", "--vary")),
        (("compare",), ("TARGET", "bedrock:")),
        (("compare", "nova"), ("TARGET 1", "bedrock")),
        (("compare", "bedrok:x"), ("bedrok", "bedrock")),
        (("compare", f"{NOVA},latncy=optimized"), ("TARGET 1", "latncy", "latency")),
        (("compare", NOVA, "--vary", "latency=standard,fast"), ("fast", "optimized")),
        (("compare", NOVA, "--vary", "latency"), ("--vary",)),
        (("compare", NOVA, "--cycles", "0"), ("--cycles", "1")),
        (("compare", NOVA, "--cycles", "many"), ("--cycles", "1")),
        (("compare", NOVA, "--concurrency", "20000"), ("--concurrency", "1", "10000")),
        (("compare", NOVA, "--rate", "5"), ("--rate", "20/m", "100/h")),
        (("compare", NOVA, "--rate", "0/m"), ("--rate", "20/m")),
        (("compare", NOVA, "--rate", "1000000/s"), ("--rate", "10000/s")),
        (("compare", NOVA, "--rate", "0.1/h"), ("--rate", "1/h")),
        (("compare", NOVA, "--rate", "20/h"), ("--rate", "11", "--max-time 33m")),
        (("compare", NOVA, "--cycles"), ("--cycles",)),
        (("compare", NOVA, "--together=yes"), ("--together",)),
        (("compare", NOVA, "--cache", "on"), ("--cache", "as-is, avoid, warm")),
        (("compare", NOVA, "--max-time", "soon"), ("--max-time", "10m")),
        (("compare", NOVA, "--max-time", "0"), ("--max-time",)),
        (("compare", NOVA, "--baseline", "3"), ("--baseline", "1")),
        (("compare", NOVA, "--suite", "nope"), ("--suite", "published-en")),
        (("compare", NOVA, "--suite", "nope.csv"), ("nope.csv",)),
        (("compare", NOVA, "--suite", "empty.csv"), ("empty.csv", "line 3")),
        (("compare", NOVA, "--suite", "twice.csv"), ("twice.csv", "same")),
        (("compare", NOVA, "--suite", "binary.csv"), ("binary.csv", "UTF-8")),
        (("compare", NOVA, "--suite", "broken.toml"), ("broken.toml",)),
        (("compare", NOVA, "--suite-format", "csv"), ("--suite-format", "--suite -")),
        (("compare", NOVA, "--prompts", "nope"), ("--prompts", "web_scraping")),
        (("compare", NOVA, "--max-requests", "5"), ("--max-requests", "5", "11")),
        (("compare", NOVA, "--endpoint", "ftp://x"), ("http(s)://",)),
        (("compare", NOVA, "--region", "Mars"), ("region", "Mars")),
        (("compare", NOVA, "--profile", "nope"), ("profile", "nope")),
        (("compare", NOVA, "--resume", "nope"), ("--resume", "TARGET")),
        (("compare", "--resume", "nope"), ("nope",)),
        (("report", "--lang", "fr"), ("--lang", "en, ja")),
        (("run",), ("FILE",)),
        (("run", "nope.toml"), ("nope.toml",)),
        (("run", "broken.toml"), ("broken.toml",)),
        (("run", "broken.toml", "more"), ("more", "--help")),
        (("report",), ("runs", "hayai demo")),
        (("report", "nope"), ("nope",)),
        (("report", "--format", "pdf"), ("--format", "markdown")),
        (("report", "."), ("manifest.json",)),
        (("report", "x" * 5000), ("xxx",)),
        (("sim", "--profile", "nope"), ("nope", "steady")),
        (("sim", "--key", "x.pem"), ("--certificate", "--tls")),
        (("sim", "--speed", "0"), ("--speed", "1000")),
        (("sim", "--certificate", "nope.pem", "--key", "mine.csv", "--port", "0"), ("nope.pem", "mine.csv", "PEM")),
        (("sim", "--truth-log", "nope/truth", "--port", "0"), ("nope/truth",)),
        (("explain", "W999"), ("W999", "W101")),
        (("demo", "--speed", "fast"), ("--speed",)),
    ],
    ids=lambda value: " ".join(value)[:50] if isinstance(value, tuple) else None,
)
def test_what_cannot_be_run_as_written(
    shell: Shell, sim: Running, words: tuple[str, ...], parts: tuple[str, ...], language: str
) -> None:
    """Exit 2, one message that names the place and what is right, nothing made, nothing sent."""
    (shell.folder / "empty.csv").write_text('id,text\na,Hello\nb,"  "\n')
    (shell.folder / "twice.csv").write_text("id,text\nsame,Hello\nsame,World\n")
    (shell.folder / "binary.csv").write_bytes(b"id,text\na,\xff\xfe\n")
    (shell.folder / "broken.toml").write_text("[run\n")
    (shell.folder / "mine.csv").write_text("no PEM")
    if words[0] == "compare" and NOVA in words and "--endpoint" not in words:
        words = ("compare", "--endpoint", sim.url, *words[1:])
    if "--lang" not in words:
        shell.environment["HAYAI_LANG"] = language
    done = shell.inside(*words, code=2)
    told = message(done, language if "--lang" not in words else "en")
    for part in parts:
        assert part in told, told
    assert len(told.splitlines()) == 1 or "nope.pem" in words
    assert not (shell.folder / "runs").exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_wrong_is_told_at_once(shell: Shell, language: str) -> None:
    """Options, targets, suite and baseline: all their mistakes in one list."""
    (shell.folder / "mine.csv").write_text('id,text\na,\na,Hello\n"b b",x\n')
    words = ("--cycles", "many", "--max-time", "soon", "--cache", "on", "--suite", "mine.csv", "--lang", language)
    told = message(shell.inside("compare", f"{NOVA},latncy=1", "nova", *words, code=2), language)
    for part in ("--cycles", "--max-time", "--cache", "TARGET 1", "TARGET 2", "mine.csv"):
        assert part in told, told
    assert "8" in told.splitlines()[0]
    assert len(told.splitlines()) == 9


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_wrong_in_a_file_is_told_at_once(shell: Shell, language: str) -> None:
    """A configuration file's mistakes, each with its place."""
    (shell.folder / "bench.toml").write_text(
        f'[run]\ncycels = 2\nmax_time = "soon"\n[[targets]]\ntarget = "{NOVA}"\nlatncy = "x"\n[[targets]]\nlike = "nobody"\n'
    )
    told = message(shell.inside("run", "bench.toml", "--lang", language, code=2), language)
    for part in ("cycels", "max_time", "nobody"):
        assert part in told, told
    assert told.count("bench.toml") >= 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mistake_hides_no_other(shell: Shell, language: str) -> None:
    """What a target cannot be is told beside a target, or a key, that cannot be read: mending one brings no other to light."""
    llama = "bedrock:meta.llama3,api=invoke,header.Host=x"
    done = shell.inside("compare", f"{NOVA},latncy=1,extra=@none.json", llama, "--lang", language, code=2)
    told = message(done, language).splitlines()
    assert [line for line in told if "TARGET 1" in line and "latncy" in line]
    assert [line for line in told if "TARGET 1" in line and "none.json" in line]
    assert [line for line in told if "TARGET 2" in line and "meta.llama3" in line]
    assert [line for line in told if "TARGET 2" in line and "Host" in line]
    assert len(told) == 5
    (shell.folder / "bench.toml").write_text(
        f'[run]\ncycels = 2\n[[targets]]\ntarget = "{NOVA}"\nlatncy = "x"\n'
        '[[targets]]\ntarget = "bedrock:meta.llama3"\napi = "invoke"\n'
    )
    told = message(shell.inside("run", "bench.toml", "--lang", language, code=2), language).splitlines()
    for part in ("run.cycels", "targets[1].latncy", "targets[2]"):
        assert [line for line in told if f"bench.toml: {part}" in line], told
    assert len(told) == 4
    (shell.folder / "bench.toml").write_text(
        '[run]\ncycels = 2\n[[targets]]\ntarget = "bedrock:meta.llama3"\napi = "invoke"\n'
    )
    told = message(shell.inside("run", "bench.toml", "--lang", language, code=2), language).splitlines()
    assert [line for line in told if "meta.llama3" in line]
    assert len(told) == 3


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("model", "environment", "parts"),
    [
        ("amazon.nova-pro-v1:0", {}, ("no access", "申請")),
        ("amazon.nova-lite-v1:0", {}, ("legacy", "レガシー")),
        ("amazon.nova-micro-v1:0", {}, ("end of its life", "提供を終了")),
        ("amazon.titan-v1", {"AWS_SESSION_TOKEN": "expired"}, ("expired", "期限")),
        ("amazon.titan-v1", {"AWS_SECRET_ACCESS_KEY": "wrong"}, ("signature", "署名")),
        ("amazon.titan-v1", {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7UNKNOWN"}, ("does not know", "認証情報")),
    ],
    ids=["no-access", "legacy", "end-of-life", "expired", "wrong-signature", "unknown-key"],
)
def test_no_access(
    shell: Shell, strict: Running, *, model: str, environment: dict[str, str], parts: tuple[str, str], language: str
) -> None:
    """Exit 3 after the first refusal, with the service's own words and what to do; no secret is repeated."""
    words = ("compare", f"bedrock:{model}", "--endpoint", strict.url, "--lang", language)
    shell.environment.update({**KEYS, **environment})
    done = shell.inside(*words, code=3)
    told = message(done, language)
    assert model in told
    assert parts[LANGUAGES.index(language)] in told
    assert ("Bedrock said" if language == "en" else "Bedrock") in told
    for secret in ("right", "wrong", "AKIAIOSFODNN7"):
        assert secret not in told.replace("not right", "")
    assert len(shell.run.read().records) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("environment", "code", "part"),
    [
        ({"AWS_REGION": "us-east-1"}, 3, "AWS_ACCESS_KEY_ID"),
        ({}, 2, "AWS_REGION"),
        ({"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"}, 3, "AWS_SECRET_ACCESS_KEY"),
    ],
    ids=["no-credentials", "no-region", "half-a-key"],
)
def test_a_real_address_without_what_it_takes(
    shell: Shell, environment: dict[str, str], code: int, part: str, language: str
) -> None:
    """No credentials is exit 3, no region exit 2, found before any connection is tried and before a run is made."""
    shell.environment.update({"HAYAI_LANG": language, **environment})
    done = shell.inside("compare", NOVA, code=code)
    assert part in message(done, language)
    assert len(done.err.splitlines()) == 1
    assert not (shell.folder / "runs").exists()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", ["closed", "untrusted", "no-tls", "no-bundle", "wrong-bundle", "no-name"])
def test_no_connection(shell: Shell, sim: Running, secure: Running, case: str, language: str) -> None:
    """Exit 3 with the address, the reason and what to do."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url, part = {
            "closed": (f"http://127.0.0.1:{closed.getsockname()[1]}", "127.0.0.1"),
            "untrusted": (secure.url, "AWS_CA_BUNDLE"),
            "no-tls": (sim.url.replace("http:", "https:"), "http://"),
            "no-bundle": (secure.url, "no-such.pem"),
            "wrong-bundle": (secure.url, "wrong.pem"),
            "no-name": ("http://no-such-host.localhost.invalid:1", "no-such-host"),
        }[case]
        (shell.folder / "wrong.pem").write_text("no certificate")
        bundle = {"no-bundle": "no-such.pem", "wrong-bundle": "wrong.pem"}.get(case)
        shell.environment.update({"HAYAI_LANG": language, **KEYS, **({"AWS_CA_BUNDLE": bundle} if bundle else {})})
        done = shell.inside("compare", NOVA, "--endpoint", url, "--region", "us-east-1", code=3)
    assert part in message(done, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_plain_http_to_a_port_that_speaks_tls(shell: Shell, secure: Running, language: str) -> None:
    """Every request fails: the run ends early, says so, and hints at https."""
    url = secure.url.replace("https:", "http:")
    done = shell.inside("compare", NOVA, "--endpoint", url, "--lang", language, code=5)
    assert "https://" in done.err
    assert len(shell.run.read().records) <= 11


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "words",
    [
        ("compare", f"{NOVA},api_key={KEY}"),
        ("compare", f"{NOVA},header.Authorization={KEY}"),
        ("compare", f"{NOVA},system={KEY}"),
        ("compare", NOVA, "--endpoint", f"https://me:{KEY}@127.0.0.1"),
        ("compare", NOVA, "--api-key", KEY),
        ("compare", NOVA, f"--api-key={KEY}"),
        ("compare", NOVA, KEY),
        ("compare", NOVA, "--suite", KEY),
        ("compare", NOVA, "--region", KEY),
        ("compare", NOVA, "--cycles", KEY),
        ("report", KEY),
        ("run", KEY),
        ("sim", KEY),
        ("explain", KEY),
        (KEY,),
    ],
    ids=lambda words: " ".join(words).replace(KEY, "KEY")[:60],
)
def test_a_key_on_the_command_line_is_never_repeated(
    shell: Shell, sim: Running, words: tuple[str, ...], language: str
) -> None:
    """Wherever a key is typed: exit 2, and it stands neither in the message nor in any file, with `--debug` neither."""
    if words[:2] == ("compare", NOVA) and "--endpoint" not in words:
        words = (*words, "--endpoint", sim.url)
    shell.environment["HAYAI_LANG"] = language
    done = shell.inside(*words, code=2)
    message(done, language)
    debugged = shell.inside(*words, "--debug", code=2)
    assert "Traceback" in debugged.err
    for told in (done.err, debugged.err):
        assert KEY not in told
        assert KEY[-12:] not in told
    assert not (shell.folder / "runs").exists()


def test_a_key_in_a_prompt_that_was_measured(shell: Shell, sim: Running) -> None:
    """A command line that works is kept in the manifest without what looks like a key."""
    (shell.folder / KEY).mkdir()
    (shell.folder / KEY / "a.txt").write_text("Hello")
    done = shell.inside(
        "compare", NOVA, "--endpoint", sim.url, "--suite", f"./{KEY}", "--cycles", "1", "--max-tokens", "9"
    )
    for path in shell.folder.glob("runs/*/manifest.json"):
        assert KEY not in json.dumps(json.loads(path.read_text())["argv"])
    assert done.code in (0, 2)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("option", ["--runs", "--results"])
@pytest.mark.parametrize("place", ["file", "file/below", "/proc/hayai"])
def test_a_folder_that_cannot_be_written(
    shell: Shell, sim: Running, truth_log: Path, *, option: str, place: str, language: str
) -> None:
    """Exit 2 before anything is sent: what is measured must have a place to stay."""
    (shell.folder / "file").write_text("in the way")
    before = len(truth_lines(truth_log))
    done = shell.inside("compare", NOVA, "--endpoint", sim.url, option, place, "--lang", language, code=2)
    assert place in message(done, language)
    assert len(done.err.splitlines()) == 1
    assert len(truth_lines(truth_log)) == before
    assert not (shell.folder / "runs").exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_full_disk(shell: Shell, sim: Running, language: str) -> None:
    """A file that takes no more ends the run with one message; what was written before is whole, shown, and can be gone on with."""
    words = ("compare", NOVA, "--endpoint", sim.url, "--cycles", "9", "--lang", language)
    # A limit of the size of a file, in blocks of 512 bytes, stands for the disk: the write fails the same way.
    done = subprocess.run(
        ["sh", "-c", 'ulimit -f 60; exec "$@"', "sh", *HAYAI, *words],
        cwd=shell.folder,
        env=shell.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 130, done.stderr
    assert "Traceback" not in done.stderr
    told = done.stderr[done.stderr.index("hayai: ") :]
    assert "-a1.jsonl" in told.splitlines()[0]
    assert KANA.search(told) if language == "ja" else "has room" in " ".join(told.split())
    assert "200" in done.stdout.splitlines()[0]
    (segment,) = shell.run.path.glob("records-*")
    data = segment.read_bytes()
    assert data.endswith(b"\n")
    assert len(shell.records()) > 5
    shell.inside("compare", "--resume", "last", "--json", code=0)
    assert segment.read_bytes() == data
    assert {r.outcome for r in shell.records()} <= {"ok", "cancelled"}


def test_a_disk_that_is_full_from_the_start(shell: Shell, sim: Running) -> None:
    """Not even the manifest can be written: exit 2, one message."""
    done = subprocess.run(
        ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh", *HAYAI, "compare", NOVA, "--endpoint", sim.url],
        cwd=shell.folder,
        env=shell.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "cannot write" in done.stderr


def test_stdout_on_a_full_disk(shell: Shell, sim: Running) -> None:
    """The result cannot be written where it was sent; the run is whole all the same."""
    done = subprocess.run(
        [
            "sh",
            "-c",
            'exec "$@" > /dev/full',
            "sh",
            *HAYAI,
            "compare",
            NOVA,
            "--endpoint",
            sim.url,
            "--prompts",
            "code",
            "--cycles",
            "1",
        ],
        cwd=shell.folder,
        env=shell.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2, done.stderr
    assert "cannot write stdout" in done.stderr
    assert "Exception" not in done.stderr
    assert (shell.run.path / "DONE").exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_too_many_failures(shell: Shell, language: str) -> None:
    """A target that only fails ends the run with exit 5; what it said is shown."""
    models = MODEL.format(id="*", state="active")
    fault = '[[faults]]\nkind = "error"\nchance = 1.0\nerror = "ServiceUnavailableException"\n'
    (shell.folder / "down.toml").write_text(PROFILE.format(models=models) + fault)
    with serve_in_process(shell.folder / "down.toml", environment=shell.environment) as sim:
        done = shell("compare", NOVA, "--endpoint", sim.url, "--lang", language, code=5)
    assert "ServiceUnavailableException" in done.err
    records: tuple[RequestRecord, ...] = shell.run.read().records
    assert 10 <= len(records) <= 11


@pytest.mark.parametrize("words", [("compare", "nope"), ("report", "nope"), ("compare", "--resume", "nope")])
def test_debug_shows_where(shell: Shell, words: tuple[str, ...]) -> None:
    """`--debug` adds the traceback to the same message and exit code."""
    plain = shell.inside(*words, code=2)
    done = shell.inside(*words, "--debug", code=2)
    assert done.err.startswith("Traceback")
    assert done.err.endswith(plain.err)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_proxy_is_named_before_anything_is_sent(shell: Shell, sim: Running, language: str) -> None:
    """An address on this machine is reached directly; one elsewhere through the proxy, and that is said, without its login."""
    proxy = {
        "HTTPS_PROXY": "http://me:hunter22@127.0.0.1:9",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "HAYAI_LANG": language,
    }
    words = ("compare", NOVA, "--prompts", "code", "--cycles", "1")
    assert "127.0.0.1:9" not in shell.inside(*words, "--endpoint", sim.url, "--json", environment=proxy, code=0).err
    away = ("--endpoint", "https://bedrock.example", "--region", "us-east-1", "--dry-run", "--skip-doctor")
    done = shell.inside(*words, *away, environment={**proxy, **KEYS}, code=0)
    (note,) = [line for line in done.err.splitlines() if "127.0.0.1:9" in line]
    assert bool(KANA.search(note)) == (language == "ja")
    assert "hunter22" not in done.err
    exempt = shell.inside(*words, *away, environment={**proxy, **KEYS, "NO_PROXY": "example"}, code=0)
    assert "127.0.0.1:9" not in exempt.err


@pytest.mark.parametrize("address", ["socks5://127.0.0.1:9", "https://127.0.0.1:9", "http://:9", "http://127.0.0.1:x"])
def test_a_proxy_that_cannot_be_used_is_said_at_once(shell: Shell, address: str) -> None:
    """Exit code 2 with the variable's name, nothing sent."""
    words = (
        "compare",
        NOVA,
        "--endpoint",
        "https://bedrock.example",
        "--region",
        "us-east-1",
        "--dry-run",
        "--skip-doctor",
    )
    done = shell.inside(*words, environment={"HTTPS_PROXY": address, **KEYS}, code=2)
    assert "HTTPS_PROXY" in done.err


def test_an_agent_that_breaks_says_so_in_words(shell: Shell, sim: Running) -> None:
    """Something nobody foresaw, before the first request: one message, exit 130, no traceback but with `--debug`."""
    words = ("compare", NOVA, "--endpoint", sim.url)
    broken = (
        "import hayai.measure.agent as agent\n"
        "def fail(_):\n"
        "    print('chatter')\n"
        "    raise KeyError('nobody foresaw this')\n"
        "agent.OPENERS['aws'] = fail\n"
        "agent.main()\n"
    )
    environment = {**shell.environment, "PYTHONPATH": str(shell.folder)}
    (shell.folder / "sitecustomize.py").write_text(
        f"import sys\nif sys.orig_argv[1:3] == ['-m', 'hayai.measure.agent']:\n    exec({broken!r})\n"
    )
    done = shell(*words, environment=environment, code=130)
    assert "nobody foresaw this" in done.err
    assert done.err.splitlines()[:-1] == ["chatter"]
    told = subprocess.run(
        [*HAYAI, *words, "--debug"],
        cwd=shell.folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=40,
    )
    assert "Traceback" in told.stderr


ODD = [
    "", "-", "--", "-1", "0", "9" * 30, "nan", "inf", "1h", "速い", "\x1b[31m", "a\nb", "{}", "%s", "/", "/dev/null", ".", "..",
    "mine.csv", "last", "bedrock:", "bedrock:x", "bedrock:x,", "bedrock:x,=", "bedrock:x,extra=@mine.csv", "bedrock:x,name=",
    "bedrock:x,header.X=a\r\nb", f"{NOVA},temperature=nan", f"{NOVA},max_tokens=-1", f"{NOVA},endpoint=http://127.0.0.1:99999",
    ":", ",", "=", "=a,b", "20/m", "5/y", "1/h", "region=,", "latency=standard,standard", "published", "٣", "１２", NOVA,
]  # fmt: skip
OPTIONS = [
    "--vary", "--baseline", "--region", "--profile", "--endpoint", "--suite", "--suite-format", "--prompts", "--max-requests",
    "--max-time", "--cycles", "--max-tokens", "--seed", "--warmup", "--concurrency", "--rate", "--together", "--cache", "--connections",
    "--retries", "--connect-timeout", "--gap-timeout", "--no-texts", "--resume", "--json", "--lang", "--debug", "--help", "--foo",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_any_words_at_all(shell: Shell, seed: int) -> None:
    """Whatever is typed: help, a plan or one message in words; never a traceback nobody asked for, never a control character."""
    rng = random.Random(f"words/{seed}")
    (shell.folder / "mine.csv").write_text("id,text\na,Hello\n")
    for _ in range(25):
        verb = rng.choice(["compare", "compare", "compare", "run", "report", "explain", "demo"])
        words = [verb, *(rng.choice(OPTIONS if rng.random() < 0.5 else ODD) for _ in range(rng.randint(0, 6)))]
        if verb not in ("report", "explain"):
            words.append("--dry-run")
        done = shell.inside(*words)
        assert done.code in (0, 2, 3), (words, done.err)
        assert "\x1b" not in done.err, words
    assert not (shell.folder / "runs").exists()


def test_words_that_are_no_text(tmp_path: Path) -> None:
    """A file name in another encoding is told as such, and nothing is made."""
    command: list[str | bytes] = [*HAYAI, "compare", NOVA, "--suite", b"caf\xe9.csv", "--runs", str(tmp_path / "runs")]
    environment = {**clean_environment(tmp_path), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert done.stderr.startswith("hayai: caf?.csv: this is not UTF-8.")
    assert not (tmp_path / "runs").exists()


def test_what_a_provider_objects_to_is_told_with_the_rest(tmp_path: Path) -> None:
    """A target that can be read but cannot work, one that cannot be read, and a missing suite: one message for all three."""
    llama, typo = "bedrock:us.meta.llama3-1-70b-instruct-v1:0,api=invoke", f"{NOVA},latncy=optimized"
    command = [*HAYAI, "compare", llama, typo, "--suite", "nope.csv"]
    done = subprocess.run(
        command, env=clean_environment(tmp_path), cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    told = " ".join(done.stderr.split())
    assert all(part in told for part in ("TARGET 1", "api=converse", "TARGET 2", "latncy", "nope.csv"))
