"""Configuration files: the same as a command line, with inheritance, and every mistake told at once."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hayai.ask.config import BenchConfig, read_config
from hayai.ask.config.schema import RunFields
from hayai.ask.plan import Rate, Target, Timeouts
from hayai.ask.suites.read import read_suite
from hayai.ask.targets import resolve_targets
from hayai.errors import Problem, UsageError
from hayai.measure.providers.contract import Option
from hayai.show.locales.en.ask import TEXTS as ENGLISH
from hayai.show.locales.ja.ask import TEXTS as JAPANESE

SCHEMAS = {
    "bedrock": {
        option.name: option
        for option in (
            Option(name="latency", kind="choice", choices=("standard", "optimized")),
            Option(name="temperature", kind="number", low=0, high=1),
            Option(name="max_tokens", kind="integer", low=1),
            Option(name="region", kind="text"),
            Option(name="system", kind="text"),
            Option(name="stream", kind="flag"),
            Option(name="extra", kind="json"),
            Option(name="header.", kind="text"),
        )
    }
}
EXAMPLE = Path(__file__).parents[2] / "examples" / "bench.toml"
ONE = '[[targets]]\ntarget = "bedrock:m"\n'
Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes `bench.toml` into the test's own folder."""

    def write_file(text: str) -> Path:
        path = tmp_path / "bench.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


def problems(path: Path) -> list[Problem]:
    """What is wrong with a file; each problem also has a text in both languages that its values fill."""
    with pytest.raises(UsageError) as caught:
        read_config(path)
    for problem in caught.value.problems:
        assert ENGLISH[problem.key].format(**problem.values)
        assert JAPANESE[problem.key].format(**problem.values)
    return list(caught.value.problems)


def told(path: Path) -> list[tuple[str, str]]:
    """Place (without the file) and key of each problem."""
    return [(p.place.removeprefix(str(path)).removeprefix(": "), p.key) for p in problems(path)]


def resolved(config: BenchConfig) -> tuple[Target, ...]:
    """The targets of a file, through the same door as a command line's."""
    return resolve_targets(
        config.targets, config.vary, SCHEMAS, places=config.places, vary_place=config.vary_place, folder=config.folder
    )


def test_a_file_says_what_a_command_line_says(write: Write, tmp_path: Path) -> None:
    """Every key of `[run]`, in the form of the plan; paths beside the file."""
    text = """
[run]
suite = "mine/prompts.csv"
prompts = ["a", "b"]
seed = -7
warmup = 0
concurrency = 4
rate = "20/m"
together = true
cache = "avoid"
connections = "cold"
retries = 2
max_requests = 40
max_time = "1h30m"
cycles = 3
max_tokens = 5000
timeouts = { connect = "5s", first_byte = 60, gap = 1.5, total = "10m" }
margin = "5%"
precision = 0.2
stopping = "fixed"
claim = ["t2 up to 60% faster than t1", "at least 1.5x"]
goal = "e2e.p95<5s"
max_cost = "$0.5"
all_pairs = true
aa = true
sessions = 3
every = "4h"
lang = "ja"
no_texts = true
results = "out"
checks = "mine:a"
"""
    config = read_config(write(text + ONE))
    assert config == BenchConfig(
        path=str(tmp_path / "bench.toml"),
        folder=tmp_path,
        targets=("bedrock:m",),
        places=(f"{tmp_path}/bench.toml: targets[1]",),
        vary_place=f"{tmp_path}/bench.toml: vary",
        suite=str(tmp_path / "mine" / "prompts.csv"),
        prompts=("a", "b"),
        seed=-7,
        warmup=0,
        concurrency=4,
        rate=Rate(requests=20, per="m"),
        together=True,
        cache="avoid",
        connections="cold",
        retries=2,
        max_requests=40,
        max_cost=Decimal("0.5"),
        max_time_s=5400.0,
        cycles=3,
        max_tokens=5000,
        timeouts={"connect_s": 5.0, "first_byte_s": 60.0, "gap_s": 1.5, "total_s": 600.0},
        margin=0.05,
        precision=0.2,
        stopping="fixed",
        claim=("t2 up to 60% faster than t1", "at least 1.5x"),
        claim_place=f"{tmp_path}/bench.toml: run.claim",
        goal=("e2e.p95<5s",),
        goal_place=f"{tmp_path}/bench.toml: run.goal",
        price_place=f"{tmp_path}/bench.toml: prices",
        all_pairs=True,
        aa=True,
        sessions=3,
        every_s=14400.0,
        lang="ja",
        no_texts=True,
        results=str(tmp_path / "out"),
        checks=("mine:a",),
        checks_place=f"{tmp_path}/bench.toml: run.checks",
    )
    assert Timeouts(**config.timeouts) == Timeouts(connect_s=5.0, first_byte_s=60.0, gap_s=1.5, total_s=600.0)


def test_every_key_of_the_file_reaches_the_configuration() -> None:
    """No key is accepted and then forgotten."""
    fields = {field.name for field in dataclasses.fields(BenchConfig)}
    assert {f"{name}_s" if name in ("max_time", "every") else name for name in RunFields.model_fields} <= fields


def test_what_a_file_leaves_out_is_none(write: Write) -> None:
    """So that the command line and the defaults can fill it in."""
    config = read_config(write(ONE))
    unsaid = set(RunFields.model_fields) - {"timeouts", "prompts", "max_time", "every", "claim", "goal", "checks"}
    assert all(getattr(config, name) is None for name in unsaid)
    assert (config.max_time_s, config.every_s, config.timeouts) == (None, None, {})
    assert config.prompts == config.claim == config.goal == config.vary == config.checks == ()


@pytest.mark.parametrize("suite", ["published", "published-ja", "-"])
def test_names_of_suites_are_not_taken_for_paths(suite: str, write: Write) -> None:
    """Only files are looked for beside the configuration."""
    assert read_config(write(f'[run]\nsuite = "{suite}"\n{ONE}')).suite == suite


def test_one_prompt_needs_no_list(write: Write) -> None:
    """`prompts = "code"`."""
    assert read_config(write(f'[run]\nprompts = "code"\n{ONE}')).prompts == ("code",)


def test_one_claim_needs_no_list(write: Write) -> None:
    """`claim = "b 60% faster than a"`."""
    assert read_config(write(f'[run]\nclaim = "b 60% faster"\n{ONE}')).claim == ("b 60% faster",)


def test_what_is_wrong_with_the_rules_hides_no_claim(write: Write) -> None:
    """Whoever judges the targets of a broken file gets its claims, and where they stand, too."""
    seen: list[BenchConfig] = []

    def judge(config: BenchConfig) -> list[Problem]:
        seen.append(config)
        return []

    path = write(f'[run]\nmargin = "lots"\nclaim = ["b 60% faster", 3]\n{ONE}')
    with pytest.raises(UsageError):
        read_config(path, judge)
    assert [(config.claim, config.claim_place) for config in seen] == [(("b 60% faster",), f"{path}: run.claim")]


def test_targets_take_options_of_every_kind(write: Write, tmp_path: Path) -> None:
    """Numbers, flags, tables for JSON, headers as a table, files beside the configuration, texts with anything in them."""
    (tmp_path / "extra.json").write_text('{"a": 1}', encoding="utf-8")
    text = r"""
[[targets]]
provider = "bedrock"
model = "us.amazon.nova-pro-v1:0"
temperature = 0.5
max_tokens = 300
stream = true
system = '''Be brief, please.
{"a", \,} 全角、も=よい\'''
extra = { a = 1, b = ["x,y", true] }
header.X-One = "a,b"
"header.X-Two" = "c"

[[targets]]
target = "bedrock:m"
extra = "@extra.json"

[[targets]]
target = "bedrock:m"
extra = '{"b": 1, "c": 2}'
"""
    first, second, third = resolved(read_config(write(text)))
    assert (first.provider, first.model) == ("bedrock", "us.amazon.nova-pro-v1:0")
    assert first.options == {
        "temperature": 0.5,
        "max_tokens": 300,
        "stream": True,
        "system": 'Be brief, please.\n{"a", \\,} 全角、も=よい\\',
        "extra": {"a": 1, "b": ["x,y", True]},
        "header.X-One": "a,b",
        "header.X-Two": "c",
    }
    assert second.options == {"extra": {"a": 1}}
    assert third.options == {"extra": {"b": 1, "c": 2}}


def test_targets_inherit_with_like_through_chains_in_any_order(write: Write) -> None:
    """The nearer word wins; the name is never inherited; what comes later in the file can be inherited too."""
    text = """
[[targets]]
like = "middle"
latency = "optimized"
[[targets]]
like = "root"
name = "middle"
region = "eu-west-1"
model = "other"
[[targets]]
target = "bedrock:m"
name = "root"
region = "us-east-1"
temperature = 0.0
"""
    first, middle, root = resolved(read_config(write(text)))
    assert (first.name, first.model) == ("other optimized", "other")
    assert first.options == {"region": "eu-west-1", "temperature": 0.0, "latency": "optimized"}
    assert (middle.name, middle.model, middle.options) == (
        "middle",
        "other",
        {"region": "eu-west-1", "temperature": 0.0},
    )
    assert (root.name, root.options) == ("root", {"region": "us-east-1", "temperature": 0.0})


def test_vary_is_multiplied_out_of_the_one_target(write: Write) -> None:
    """Lists of values, of any kind, with anything in them."""
    text = ONE + '[vary]\nlatency = ["standard", "optimized"]\nsystem = ["a, b\\\\", "c"]\n'
    made = resolved(read_config(write(text)))
    assert [tuple(t.options.values()) for t in made] == [
        ("standard", "a, b\\"),
        ("standard", "c"),
        ("optimized", "a, b\\"),
        ("optimized", "c"),
    ]


def test_problems_found_later_still_name_the_place_in_the_file(write: Write, tmp_path: Path) -> None:
    """What only the provider knows is told where the user wrote it."""
    config = read_config(write(ONE + 'latancy = "x"\n[vary]\nlatency = ["standard", "fast"]\n'))
    with pytest.raises(UsageError) as caught:
        resolved(config)
    assert [(p.place.removeprefix(f"{tmp_path}/"), p.key) for p in caught.value.problems] == [
        ("bench.toml: targets[1].latancy", "target.unknown_option.maybe"),
        ("bench.toml: vary", "target.not_a_choice"),
    ]


def test_a_secret_in_a_file_is_refused(write: Write) -> None:
    """By the same door; nothing of it is repeated."""
    config = read_config(write(ONE + 'api_key = "hunter2"\n'))
    with pytest.raises(UsageError) as caught:
        resolved(config)
    assert [p.key for p in caught.value.problems] == ["secret.bedrock"]
    assert "hunter2" not in str(caught.value)


def test_yaml_says_the_same_as_toml(write: Write, tmp_path: Path) -> None:
    """By the ending of the file's name."""
    toml = read_config(write('[run]\ncycles = 2\n[[targets]]\ntarget = "bedrock:m"\nlatency = "optimized"\n'))
    path = tmp_path / "bench.yaml"
    document = {"run": {"cycles": 2}, "targets": [{"target": "bedrock:m", "latency": "optimized"}]}
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    assert read_config(path).targets == toml.targets
    assert read_config(path).cycles == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("targets", "field.missing")]),
        ("targets = []", [("targets", "field.empty_list")]),
        ('targets = "bedrock:m"', [("targets", "field.not_list")]),
        ('targets = ["bedrock:m"]', [("targets[1]", "field.not_table")]),
        ("[[targets]]\n", [("targets[1]", "config.no_model")]),
        ('[[targets]]\nmodel = "m"\n', [("targets[1]", "config.no_model")]),
        ('[[targets]]\nname = ""\ntarget = "bedrock:m"', [("targets[1].name", "field.blank")]),
        ('[[targets]]\nname = 3\ntarget = "bedrock:m"', [("targets[1].name", "field.not_text")]),
        (ONE + 'model = "x"', [("targets[1]", "config.two_models")]),
        ('[[targets]]\ntarget = "bedrock:m,latency=optimized"', [("targets[1].target", "config.options_in_target")]),
        ('[[targets]]\nprovider = "bedrock"\nmodel = "m,a=b"', [("targets[1].model", "config.options_in_target")]),
        (ONE + 'system = ""', [("targets[1].system", "field.blank")]),
        (ONE + "when = 2024-01-01", [("targets[1].when", "field.not_json")]),
        (ONE + "extra = { when = 2024-01-01 }", [("targets[1].extra", "field.not_json")]),
        (ONE + '"a,b" = 1', [("targets[1].a,b", "config.bad_option")]),
        (ONE + 'like = "x"', [("targets[1].like", "config.unknown_like")]),
        (ONE + 'name = "base"\n[[targets]]\nlike = "bsae"', [("targets[2].like", "config.unknown_like.maybe")]),
        ('[[targets]]\nname = "a"\nlike = "a"', [("targets[1].like", "config.like_circle")]),
        (
            '[[targets]]\nlike = "a"\n[[targets]]\nname = "a"\nlike = "b"\n[[targets]]\nname = "b"\nlike = "a"',
            [("targets[2].like", "config.like_circle")],
        ),
        (ONE + "[vary]\nlatency = 3", [("vary.latency", "field.not_list")]),
        (ONE + "[vary]\nlatency = []", [("vary.latency", "field.empty_list")]),
        (ONE + '[vary]\nlatency = ["standard", ""]', [("vary.latency[2]", "field.blank")]),
        (ONE + "[runn]\n", [("runn", "field.unknown.maybe")]),
        ("run = 3\n" + ONE, [("run", "field.not_table")]),
        ("[run]\nmax_request = 3\n" + ONE, [("run.max_request", "field.unknown.maybe")]),
        ("[run]\nwarmup = -1\n" + ONE, [("run.warmup", "field.too_small")]),
        ("[run]\ntogether = 1\n" + ONE, [("run.together", "field.not_flag")]),
        ("[run]\nseed = 1.5\n" + ONE, [("run.seed", "field.not_integer")]),
        ('[run]\ncache = "avoids"\n' + ONE, [("run.cache", "field.not_a_choice.maybe")]),
        ('[run]\nlang = "french"\n' + ONE, [("run.lang", "field.not_a_choice")]),
        ('[run]\nmax_time = "ten"\n' + ONE, [("run.max_time", "duration.not_a_duration")]),
        ("[run]\nmax_time = true\n" + ONE, [("run.max_time", "duration.not_a_duration")]),
        ("[run]\nmax_time = 0\n" + ONE, [("run.max_time", "duration.not_positive")]),
        ("[run]\ntimeouts = { conect = 1 }\n" + ONE, [("run.timeouts.conect", "field.unknown.maybe")]),
        ('[run]\nsuite = " "\n' + ONE, [("run.suite", "field.blank")]),
        ('[run]\nmargin = "ten"\n' + ONE, [("run.margin", "ratio.not_a_ratio")]),
        ("[run]\nmargin = 10\n" + ONE, [("run.margin", "ratio.out_of_bounds")]),
        ("[run]\nprecision = true\n" + ONE, [("run.precision", "ratio.not_a_ratio")]),
        ('[run]\nstopping = "fixd"\n' + ONE, [("run.stopping", "field.not_a_choice.maybe")]),
        ("[run]\naa = 1\n" + ONE, [("run.aa", "field.not_flag")]),
        ("[run]\nclaim = [3]\n" + ONE, [("run.claim[1]", "field.not_text")]),
        ('[run]\nclaim = ""\n' + ONE, [("run.claim[1]", "field.blank")]),
        ('[run]\nsessions = 1\nevery = "4h"\n' + ONE, [("run.sessions", "field.too_small")]),
        ("[run]\nsessions = 3\n" + ONE, [("run.sessions", "rules.sessions_without_every")]),
        ('[run]\nevery = "4h"\n' + ONE, [("run.every", "rules.every_without_sessions")]),
        (
            '[run]\nverdict_only = true\nprecision = "10%"\n' + ONE,
            [("run.verdict_only", "rules.precision_and_verdict_only")],
        ),
        ("[run]\nprompts = [3]\n" + ONE, [("run.prompts[1]", "field.not_text")]),
    ],
)
def test_each_mistake_is_told_at_its_place(text: str, expected: list[tuple[str, str]], write: Write) -> None:
    """Places count from 1."""
    assert told(write(text)) == expected


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    """Missing, of another kind, not UTF-8, broken syntax, YAML that is no table."""

    def written(name: str, data: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    assert told(tmp_path / "none.toml") == [("", "file.missing")]
    assert told(tmp_path / "none.json") == [("", "config.unknown_ending")]
    assert told(tmp_path) == [("", "config.unknown_ending")]
    assert told(written("a.toml", "名".encode("shift_jis"))) == [(" line 1", "file.not_utf8")]
    assert told(written("a.toml", b"[run]\nseed = \n")) == [(" line 2", "file.syntax")]
    assert told(written("a.yaml", b"- 1")) == [("", "field.not_table")]
    assert told(written("a.yaml", b"targets: [{target: 'bedrock:m'}]\nvary: {1: [a, b]}")) == [
        ("vary", "field.key_not_text")
    ]
    assert told(written("b.yaml", b"")) == [("targets", "field.missing")]


MISTAKES = {
    "run": ["seed = 'x'", "warmup = -1", "cache = 'x'", "max_time = '?'", "timouts = 3", "margin = 'x'", "every = 3"],
    "target": ["name = 3", "system = ''", "when = 2024-01-01", "model = 'x'", "like = 'nobody'"],
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(MISTAKES["run"]), unique=True),
    st.lists(st.lists(st.sampled_from(MISTAKES["target"]), unique=True), min_size=1, max_size=4),
)
def test_all_mistakes_are_told_at_once(write: Write, run: list[str], targets: list[list[str]]) -> None:
    """As many problems as mistakes, whichever are combined."""
    tables = ["[run]", *run, *(line for wrong in targets for line in ("[[targets]]", "target = 'bedrock:m'", *wrong))]
    path = write("\n".join(tables))
    expected = len(run) + sum(map(len, targets))
    if expected:
        assert len(problems(path)) == expected
    else:
        assert len(read_config(path).targets) == len(targets)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["target", "model", "name", "like", "header", "a,b", ""]) | st.text(max_size=4), inner
        )
    ),
    max_leaves=10,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
@given(
    st.fixed_dictionaries({}, optional={"run": anything, "targets": anything | st.lists(anything), "vary": anything})
)
def test_any_document_is_a_configuration_or_a_problem_with_a_text(tmp_path: Path, document: object) -> None:
    """Whatever is in the file, the answer is one or the other, never another exception."""
    path = tmp_path / "a.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    try:
        config = read_config(path)
    except UsageError:
        assert problems(path)
    else:
        assert config.targets


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["region", "system"]),
        st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1).map(str.strip).filter(bool),
    )
)
def test_options_survive_the_way_through_the_file(write: Write, options: dict[str, str]) -> None:
    """Any text of any sign reaches the target unchanged, except what looks like further options in full width, which is refused."""
    tables = ONE + "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in options.items())
    config = read_config(write(tables))
    try:
        (target,) = resolved(config)
    except UsageError as error:
        refused = {problem.key for problem in error.problems}
    else:
        refused = set()
        assert target.options == options
    assert refused <= {"target.full_width"}


def test_the_example_is_a_comparison() -> None:
    """Two targets, the second inheriting from the first, and a suite that can be read."""
    config = read_config(EXAMPLE)
    first, second = resolved(config)
    assert second.options == {**first.options, "latency": "optimized"}
    assert [first.name, second.name] == ["3.5 Haiku", "3.5 Haiku optimized"]
    assert config.suite is not None
    assert read_suite(config.suite).prompts
