"""What `python -m hayai.sim` promises: a line when it is ready or cannot be, an end when its parent is gone, a start that is quick."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from hayai.errors import UsageError
from hayai.sim.process import serve_in_process
from hayai.sim.truth import read_truth
from tests.sim.raw import HAIKU, call, converse_body


def start(*options: str) -> subprocess.Popen[bytes]:
    """The process, with pipes."""
    command = [sys.executable, "-m", "hayai.sim", "--profile", "steady", *options]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_it_serves_and_ends_with_its_parent(tmp_path: Path) -> None:
    """Address, region and speed in the ready line; truth in the log; gone when the helper leaves."""
    log = tmp_path / "truth.jsonl"
    with serve_in_process("steady", options=["--truth-log", str(log), "--speed", "20", "--seed", "5"]) as server:
        assert (server.profile, server.region, server.speed, server.authority) == ("steady", "us-west-2", 20.0, None)
        answer = call(server.url, "converse", HAIKU, converse_body())
        pid = server.pid
    assert answer.headers["x-hayai-sim"] == "steady;speed=20"
    assert list(read_truth(log)) == [answer.headers["x-amzn-requestid"]]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_it_ends_when_its_input_closes() -> None:
    """That is how it notices a parent that died; exit code 0 and silence."""
    with start("--with-parent") as process:
        assert process.stdin
        assert process.stdout
        assert json.loads(process.stdout.readline())["url"].startswith("http://127.0.0.1:")
        process.stdin.close()
        assert process.wait(10) == 0
        assert process.stderr
        assert process.stderr.read() == b""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_on_signals(number: signal.Signals) -> None:
    """Exit code 0 and no traceback."""
    with start() as process:
        assert process.stdout
        process.stdout.readline()
        process.send_signal(number)
        assert process.wait(10) == 0
        assert process.stderr
        assert process.stderr.read() == b""


def test_it_ends_promptly_while_streams_are_open() -> None:
    """Half a second of grace for what is on its way, no more."""
    with start("--with-parent") as process:
        assert process.stdin
        assert process.stdout
        port = int(json.loads(process.stdout.readline())["url"].rsplit(":", 1)[1])
        body = json.dumps(converse_body()).encode()
        head = b"POST /model/%b/converse-stream HTTP/1.1\r\nx-hayai-sim-itl-ms: 60000\r\nContent-Length: %d\r\n\r\n"
        with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
            client.sendall(head % (HAIKU.encode(), len(body)) + body)
            client.recv(100)
            process.stdin.close()
            assert process.wait(10) == 0


def test_what_cannot_be_started_is_told() -> None:
    """Bad profiles and ports come back as problems, with exit code 2."""
    with pytest.raises(UsageError) as raised, serve_in_process("no-such-profile"):
        pass
    assert raised.value.problems[0].key == "sim.profile_unknown"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with start("--port", port) as process:
            told, _ = process.communicate(timeout=10)
    assert process.returncode == 2
    assert json.loads(told)["problems"][0]["key"] == "sim.cannot_listen"


def test_keys_come_from_its_own_environment_only() -> None:
    """Secrets are not on its command line; what it was started with is what it accepts."""
    environment = {"PATH": os.environ["PATH"], "AWS_BEARER_TOKEN_BEDROCK": "a-key-of-the-tests"}
    with serve_in_process("steady", options=["--check-signatures", "--speed", "20"], environment=environment) as server:
        good = {"Authorization": "Bearer a-key-of-the-tests"}
        assert call(server.url, "converse", HAIKU, converse_body(), good).status == 200
        assert call(server.url, "converse", HAIKU, converse_body(), {"Authorization": "Bearer other"}).status == 403
        assert call(server.url, "converse", HAIKU, converse_body()).status == 403


def test_it_loads_little() -> None:
    """Start-up stays short because the heavy ones are left alone."""
    heavy = {"botocore", "boto3", "pydantic", "numpy", "rich", "yaml", "trustme", "cryptography", "click"}
    code = "import sys, hayai.sim.__main__; print(' '.join({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert not heavy & set(done.stdout.split())


@pytest.mark.parametrize("speed", ["0", "-1", "nan", "inf"])
def test_speeds_that_are_none_are_told(speed: str) -> None:
    """Before anything listens."""
    with pytest.raises(UsageError) as raised, serve_in_process("steady", options=["--speed", speed]):
        pass
    assert raised.value.problems[0].key == "sim.bad_speed"
