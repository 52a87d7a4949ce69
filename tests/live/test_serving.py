"""What a reader gets from `hayai serve`, over real sockets, from a process of its own."""

from __future__ import annotations

import html
import http.client
import json
import os
import re
import shutil
import signal
import stat
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from urllib.parse import unquote

import msgspec
import pytest

from hayai.cli.live_process import LiveProcess
from hayai.live.hub import MOST_READERS
from hayai.live.server import TOKEN_FILE
from tests.cli.shell import Shell, clean_environment
from tests.decide.made import a_plan, a_prompt, a_record, a_target, lively
from tests.live.made import NAME, Reader, add, begin, end, finished, said, say, serving
from tests.pages.made import NASTY
from tests.show.hostile import EVIL


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two finished runs, one of hostile words, one cut short, one that is none, and things that do not belong there."""
    folder = tmp_path_factory.mktemp("runs")
    finished(folder)
    finished(folder, "2026-11-29T0200_a-vs-b_later", cycles=3)
    prompts = tuple(a_prompt(f"p{number}", text=f"{name} {EVIL}") for number, name in enumerate(NASTY))
    hostile = begin(folder, a_plan((a_target(EVIL, EVIL), a_target("<b>b</b>")), prompts), "hostile")
    for side, target in enumerate((EVIL, "<b>b</b>")):
        records = [a_record(target, prompt.id, id=f"a1-{side}-{number}") for number, prompt in enumerate(prompts)]
        said(hostile, records, list(NASTY.values()))
    end(hostile)
    torn = begin(folder, a_plan((a_target("a"), a_target("b")), (a_prompt("p"),)), "torn", pid=2**22 + 1)
    say(torn, [a_record("a")])
    with (torn.path / "records-a1.jsonl").open("ab") as lines:
        lines.write(b'{"id": "a1-2", "ru')
    (folder / "broken").mkdir()
    (folder / "broken" / "manifest.json").write_text("{")
    (folder / "a file").write_text("")
    return folder


@pytest.fixture(scope="module")
def reader(runs: Path) -> Iterator[Reader]:
    """Asks a server of these runs."""
    with serving(runs) as found:
        yield found


def settled(reader: Reader, path: str = "") -> str:
    """The list, once every run in it has been read: the page itself asks again until then."""
    for _ in range(100):
        body = reader.ask(path)[2]
        if 'http-equiv="refresh"' not in body:
            return body
    raise AssertionError("still being read")


def text(page: str) -> str:
    """What a page says, without its markup."""
    return html.unescape(re.sub(r"<[^>]*>", " ", page.partition("<body>")[2]))


def test_the_list_says_what_each_run_found(reader: Reader) -> None:
    """The newest first, with state and verdict; what cannot be read says why and hides nothing else."""
    page = text(settled(reader))
    assert "2026-11-29T0200_a-vs-b_later" in page
    assert page.count("finished") >= 3
    assert "not finished" in page
    assert "cannot be read" in page
    assert re.search(r"\[2\] .* as fast", page)
    assert "a file" not in page


def test_the_list_can_be_searched(reader: Reader) -> None:
    """Every word must be somewhere: in a name, a target, a verdict; whatever their case."""
    settled(reader)
    found = reader.ask("?q=LATER+a-vs")[2]
    assert "a-vs-b_later" in found
    assert NAME not in found
    assert "No run holds all of these words" in reader.ask("?q=nowhere-at-all")[2]
    assert "&lt;script&gt;" in reader.ask("?q=%3Cscript%3E")[2]


def test_a_finished_run_is_its_report(reader: Reader) -> None:
    """The very page that is written to a file, with a way back."""
    status, headers, page = reader.ask(f"run/{NAME}/")
    assert status == 200
    assert "<hayai-race>" in page
    assert f'href="{reader.path.rstrip("/")}/"' in page
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_every_request_can_be_looked_at(reader: Reader) -> None:
    """From the list, filtered without scripts, to one of them with its pieces, headers and answer."""
    everything = reader.ask(f"run/{NAME}/requests")[2]
    assert "60 of 60 attempts" in text(everything)
    some = reader.ask(f"run/{NAME}/requests?outcome=2&target=1")[2]
    assert "1 of 60 attempts" in text(some)
    one = text(reader.ask(f"run/{NAME}/request/a1-0")[2])
    assert "word 0 of" in one
    assert "us-west-2" in one or "us-east-" in one
    assert "x-hayai-sim" in one
    assert reader.ask(f"run/{NAME}/request/a1-nope")[0] == 404


def test_two_runs_are_compared_the_older_first(reader: Reader) -> None:
    """However they were chosen; and nothing else than two."""
    both = (NAME, "2026-11-29T0200_a-vs-b_later")
    pages = [text(reader.ask(f"compare?run={first}&run={second}")[2]) for first, second in (both, both[::-1])]
    assert pages[0] == pages[1]
    assert pages[0].index(both[0]) < pages[0].index(both[1])
    assert "no verdict" in pages[0]
    assert reader.ask(f"compare?run={NAME}")[0] == 400
    assert reader.ask(f"compare?run={NAME}&run=nope")[0] == 404


ELSEWHERE = (
    "run/nope/", "run/../", "run/..%2f..%2fetc/", "run/%2e%2e/requests", "run/a%00b/", "run/broken/", "nope", "run/.serve-token/", "%ff",
)  # fmt: skip


@pytest.mark.parametrize("path", ELSEWHERE)
def test_what_is_not_there_is_said(path: str, reader: Reader) -> None:
    """A page with a reason, whatever was asked for; nothing outside of the folder can be named."""
    status, headers, page = reader.ask(path)
    assert status == 404
    assert headers["content-type"].startswith("text/html")
    assert "Nothing to show" in text(page)


def test_outside_of_the_token_there_is_nothing(reader: Reader) -> None:
    """Not under another token, another name or another method, and no other origin is let in."""
    assert reader.ask("/")[0] == 404
    assert reader.ask("/wrong-token/")[0] == 404
    assert reader.ask(Host="evil.example")[0] == 421
    assert reader.ask(method="POST")[0] == 405
    assert not any(name.startswith("access-control") for name in reader.ask(Origin="http://evil.example")[1])


def beside_escaped_tags(page: str) -> str:
    """What a page says outside of what was escaped as a tag."""
    return "<".join(part.rpartition("&gt;")[2].partition("&lt;")[0] for part in page.split("<"))


def test_hostile_words_are_text_everywhere(reader: Reader) -> None:
    """In the list, the report, the requests and the comparison: nothing that a model or a service said becomes markup."""
    settled(reader)
    paths = [
        "",
        "run/hostile/requests",
        "run/hostile/request/a1-0-0",
        "run/hostile/",
        f"compare?run=hostile&run={NAME}",
    ]
    for path in paths:
        status, _, page = reader.ask(path)
        assert status == 200, path
        assert "<img" not in page, path
        assert "<b>b</b>" not in page, path
        assert "\x1b" not in page, path
        assert "\u202e" not in page, path
    for number, name in enumerate(NASTY):
        page = reader.ask(f"run/hostile/request/a1-0-{number}")[2]
        assert len(page) > 1000, name
        assert "window.hacked" not in beside_escaped_tags(page.partition("<body>")[2]) or name == "script"


def test_a_torn_run_is_told_as_it_is(reader: Reader) -> None:
    """Nobody measures it, and no round is complete: a page that says so, with what there is."""
    page = text(reader.ask("run/torn/")[2])
    assert "Nobody is measuring this run now" in page
    assert "1 of" in page or "1/" in page


def test_a_growing_run_is_told_as_it_grows(tmp_path: Path) -> None:
    """Everything at first, then only what is new; at the end, that it is over."""
    plan, records = lively(cycles=2)
    run = begin(tmp_path, plan)
    say(run, records[:6])
    with serving(tmp_path) as reader, reader.events(NAME) as events:
        kind, told = next(events)
        assert kind == "all"
        assert [race["round"] for race in told["races"]] == [1, 1]
        assert told["state"]["measuring"] is True
        say(run, records[6:9])
        kind, races = next((kind, told) for kind, told in events if kind == "races")
        assert [race["prompt"] for race in races] == [records[6].prompt]
        answers = next(told["told"] for kind, told in events if kind == "state" and told["told"])
        assert "as fast as [1]" in answers[0]
        say(run, records[9:])
        end(run)
        seen = [kind for kind, _ in islice(iter(lambda: next(events), ("over", {})), 200)]
        assert seen[-1] != "over"
        with reader.events(NAME) as late:
            assert next(late)[1]["state"]["measuring"] is False
        assert "<hayai-race>" in reader.ask(f"run/{NAME}/")[2]


def test_many_readers_are_told_the_same_and_too_many_are_told_so(tmp_path: Path) -> None:
    """Up to a limit, also when all come at once; whoever leaves makes room."""
    plan, records = lively(cycles=1)
    run = begin(tmp_path, plan)
    say(run, records[:3])
    with serving(tmp_path) as reader:
        connections = [
            http.client.HTTPConnection(reader.host, reader.port, timeout=30) for _ in range(MOST_READERS + 20)
        ]
        for connection in connections:
            connection.request("GET", f"{reader.path}run/{NAME}/events")
        answers = [connection.getresponse() for connection in connections]
        assert Counter(answer.status for answer in answers) == {200: MOST_READERS, 503: 20}
        told = [b"".join(islice(answer, 4)) for answer in answers if answer.status == 200]
        assert len(set(told)) == 1
        for connection, answer in zip(connections, answers, strict=True):
            answer.close()
            connection.close()


def test_only_asking_whether_it_is_there_holds_no_place(tmp_path: Path) -> None:
    """HEAD for the events of a run ends at once, and the next request on the same connection is answered."""
    finished(tmp_path)
    with serving(tmp_path) as reader:
        connection = http.client.HTTPConnection(reader.host, reader.port, timeout=30)
        for method, path in (("HEAD", f"run/{NAME}/events"), ("GET", "nope")):
            connection.request(method, reader.path + path)
            response = connection.getresponse()
            response.read()
        assert response.status == 404
        connection.close()


ANY_NAMES = ("a?b", "a#b", "50%25", "a b", "速い", "<i>", "a&b=c", "a+b")


@pytest.fixture(scope="module")
def oddly_named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Asks a server of runs whose folders have such names."""
    folder = tmp_path_factory.mktemp("names")
    for name in ANY_NAMES:
        finished(folder, name)
    with serving(folder) as found:
        yield found


@pytest.mark.parametrize("name", ANY_NAMES)
def test_a_run_may_have_any_name(name: str, oddly_named: Reader) -> None:
    """Whatever somebody called a folder: the links to it lead there."""
    links = map(html.unescape, re.findall(r'href="([^"]*/run/[^"]*)"', settled(oddly_named)))
    (link,) = (link for link in links if unquote(link).endswith(f"/run/{name}/"))
    status, _, page = oddly_named.ask(link)
    assert status == 200
    assert name in html.unescape(page)
    requests = oddly_named.ask(link + "requests")[2]
    one = re.findall(r'href="([^"]*/request/[^"]*)"', requests)[0]
    assert oddly_named.ask(html.unescape(one))[0] == 200


def test_a_name_that_is_no_text_hides_no_other_run(tmp_path: Path) -> None:
    """It can stand in no page; the others are there."""
    finished(tmp_path)
    shutil.copytree(tmp_path / NAME, os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff"))
    with serving(tmp_path) as reader:
        page = text(settled(reader))
        assert NAME in page
        assert "1 of 1 runs" in page


def test_the_address_stays_the_same(tmp_path: Path) -> None:
    """Over a restart, so that an open page finds its way back; and the secret is its owner's alone."""
    finished(tmp_path)
    with serving(tmp_path) as reader:
        first = reader.path
    with serving(tmp_path, port=reader.port) as again:
        assert (again.path, again.port) == (first, reader.port)
    assert stat.S_IMODE((tmp_path / TOKEN_FILE).stat().st_mode) == 0o600
    (tmp_path / TOKEN_FILE).write_text("short")
    with serving(tmp_path) as reader:
        assert reader.path not in (first, "/short/")


def test_in_japanese(tmp_path: Path) -> None:
    """`--lang ja`: every page of it."""
    finished(tmp_path)
    with serving(tmp_path, language="ja") as reader:
        assert "実行の一覧" in settled(reader)
        assert "すべてのリクエスト" in reader.ask(f"run/{NAME}/requests")[2]
        assert "2 つ" in reader.ask("compare")[2]
        assert "ありません" in reader.ask("nope")[2]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A user in an empty folder."""
    return Shell(folder=tmp_path, environment=clean_environment(tmp_path))


def test_serve_tells_its_address_and_ends_with_ctrl_c(shell: Shell) -> None:
    """On stdout nothing but the address; Ctrl-C is how it ends, so that is no error."""
    finished(shell.folder / "runs")
    with shell.begin("serve", "--port", "0", "--json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        reader = Reader(json.loads(process.stdout.readline())["address"])
        assert NAME in settled(reader)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert "until Ctrl-C" in process.stderr.read()
    with pytest.raises(ConnectionRefusedError):
        reader.ask()


def test_what_cannot_be_served_is_said(shell: Shell) -> None:
    """No folder, no such address, a port that is taken."""
    assert "there are no runs" in shell.inside("serve", code=2).err
    finished(shell.folder / "runs")
    assert "is no address of this machine" in shell.inside("serve", "--address", "192.0.2.1", code=2).err
    with serving(shell.folder / "runs") as reader:
        assert f"Port {reader.port} cannot be had" in shell.inside("serve", "--port", str(reader.port), code=2).err


def test_it_ends_with_who_started_it(tmp_path: Path) -> None:
    """Also when that one is killed: its pipe closes, and the server goes."""
    finished(tmp_path)
    live = LiveProcess(tmp_path, "en")
    process = live._process
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(30) == 0
    live.close()


def test_a_server_that_dies_is_told(shell: Shell) -> None:
    """`hayai serve` does not stay behind without it."""
    finished(shell.folder / "runs")
    with shell.begin("serve", "--port", "0", environment={"HAYAI_SERVE_TOKEN": "x" * 30}) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert "/" + "x" * 30 + "/" in process.stdout.readline()
        for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
            os.kill(int(child), signal.SIGKILL)
        assert process.wait(30) == 1
        assert "ended with code" in process.stderr.read()


def test_records_of_another_version_do_not_end_the_server(tmp_path: Path) -> None:
    """A run that this version cannot read is a line that says so."""
    run = finished(tmp_path)
    manifest = msgspec.json.decode((run.path / "manifest.json").read_bytes())
    (run.path / "manifest.json").write_bytes(msgspec.json.encode(manifest | {"schema_version": 99}))
    add(run, "records-a1.jsonl", [{"nonsense": 1}])
    with serving(tmp_path) as reader:
        assert "cannot be read" in text(settled(reader))
        assert reader.ask(f"run/{NAME}/")[0] == 404
