"""A check of this machine reads the same in both languages, fits a terminal, and carries nobody's words unread."""

from __future__ import annotations

import json
from itertools import product

import pytest

from hayai.keep.selfcheck import Advice, Reach, SelfCheck
from hayai.show.format import cell_width
from hayai.show.locales import LANGUAGES, Language, texts_in
from hayai.show.selfcheck import render, step_line
from tests.keep.test_selfcheck import MACHINE, a_check, a_spread, a_step

EVIL = "\x1b[2J<b>{host}\u202e"
CASES = {
    "held": a_check(*(a_step(n, transport=t) for t, n in product(("plain", "tls"), (1, 10, 100, 300, 1000)))),
    "client": a_check(
        a_step(1),
        a_step(10, held=False, limit="client", failed=3, tries=2, e2e=a_spread(12_345_678)),
        reach=(Reach(transport="plain", streams=1, chunks_per_s=50.0, at_least=False),),
    ),
    "nothing": a_check(
        a_step(1, answers=0, failed=20, pieces=0, coalesced=0, chunks_per_s=0.0, clock="", ttft=None, chunk=None, e2e=None,
               lag=None, service_late_p99_ns=None, cpu_ratio=None, held=False, limit="client"),
        reach=(Reach(transport="plain", streams=0, chunks_per_s=0.0, at_least=False),),
        apart=False,
        advice=(),
    ),
    "wrong": a_check(a_step(10, outside=2, held=False, limit="client", clock="kernel/user")),
    "hostile": a_check(
        a_step(10, clock="user"),
        machine=MACHINE | {"host": EVIL, "release": EVIL, "python": None, "cpus": None},
        hayai_version=EVIL,
        advice=(Advice(key=EVIL), Advice(key="selfcheck.advice.governor", values={"governor": EVIL})),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "language"), list(product(CASES, LANGUAGES)))
def test_it_fits_eighty_columns(name: str, language: Language) -> None:
    """In every state; nothing acts on the terminal."""
    page = render(CASES[name], texts_in(language), as_json=False)
    assert max(map(cell_width, page.splitlines())) <= 80
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "None" not in page or name == "hostile"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_comes_first(language: Language) -> None:
    """How far, and whether that is all that can be said."""
    texts = texts_in(language)
    for name, key in (("held", "at_least"), ("client", "held"), ("nothing", "none")):
        first = render(CASES[name], texts, as_json=False).split("\n", 1)[1].replace("\n", " ")
        start = texts(f"selfcheck.reach.{key}", transport=texts("selfcheck.transport.plain"), streams="@", rate="@")
        assert first.startswith(start.partition("@")[0].strip()[:40])


def test_a_wrong_interval_is_said_to_be_ours() -> None:
    """It would be a mistake in the instrument, not in the machine."""
    texts = texts_in("en")
    told = {name: " ".join(render(CASES[name], texts, as_json=False).split()) for name in ("wrong", "held")}
    assert "mistake of hayai" in told["wrong"]
    assert "mistake of hayai" not in told["held"]


@pytest.mark.parametrize(("name", "language"), list(product(CASES, LANGUAGES)))
def test_json_is_the_check_with_its_sentences(name: str, language: Language) -> None:
    """One object; nothing formatted but the sentences."""
    text = render(CASES[name], texts_in(language), as_json=True)
    told = json.loads(text)
    assert "\x1b" not in text
    assert [step["streams"] for step in told["steps"]] == [step.streams for step in CASES[name].steps]
    assert all(sentence for sentence in told["sentences"])
    assert all(advice["text"] for advice in told["advice"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_is_told_in_a_line(language: Language) -> None:
    """Held, beyond this machine, beyond the service, and without any answer."""
    texts = texts_in(language)
    steps = [step for check in CASES.values() for step in check.steps]
    lines = [step_line(step, texts) for step in (*steps, a_step(held=False, limit="service"))]
    assert all(line and "\n" not in line for line in lines)
    assert len({line.partition(":")[2] for line in lines[-1:]}) == 1


def test_units_are_one_for_all_errors() -> None:
    """So that they can be compared at a glance."""
    check: SelfCheck = CASES["client"]
    page = render(check, texts_in("en"), as_json=False)
    assert "in µs" in page
    assert "12346" in page or "12345" in page
