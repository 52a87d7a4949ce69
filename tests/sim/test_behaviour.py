"""What the behaviour promises: draws that come from the seed alone, medians and tails as the profile says, quotas that hold."""

from __future__ import annotations

import math
import statistics
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.sim.behaviour import Behaviour, Course
from hayai.sim.profile import ModelEntry, Profile, parse_profile, read_profile
from hayai.sim.refusals import Refusal
from hayai.sim.script import NO_SCRIPT, Script

MINUTE_NS = 60 * 10**9


def profile_of(arm: str, more: str = "") -> Profile:
    """A profile with one arm for every model; `more` are keys of the profile."""
    text = f'about = "A test."\n{more}\n[[models]]\nid = "*"\n[models.arms.standard]\nttft_ms = 100\nitl_ms = 10\n{arm}'
    return parse_profile(text, name="test", place="test")


def behaviour(profile: Profile, *, seed: int = 1, speed: float = 1.0) -> Behaviour:
    """It at work, from instant 0 on."""
    return Behaviour(profile, seed=seed, speed=speed, started_ns=0)


def draw(at_work: Behaviour, entry: ModelEntry, identity: str = "x", **more: Any) -> Course:
    """The course of the next request with this identity."""
    whole: dict[str, Any] = {
        "topic": None,
        "latency": None,
        "tier": None,
        "max_tokens": 5000,
        "input_tokens": 10,
        "reasoning": None,
        "length": None,
        "script": NO_SCRIPT,
        "now_ns": 0,
    }
    return at_work.course(entry=entry, random=at_work.random_for(identity), **(whole | more))


def quantile(values: list[float], share: float) -> float:
    """The value below which this share lies."""
    return sorted(values)[int(len(values) * share)]


def pace_of(course: Course) -> float:
    """Tokens per second after the first chunk."""
    tokens = course.reasoning_tokens + course.text_tokens
    return (tokens - 1) / (course.offsets_ns[-1] - course.offsets_ns[0]) * 1e9


BLOG = [
    ("us.anthropic.claude-3-5-haiku-20241022-v1:0", "standard", 1.1, 2.9, 48.4, 67.4),
    ("us.anthropic.claude-3-5-haiku-20241022-v1:0", "optimized", 0.6, 1.4, 85.9, 152.0),
    ("us.meta.llama3-1-70b-instruct-v1:0", "standard", 0.9, 42.8, 30.2, 32.4),
    ("us.meta.llama3-1-70b-instruct-v1:0", "optimized", 0.4, 1.2, 137.0, 203.7),
]


@pytest.mark.parametrize("row", BLOG, ids=lambda row: f"{row[0].split('.')[1]}-{row[1]}")
def test_the_blog_s_medians_and_tails_come_out(row: tuple[str, str, float, float, float, float]) -> None:
    """Published median and P90 of time to first token and of tokens per second come out of 4,000 draws, as near as so many can tell."""
    model, latency, ttft_p50, ttft_p90, otps_p50, otps_p90 = row
    profile = read_profile("aws-blog-2025")
    at_work = behaviour(profile)
    entry = next(entry for entry in profile.models if entry.id == model)
    courses = [draw(at_work, entry, latency=latency) for _ in range(4000)]
    ttft = [course.offsets_ns[0] / 1e9 for course in courses]
    pace = [pace_of(course) for course in courses]
    assert statistics.median(ttft) == pytest.approx(ttft_p50, rel=0.06)
    assert quantile(ttft, 0.9) == pytest.approx(ttft_p90, rel=0.1)
    assert statistics.median(pace) == pytest.approx(otps_p50, rel=0.03)
    assert quantile(pace, 0.9) == pytest.approx(otps_p90, rel=0.05)


def test_the_same_requests_get_the_same_courses_in_any_order() -> None:
    """Seed and identity decide; the order of arrival does not; another seed, another course."""
    profile = read_profile("faulty")
    (entry, *_) = profile.models
    names = [f"prompt {number % 5}" for number in range(40)]

    def courses(order: list[str], seed: int) -> dict[str, list[tuple[int, ...]]]:
        at_work = behaviour(profile, seed=seed)
        drawn: dict[str, list[tuple[int, ...]]] = {}
        for name in order:
            try:
                drawn.setdefault(name, []).append(draw(at_work, entry, name).offsets_ns)
            except Refusal:
                drawn.setdefault(name, []).append(())
        return drawn

    shuffled = Random(3).sample(names, len(names))
    assert courses(names, 1) == courses(shuffled, 1)
    assert courses(names, 1) != courses(names, 2)


@given(
    tokens=st.integers(1, 400),
    limit=st.integers(1, 400),
    reasoning=st.integers(0, 100),
    bag=st.lists(st.integers(1, 9), min_size=1, max_size=4),
    speed=st.sampled_from([1.0, 20.0]),
)
def test_chunks_hold_exactly_the_tokens(tokens: int, limit: int, reasoning: int, bag: list[int], speed: float) -> None:
    """Tokens add up, the limit holds, the first chunk has one token, no chunk has two kinds, time never runs back."""
    profile = profile_of(f"tokens = {tokens}\nreasoning_tokens = {reasoning}\ntokens_per_chunk = {bag}\njitter = 0.5")
    course = draw(behaviour(profile, speed=speed), profile.models[0], max_tokens=limit)
    assert sum(course.chunks) == course.reasoning_tokens + course.text_tokens == min(tokens + reasoning, limit)
    assert course.text_tokens >= 1
    assert course.cut == (tokens + reasoning > limit)
    assert course.chunks[0] == 1
    if course.reasoning_tokens:
        ends = [sum(course.chunks[:count]) for count in range(len(course.chunks) + 1)]
        assert course.reasoning_tokens in ends
    assert list(course.offsets_ns) == sorted(course.offsets_ns)
    assert len(course.offsets_ns) == len(course.chunks)
    assert course.offsets_ns[0] == round(100e6 / speed) == course.ttft_ns
    assert course.head_ns == round(50e6 / speed)


def test_a_steady_arm_has_one_pace_however_it_is_cut() -> None:
    """(last - first) / (tokens - 1) is exactly the time per token, for any chunks."""
    profile = profile_of("tokens = 101\ntokens_per_chunk = [1, 4, 7]")
    course = draw(behaviour(profile), profile.models[0])
    assert course.offsets_ns[-1] - course.offsets_ns[0] == 100 * 10_000_000


def test_published_cells_come_out() -> None:
    """Tokens exactly, total within the noise around the published seconds, and the region that served it."""
    profile = read_profile("published-2024")
    at_work = behaviour(profile)
    entry = profile.models[1]
    courses = [draw(at_work, entry, topic="web_scraping", latency="optimized") for _ in range(300)]
    assert {course.text_tokens for course in courses} == {1602}
    assert {course.region for course in courses} == {"us-east-2"}
    assert statistics.median(course.offsets_ns[-1] / 1e9 for course in courses) == pytest.approx(15.43, rel=0.05)
    logs = [math.log(course.offsets_ns[-1]) for course in courses]
    assert 0.07 < statistics.stdev(logs) < 0.13
    (haiku_3, *_) = profile.models
    assert draw(at_work, haiku_3, topic="blockchain").text_tokens == 481
    assert draw(at_work, haiku_3, topic="nothing published").text_tokens == 700


def test_tails_and_pauses() -> None:
    """A chance of one always waits; the wait is capped."""
    arm = "tokens = 3\ntail = { chance = 1.0, median_ms = 1000 }\npause = { chance = 1.0, median_ms = 5000, sigma = 2.0, most_ms = 40 }"
    profile = profile_of(arm)
    courses = [draw(behaviour(profile, seed=seed), profile.models[0]) for seed in range(50)]
    assert {course.offsets_ns[0] for course in courses} == {1_100_000_000}
    assert max(course.offsets_ns[1] - course.offsets_ns[0] for course in courses) == 50_000_000


def test_quota_falls_back_then_throttles_and_recovers() -> None:
    """Two optimized a minute, three standard a minute: two optimized, three fallbacks, then throttled until a minute has passed."""
    text = """
    about = "Quotas."
    [[models]]
    id = "*"
    [models.arms.standard]
    ttft_ms = 100
    itl_ms = 10
    requests_per_minute = 3
    [models.arms.optimized]
    ttft_ms = 50
    itl_ms = 5
    requests_per_minute = 2
    """
    profile = parse_profile(text, name="x", place="x")
    at_work = behaviour(profile, speed=2.0)

    def served(now_ns: int) -> tuple[str, int] | str:
        try:
            course = draw(at_work, profile.models[0], latency="optimized", now_ns=now_ns)
        except Refusal as refusal:
            return refusal.name
        return course.served_latency, course.ttft_ns

    optimized, standard = ("optimized", 25_000_000), ("standard", 50_000_000)
    assert [served(0) for _ in range(6)] == [optimized, optimized, standard, standard, standard, "ThrottlingException"]
    # At twice the speed a minute takes thirty seconds.
    assert served(MINUTE_NS // 2 - 1) == "ThrottlingException"
    assert served(MINUTE_NS // 2) == optimized


def test_tiers_have_arms_of_their_own() -> None:
    """A tier without an arm gets the standard one; the latency mode that is echoed stays standard."""
    profile = profile_of("[models.arms.priority]\nttft_ms = 60\nitl_ms = 5")
    at_work = behaviour(profile)
    ttft = {tier: draw(at_work, profile.models[0], tier=tier).ttft_ns for tier in (None, "default", "priority", "flex")}
    assert ttft == {None: 100_000_000, "default": 100_000_000, "priority": 60_000_000, "flex": 100_000_000}


def test_drift_is_shared_slow_and_as_wide_as_said() -> None:
    """Two models drift together; a moment later the drift is nearly the same; over long times its spread is the profile's."""
    profile = profile_of("", "[drift]\nsd = 0.3\ncorrelation_s = 100")
    at_work = behaviour(profile)

    def drift(seconds: float, name: str = "x") -> float:
        return math.log(draw(at_work, profile.models[0], name, now_ns=round(seconds * 1e9)).ttft_ns / 1e8)

    walk = [drift(seconds) for seconds in range(0, 400_000, 100)]
    assert statistics.stdev(walk) == pytest.approx(0.3, rel=0.1)
    neighbours = statistics.correlation(walk[:-1], walk[1:])
    assert neighbours == pytest.approx(math.exp(-1), abs=0.06)
    assert drift(5000, "x") == drift(5000, "y") == walk[50]
    assert statistics.mean(abs(drift(at) - drift(at + 10)) for at in range(0, 10_000, 100)) < 0.15


def test_scripts_are_exact() -> None:
    """Scripted times have no noise, drift or tail."""
    profile = read_profile("faulty")
    script = Script(ttft_ms=123.0, itl_ms=4.0, tokens=11, chunk_tokens=5, region="eu-west-1")
    course = draw(behaviour(profile), profile.models[0], script=script)
    assert course.chunks == (1, 5, 5)
    assert course.offsets_ns == (123_000_000, 143_000_000, 163_000_000)
    assert course.region == "eu-west-1"


def test_regions_follow_their_weights() -> None:
    """Three to one, as drawn; without weights the account's own."""
    profile = profile_of("regions = { us-east-1 = 3, us-east-2 = 1 }")
    at_work = behaviour(profile)
    drawn = [draw(at_work, profile.models[0]).region for _ in range(2000)]
    assert drawn.count("us-east-1") / 2000 == pytest.approx(0.75, abs=0.04)
    assert draw(behaviour(profile_of("")), profile_of("").models[0]).region == "us-west-2"
