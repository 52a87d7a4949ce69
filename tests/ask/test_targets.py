"""Targets: the grammar, the options, the names, `--vary`, and every problem told at once."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hayai.ask.plan import Target
from hayai.ask.targets import format_target, parse_target, resolve_targets
from hayai.ask.targets.resolve import names_without_options
from hayai.errors import Problem, UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class AnOption:
    """Structurally what a provider declares."""

    name: str
    kind: str = "text"
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    example: str = ""


BEDROCK = {
    option.name: option
    for option in (
        AnOption(name="latency", kind="choice", choices=("standard", "optimized")),
        AnOption(name="temperature", kind="number", low=0, high=1),
        AnOption(name="max_tokens", kind="integer", low=1),
        AnOption(name="priority", kind="integer", high=9),
        AnOption(name="region", example="us-east-1"),
        AnOption(name="system"),
        AnOption(name="endpoint"),
        AnOption(name="stream", kind="flag"),
        AnOption(name="extra", kind="json"),
        AnOption(name="header.", example="header.X-Trace=on"),
    )
}
OPENAI = {option.name: option for option in (AnOption(name="api_key_env"), AnOption(name="endpoint"))}
SCHEMAS = {"bedrock": BEDROCK, "openai": OPENAI}
NOVA = "bedrock:us.amazon.nova-pro-v1:0"


def targets(*texts: str, vary: tuple[str, ...] = (), **more: object) -> tuple[Target, ...]:
    """The targets of a command, with the schemas of this file."""
    return resolve_targets(texts, vary, SCHEMAS, **more)  # type: ignore[arg-type]  # keyword arguments passed through


def problems(*texts: str, vary: tuple[str, ...] = (), **more: object) -> list[Problem]:
    """What is wrong with a command."""
    with pytest.raises(UsageError) as caught:
        targets(*texts, vary=vary, **more)
    return list(caught.value.problems)


def only(*texts: str, vary: tuple[str, ...] = ()) -> Problem:
    """The one thing that is wrong with a command."""
    (problem,) = problems(*texts, vary=vary)
    return problem


# The grammar.


def test_model_ids_and_arns_keep_their_colons_and_slashes() -> None:
    """Only the first colon splits."""
    arn = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-pro-v1:0"
    (target,) = targets(f"bedrock:{arn},latency=optimized")
    assert (target.provider, target.model, target.options) == ("bedrock", arn, {"latency": "optimized"})


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (r"system=Be brief\, please", "Be brief, please"),
        (r"system=a=b:c", "a=b:c"),
        (r"system=C:\new\table", r"C:\new\table"),
        (r"system=ends with \\", r"ends with \\"),
        (r"system=a\\\,b", r"a\,b"),
        ("system=簡潔に、日本語で", "簡潔に、日本語で"),
        ("system={a}", "{a}"),
        ('system={"a"', '{"a"'),
        (" system = padded ", "padded"),
    ],
)
def test_texts_are_taken_as_written(written: str, value: str) -> None:
    """A comma needs a backslash; nothing else has a meaning."""
    (target,) = targets(f"{NOVA},{written}")
    assert target.options == {"system": value}


def test_a_backslash_before_the_end_of_a_value_can_be_written() -> None:
    """Doubled, it belongs to the value, and the comma ends it."""
    (target,) = targets(NOVA + r",system=a\\,latency=optimized")
    assert target.options == {"system": "a\\", "latency": "optimized"}


@pytest.mark.parametrize(
    "value",
    [{"a": 1, "b": [1, 2]}, {"text": 'a,b "c" {d'}, [], {"x": "\\,"}, {"x": "\\"}, {"深い": [{"y": None}]}],
)
def test_json_needs_no_escapes(value: object) -> None:
    """Commas, braces and quotes within JSON stand for themselves; the next option follows as usual."""
    text = json.dumps(value, ensure_ascii=False)
    (target,) = targets(f"{NOVA},extra= {text} ,region=r")
    assert target.options == {"extra": value, "region": "r"}


def test_json_in_an_escaped_text_is_understood_too() -> None:
    """As a configuration file hands it on."""
    (target,) = targets(NOVA + r',extra={"a":1\,"b":2}')
    assert target.options == {"extra": {"a": 1, "b": 2}}


def test_values_have_the_type_that_the_provider_declares() -> None:
    """Numbers, whole numbers, flags (also without a value), header names by prefix."""
    (target,) = targets(f"{NOVA},temperature=0,max_tokens=300,stream,header.X-Trace=on,region=us-east-1")
    assert target.options == {
        "temperature": 0.0,
        "max_tokens": 300,
        "stream": True,
        "header.X-Trace": "on",
        "region": "us-east-1",
    }
    assert isinstance(target.options["temperature"], float)


@pytest.mark.parametrize(("word", "value"), [("true", True), ("Yes", True), ("off", False), ("0", False)])
def test_flags_are_said_in_several_ways(word: str, value: bool) -> None:
    """true/false, yes/no, on/off, 1/0."""
    (target,) = targets(f"{NOVA},stream={word}")
    assert target.options == {"stream": value}


def test_json_is_read_from_a_file_beside_the_configuration(tmp_path: Path) -> None:
    """`@file` is relative to `folder`; a byte order mark is no obstacle."""
    (tmp_path / "extra.json").write_text('\ufeff{"thinking": {"budget_tokens": 1024}}', encoding="utf-8")
    (target,) = targets(f"{NOVA},extra=@extra.json", folder=tmp_path)
    assert target.options == {"extra": {"thinking": {"budget_tokens": 1024}}}


def test_a_file_that_cannot_be_json_is_told(tmp_path: Path) -> None:
    """A folder, a file far too big, bytes that are no text, a text that is no JSON, JSON that is no table."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "big").write_bytes(b" " * ((1 << 20) + 1))
    (tmp_path / "bytes").write_bytes(b"\xff")
    (tmp_path / "text").write_text("a: 1", encoding="utf-8")
    (tmp_path / "number").write_text("3", encoding="utf-8")
    expected = {
        "folder": "target.file_missing",
        "big": "target.file_too_big",
        "bytes": "target.file_unreadable",
        "text": "target.not_json",
        "number": "target.not_json_object",
    }
    found = {name: problems(f"{NOVA},extra=@{name}", folder=tmp_path)[0].key for name in expected}
    assert found == expected


printable = st.characters(exclude_categories=("Cc", "Cs", "Co", "Cn"))
words = st.text(printable, min_size=1, max_size=30).map(str.strip).filter(bool)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(printable | st.sampled_from('\\,"{}[]'), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(printable, max_size=5), inner, max_size=3),
    max_leaves=8,
)
json_roots = st.lists(json_values, max_size=3) | st.dictionaries(
    st.text(printable, max_size=5), json_values, max_size=3
)


@st.composite
def option_sets(draw: st.DrawFn) -> dict[str, object]:
    """Any valid options, as values."""
    kinds: dict[str, st.SearchStrategy[object]] = {
        "latency": st.sampled_from(["standard", "optimized"]),
        "temperature": st.floats(0, 1),
        "max_tokens": st.integers(1, 10**9),
        "region": st.text(st.sampled_from("ab\\,{}[]\"'=:é長 "), min_size=1).map(str.strip).filter(bool),
        "system": words,
        "stream": st.booleans(),
        "extra": json_roots,
        "header.X-A": st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1)
        .map(str.strip)
        .filter(bool),
    }
    names = draw(st.lists(st.sampled_from(sorted(kinds)), unique=True))
    return {name: draw(kinds[name]) for name in names}


@given(option_sets())
@example({"region": "\\", "system": "\\\\"})
@example({"region": "{a", "system": "b}"})
@example({"extra": {"a": "\\"}, "region": "a\\,b"})
def test_what_is_written_is_what_is_read(options: dict[str, object]) -> None:
    """Any options, formatted as a target and read again, are the same options in the same order."""
    text = format_target("bedrock", "us.amazon.nova-pro-v1:0", options.items())
    target, found = parse_target(text, SCHEMAS)
    # Text that reads like another option after a full-width comma is refused on purpose, and so is what looks like a secret.
    if {problem.key for problem in found} <= {"target.full_width"} and found:
        assert re.search("[，、]", text)
        return
    assert found == ()
    assert target is not None
    assert list(target.options.items()) == list(options.items())


@given(st.text(max_size=60))
def test_any_text_is_a_target_or_a_problem(text: str) -> None:
    """Whatever is typed, the answer is one or the other, never an exception."""
    for typed in (text, f"bedrock:{text}", f"{NOVA},{text}", f"{NOVA},extra={text}", f"{NOVA},latency={text}"):
        target, found = parse_target(typed, SCHEMAS)
        assert (target is None) == bool(found)


# Names.


def names(*texts: str, vary: tuple[str, ...] = (), **more: object) -> list[str]:
    """The names that the targets of a command get."""
    return [target.name for target in targets(*texts, vary=vary, **more)]


HAIKU3 = "bedrock:us.anthropic.claude-3-haiku-20240307-v1:0"
HAIKU35 = "bedrock:us.anthropic.claude-3-5-haiku-20241022-v1:0"


def test_names_are_short_and_say_what_differs() -> None:
    """The published comparison's three targets."""
    assert names(HAIKU3, HAIKU35, f"{HAIKU35},latency=optimized") == [
        "claude-3-haiku",
        "claude-3-5-haiku",
        "claude-3-5-haiku optimized",
    ]


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("us.amazon.nova-pro-v1:0", "nova-pro"),
        ("amazon.nova-micro-v1:0:24k", "nova-micro"),
        ("global.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"),
        ("meta.llama3-3-70b-instruct-v1:0", "llama3-3-70b-instruct"),
        ("mistral.mistral-large-2407-v1:0", "mistral-large-2407"),
        ("anthropic.claude-v2:1", "claude-v2:1"),
        ("arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0", "nova-lite"),
        ("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/ab12cd", "ab12cd"),
        ("gpt-4.1-mini", "gpt-4.1-mini"),
        ("gpt-4o-2024-08-06", "gpt-4o"),
        ("llama3.2:1b", "llama3.2:1b"),
        ("meta-llama/Llama-3.1-8B-Instruct", "Llama-3.1-8B-Instruct"),
        ("openai.gpt-oss-120b-1:0", "gpt-oss-120b-1:0"),
    ],
)
def test_models_have_the_names_people_use(model: str, name: str) -> None:
    """Without account, region group, maker, date and version; never an account id."""
    assert names(f"bedrock:{model}") == [name]


def test_models_that_would_share_a_name_keep_what_tells_them_apart() -> None:
    """Two dates or two region groups of one model."""
    dated = "bedrock:us.anthropic.claude-3-5-sonnet-{}-v{}:0"
    assert names(dated.format("20240620", 1), dated.format("20241022", 2)) == [
        "claude-3-5-sonnet-20240620",
        "claude-3-5-sonnet-20241022",
    ]
    assert names("bedrock:us.amazon.nova-pro-v1:0", "bedrock:eu.amazon.nova-pro-v1:0") == [
        "us.amazon.nova-pro-v1:0",
        "eu.amazon.nova-pro-v1:0",
    ]


def test_the_same_target_twice_is_numbered() -> None:
    """A and A#2; the third is A#3."""
    assert names(NOVA, NOVA, NOVA) == ["nova-pro", "nova-pro#2", "nova-pro#3"]


def test_given_names_are_kept_and_own_names_give_way() -> None:
    """A name hayai makes up never collides with one the user gave, whichever comes first."""
    assert names(NOVA, f"{HAIKU3},name=nova-pro") == ["nova-pro#2", "nova-pro"]


def test_addresses_are_named_by_their_hosts() -> None:
    """One model at several services is told apart by where they are."""
    where = ("http://127.0.0.1:8000/v1", "https://gateway.example.com/openai/v1", "https://gateway.example.com/v2")
    assert names(*(f"bedrock:m,endpoint={url}" for url in where)) == [
        "m endpoint=127.0.0.1:8000",
        "m endpoint=gateway.example.com",
        "m endpoint=gateway.example.com#2",
    ]


def test_long_values_do_not_make_long_names() -> None:
    """Of JSON and of long texts, only the option is named."""
    long = "x" * 200
    assert names(NOVA, f"{NOVA},system={long}", NOVA + ',extra={"a":1}') == [
        "nova-pro",
        "nova-pro system",
        "nova-pro extra",
    ]


# --vary.


def test_vary_makes_one_target_per_value() -> None:
    """In the order in which the values were written; the first is the baseline."""
    made = targets(f"{NOVA},region=us-east-1", vary=("latency=standard,optimized",))
    assert [t.options for t in made] == [
        {"region": "us-east-1", "latency": "standard"},
        {"region": "us-east-1", "latency": "optimized"},
    ]
    assert [t.name for t in made] == ["nova-pro standard", "nova-pro optimized"]


def test_several_vary_are_multiplied_out() -> None:
    """The last one varies fastest."""
    made = targets(NOVA, vary=("latency=standard,optimized", "temperature=0,0.5"))
    assert [tuple(t.options.values()) for t in made] == [
        ("standard", 0.0),
        ("standard", 0.5),
        ("optimized", 0.0),
        ("optimized", 0.5),
    ]
    assert made[3].name == "nova-pro optimized temperature=0.5"


def test_vary_keeps_a_given_name_as_the_stem() -> None:
    """The values tell the targets apart."""
    assert names(f"{NOVA},name=mine", vary=("latency=standard,optimized",)) == ["mine standard", "mine optimized"]


def test_vary_understands_escapes_and_json() -> None:
    """The same commas as in a target."""
    assert [t.options["system"] for t in targets(NOVA, vary=(r"system=a\,b,c",))] == ["a,b", "c"]
    assert [t.options["extra"] for t in targets(NOVA, vary=('extra={"a":1,"b":2},{"a":3}',))] == [
        {"a": 1, "b": 2},
        {"a": 3},
    ]


@pytest.mark.parametrize(
    ("vary", "key"),
    [
        ("latency", "vary.syntax"),
        ("latency=", "vary.syntax"),
        ("latency=optimized", "vary.one_value"),
        ("latency=optimized,optimized", "vary.same_value"),
        ("latency=optimized,fast", "target.not_a_choice"),
        ("latency=standard，optimized", "target.full_width"),
        ("region=us-east-1、us-west-2", "target.full_width"),
        ("latancy=standard,optimized", "target.unknown_option.maybe"),
        ("name=a,b", "target.unknown_option"),
        ("latency=standard,", "target.empty_value"),
    ],
)
def test_a_vary_that_cannot_be_is_told(vary: str, key: str) -> None:
    """One problem, at `--vary`."""
    problem = only(NOVA, vary=(vary,))
    assert (problem.place, problem.key) == ("--vary", key)


def test_vary_needs_exactly_one_target_and_each_option_once() -> None:
    """Otherwise nobody could say which targets are meant."""
    assert only(NOVA, HAIKU3, vary=("latency=standard,optimized",)).key == "vary.one_target"
    assert only(f"{NOVA},latency=standard", vary=("latency=standard,optimized",)).key == "vary.already_set"
    assert only(NOVA, vary=("latency=standard,optimized",) * 2).key == "vary.twice"


# Defaults.


def test_defaults_fill_what_a_target_leaves_open_where_its_provider_has_it() -> None:
    """`--region` and the like; the target's own word wins, and a provider without the option is left alone."""
    made = targets(NOVA, f"{NOVA},region=eu-west-1", "openai:gpt-4.1", defaults={"region": "us-west-2"})
    assert [t.options for t in made] == [{"region": "us-west-2"}, {"region": "eu-west-1"}, {}]


def test_a_wrong_default_is_told_once_at_its_own_option() -> None:
    """Not once per target."""
    (problem,) = problems(NOVA, NOVA, "openai:gpt-4.1", defaults={"max_tokens": "many"})
    assert (problem.place, problem.key) == ("--max-tokens", "target.not_an_integer")


def test_a_default_is_judged_by_every_provider_that_takes_it() -> None:
    """Both have an endpoint; the mistake is the same, so it is told once."""
    (problem,) = problems(NOVA, "openai:gpt-4.1", defaults={"endpoint": "a\x00b"})
    assert (problem.place, problem.key) == ("--endpoint", "target.control_character")


# Problems.


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "target.empty"),
        ("us.amazon.nova-pro-v1:0", "target.no_provider"),
        ("arn:aws:bedrock:us-east-1:123456789012:inference-profile/x", "target.no_provider"),
        ("nova", "target.no_provider"),
        ("bedrok:nova", "target.unknown_provider.maybe"),
        ("azure:gpt", "target.unknown_provider"),
        ("bedrock", "target.no_model"),
        ("bedrock:", "target.no_model"),
        ("bedrock:,latency=optimized", "target.no_model"),
        ("bedrock:latency=optimized", "target.no_model"),
        ("bedrock:nova pro", "target.bad_model"),
        ("bedrock：nova，latency=optimized", "target.full_width"),
        ("bedrock:nova，latency=optimized", "target.full_width"),
        ("bedrock:nova、latency=optimized", "target.full_width"),
        (f"{NOVA},latency＝optimized", "target.full_width"),
        (f"{NOVA},temperature=0，max_tokens=3", "target.full_width"),
        (f"{NOVA},region=us-east-1，latency=optimized", "target.full_width"),
        (f"{NOVA},", "target.empty_item"),
        (f"{NOVA},system=be brief, please", "target.not_an_option"),
        (f"{NOVA},latancy=optimized", "target.unknown_option.maybe"),
        (f"{NOVA},zzzzzz=1", "target.unknown_option"),
        (f"{NOVA},header.=1", "target.unknown_option.maybe"),
        (f"{NOVA},region", "target.empty_value"),
        (f"{NOVA},region=", "target.empty_value"),
        (f"{NOVA},latency=optimised", "target.not_a_choice.maybe"),
        (f"{NOVA},latency=quick", "target.not_a_choice"),
        (f"{NOVA},stream=maybe", "target.not_a_flag"),
        (f"{NOVA},max_tokens=1.5", "target.not_an_integer"),
        (f"{NOVA},max_tokens=0", "target.below_bound"),
        (f"{NOVA},priority=10", "target.above_bound"),
        (f"{NOVA},temperature=warm", "target.not_a_number"),
        (f"{NOVA},temperature=nan", "target.not_a_number"),
        (f"{NOVA},temperature=1e999", "target.not_a_number"),
        (f"{NOVA},temperature=1.5", "target.out_of_bounds"),
        (f"{NOVA},system=a\x1b[31mb", "target.control_character"),
        (f"{NOVA},system=half \udcff", "target.control_character"),
        ("bedrock:half\udcff", "target.bad_model"),
        (NOVA + r',extra={"a":"\ud800"}', "target.not_json"),
        (f"{NOVA},header.X=a\r\nHost: evil", "target.header_value"),
        (f"{NOVA},header.X Y=a", "target.header_name"),
        (NOVA + ",extra={a:1}", "target.not_json"),
        (NOVA + ',extra={"a":NaN}', "target.not_json"),
        (NOVA + ",extra=3", "target.not_json_object"),
        (NOVA + ",extra=" + "[" * 100_000, "target.not_json"),
        (NOVA + ",extra=@nowhere.json", "target.file_missing"),
        (f"{NOVA},latency=standard,latency=standard", "target.option_twice"),
        (f"{NOVA},name={'n' * 81}", "target.bad_name"),
        (f"{NOVA},name=a\nb", "target.bad_name"),
    ],
)
def test_each_mistake_has_its_own_message(text: str, key: str) -> None:
    """One problem, at the first target."""
    problem = only(text)
    assert problem.key == key
    assert problem.place.startswith("TARGET 1")


def test_messages_say_what_would_have_been_right() -> None:
    """The known words, the nearest one, the bounds, the corrected text."""
    assert only(f"{NOVA},latancy=x").values["suggestion"] == "latency"
    assert "latency" in str(only(f"{NOVA},zzzzzz=1").values["known"])
    assert only(f"{NOVA},latency=quick").values["choices"] == "standard, optimized"
    assert only(f"{NOVA},temperature=2").values["high"] == "1"
    assert only("bedrock：nova，latency＝optimized").values["suggestion"] == "bedrock:nova,latency=optimized"
    assert only("us.amazon.nova-pro-v1:0").values["example"] == NOVA
    assert only(f"{NOVA},region=").values["example"] == "us-east-1"
    assert only(f"{NOVA},header.X-A=").values["example"] == "on"


def test_all_problems_of_all_targets_are_told_at_once_with_their_places() -> None:
    """Four targets, five mistakes, and a wrong default and a wrong vary on top."""
    found = problems(
        f"{NOVA},latancy=x,max_tokens=0",
        "bedrok:x",
        f"{NOVA},name=a",
        f"{NOVA},name=a",
        vary=("latency=standard,optimized",),
        defaults={"temperature": "9"},
    )
    assert sorted((problem.place, problem.key) for problem in found) == [
        ("--temperature", "target.out_of_bounds"),
        ("--vary", "vary.one_target"),
        ("TARGET 1: latancy", "target.unknown_option.maybe"),
        ("TARGET 1: max_tokens", "target.below_bound"),
        ("TARGET 2", "target.unknown_provider.maybe"),
        ("TARGET 4", "target.name_twice"),
    ]


def test_places_of_a_configuration_file_are_kept() -> None:
    """The option is joined with a dot there."""
    found = problems(f"{NOVA},latancy=x", places=["bench.toml: targets[1]"])
    assert [problem.place for problem in found] == ["bench.toml: targets[1].latancy"]


def test_no_target_at_all_is_a_problem() -> None:
    """With an example of one."""
    assert only().key == "target.none"


mistakes = st.lists(
    st.sampled_from(["latancy=x", "latency=quick", "max_tokens=0", "temperature=hot", "zzzzzz=1", "stream=maybe"]),
    unique=True,
    min_size=1,
)


@given(st.lists(mistakes, min_size=1, max_size=4))
def test_the_number_of_problems_is_the_number_of_mistakes(wrong: list[list[str]]) -> None:
    """Whatever is wrong in whichever target, nothing hides behind anything else."""
    texts = [",".join([NOVA, *items]) for items in wrong]
    assert len(problems(*texts)) == sum(len(items) for items in wrong)


@pytest.mark.parametrize(
    ("texts", "vary", "names"),
    [
        (
            ["bedrock:us.amazon.nova-pro-v1:0,latncy=x", "bedrock:us.amazon.nova-lite-v1:0"],
            [],
            ("nova-pro", "nova-lite"),
        ),
        (["bedrock:m,name=a,foo=1", "bedrock:m,name=b"], [], ("a", "b")),
        (["bedrock:m,name=n,foo=1", "bedrock:n"], [], ("n", "n#2")),
        (["bedrock:m", "bedrock:m,foo=1"], [], None),  # What sets them apart is their options.
        (["bedrock:m,name=a", "bedrock:m,foo=1"], [], None),
        (["bedrock:m,name=a,foo=1", "bedrock:n,name=a"], [], None),
        (["bedrock:m,name=a,name=b", "bedrock:n"], [], None),
        (["bedrock:m,foo=1"], ["latency=standard,optimized"], None),
        (["bedrok:m,name=a", "bedrock:n"], [], None),
        (["bedrock:m,name=a,api_key=sk-ant-api03-AbCdEf0123456789", "bedrock:n"], [], None),
        ([], [], None),
    ],
)
def test_names_are_known_where_they_do_not_depend_on_options(
    texts: list[str], vary: list[str], names: tuple[str, ...] | None
) -> None:
    """A claim can be read though an option is wrong; but a name that might turn out otherwise is no name."""
    assert names_without_options(texts, vary, SCHEMAS) == names


@given(
    st.lists(st.tuples(st.sampled_from("mno"), st.sampled_from(["", ",name=a", ",name=b"])), min_size=1, max_size=4),
    st.lists(st.sampled_from(["", ",latency=optimized", ",temperature=0.5"]), min_size=4, max_size=4),
)
def test_names_known_without_options_are_those_that_targets_get(
    written: list[tuple[str, str]], options: list[str]
) -> None:
    """Whatever the options turn out to be."""
    bare = [f"bedrock:{model}{name}" for model, name in written]
    names = names_without_options([f"{text},foo=1" for text in bare], [], SCHEMAS)
    if names is not None:
        whole = [text + option for text, option in zip(bare, options, strict=False)]
        assert tuple(target.name for target in resolve_targets(whole, [], SCHEMAS)) == names
