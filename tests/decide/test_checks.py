"""Checks that need no model: each finds what it is for, no answer takes one down, and what could not be seen never passes."""

from __future__ import annotations

import warnings
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.ask.expectations import NOTHING, expectations_of
from hayai.decide.quality.checks import CHECKS
from hayai.decide.quality.checks.check import LONGEST_TEXT, Answer
from hayai.decide.quality.checks.fences import fenced_blocks
from hayai.decide.quality.checks.searches import Searches
from hayai.decide.quality.findings import Looked, Reason
from hayai.show.locales import LANGUAGES, texts_in

OBJECT = {
    "type": "object",
    "required": ["a"],
    "properties": {"a": {"type": "integer"}},
    "patternProperties": {"^x-": {"type": "string"}},
    "additionalProperties": False,
}
EXPECTING: dict[str, dict[str, Any]] = {
    "finished": {},
    "not_empty": {},
    "no_refusal": {},
    "length": {"min_chars": 3, "max_chars": 10},
    "languages": {"languages": ["ja", "en", "zh", "ko"]},
    "code": {"code": ["python", "json", "toml", "yaml"]},
    "json_schema": {"json_schema": {**OBJECT, "uniqueItems": True, "pattern": "^(a+)+$"}},
    "contains": {"contains": ["ｱ", "b"]},
    "regex": {"regex": ["^(a+)+$", r"\d"]},
    "exact": {"exact": ["yes", "はい"]},
    "number": {"number": {"value": 42, "tolerance": 0.5}},
}
"""Of each check, expectations to which it applies."""
SLOW = r"(?:.*?,){30}P"
"""A pattern that looks harmless, and takes years on a line of a hundred fields."""
ALWAYS = ("finished", "not_empty", "no_refusal")


def look(
    name: str, text: str | None, *, stop: str | None = "end_turn", chars: int | None = None, **expect: Any
) -> Looked:
    """What a check says of an answer."""
    at = CHECKS[name](expectations_of(expect), Searches(0.02))
    assert at is not None
    return at(Answer(text=text, stop_reason=stop, chars=chars))


def says(name: str, text: str | None, **more: Any) -> str:
    """`passed`, or why not."""
    found = look(name, text, **more)
    return found.reason or found.outcome


def fenced(language: str, text: str) -> str:
    """A block with a sentence before it."""
    return f"Here it is:\n\n```{language}\n{text}\n```\nDone."


# What holds for all of them.


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_applies_where_something_is_expected(name: str) -> None:
    """Three are always made, and can be skipped; the others need a word. Without a text only what the service tells can be said."""
    assert EXPECTING.keys() == CHECKS.keys()
    assert (CHECKS[name](NOTHING, Searches()) is not None) == (name in ALWAYS)
    assert CHECKS[name](expectations_of(EXPECTING[name]), Searches()) is not None
    assert CHECKS[name](expectations_of({"skip": list(ALWAYS)}), Searches()) is None
    blind = look(name, None, **EXPECTING[name])
    assert (blind.outcome, blind.reason) == (("passed", None) if name == "finished" else ("unknown", "no_text"))
    if name not in (*ALWAYS[:2], "length"):
        assert says(name, "a" * (LONGEST_TEXT + 1), **EXPECTING[name]) == "too_large"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_check_and_every_reason_has_words(language: Any) -> None:
    """In both languages."""
    texts = texts_in(language)
    assert [name for name in CHECKS if f"quality.check.{name}" not in texts] == []
    assert [reason for reason in get_args(Reason) if f"quality.reason.{reason}" not in texts] == []


SIGNS = st.sampled_from(
    [
        *(
            "```",
            "~~~",
            "python",
            "json",
            "{",
            "}",
            "[",
            "]",
            '"',
            ":",
            ",",
            "\n",
            "\t",
            "1",
            "-",
            "a",
            "'",
            "(",
            "=",
            ".",
        ),
        *("あ", "中", "한", "\u0301", "&a", "*a", "\0", "\ud800"),
    ]
)
TEXTS = st.one_of(st.text(st.characters()), st.lists(SIGNS, max_size=60).map("".join))


@given(text=TEXTS, stop=st.none() | st.sampled_from(["end_turn", "max_tokens", "refusal", "tool_use", "?"]))
def test_no_text_takes_a_check_down(text: str, stop: str | None) -> None:
    """Any text, whole or torn, with fences and brackets in any order; what did not pass has a reason, and nothing is warned about."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name, expect in EXPECTING.items():
            for wrapped in (text, fenced(name if name == "json" else "python", text)):
                found = look(name, wrapped, stop=stop, **expect)
                assert (found.outcome == "passed") == (found.reason is None), name


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("code", fenced("python", "(" * 5000), "too_deep"),
        ("code", fenced("python", "-" * 90_000 + "1"), "too_deep"),
        ("code", fenced("python", "a\\\n.b" * 15_000), "too_deep"),
        ("code", fenced("python", "if x: pass\n" + "elif x: pass\n" * 7000), "too_deep"),
        ("code", fenced("python", "#" * 200_000), "too_large"),
        ("code", fenced("python", "x = 1\0"), "block_broken"),
        ("code", fenced("python", "1" * 5000), "block_broken"),
        ("json_schema", "[" * 100_000, "too_deep"),
        ("json_schema", '{"a":' * 61 + "1" + "}" * 61, "too_deep"),
        ("json_schema", f'{{"a": "{"1," * 100}"}}', "too_deep"),
        ("contains", "a" + "\u0301\u0316" * 100_000, "too_strange"),
        ("exact", "a" + "\u0301\u0316" * 100_000, "too_strange"),
        ("regex", "1," * 100, "pattern_slow"),
    ],
)
def test_what_would_take_too_long_is_not_looked_into(name: str, text: str, reason: str) -> None:
    """Deep nesting, long chains, catastrophic patterns, stacks of marks: could not be checked, or is broken; never a pass."""
    expect: dict[str, dict[str, Any]] = {
        "code": {"code": ["python"]},
        "json_schema": {"json_schema": {"properties": {"a": {"pattern": SLOW}}}},
    }
    expect |= {"contains": {"contains": ["b"]}, "exact": {"exact": ["b"]}, "regex": {"regex": [SLOW]}}
    assert says(name, text, **expect[name]) == reason


def test_aliases_and_tags_of_yaml_stay_what_they_are() -> None:
    """A bomb of aliases is not unfolded, a merge neither, and a tag that names code is a tag; what would take long is not read."""
    bomb = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    merged = "a: &a {k: v}\n" + "".join(
        f"{b}: &{b}\n  <<: [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    for text in (bomb, merged, "x: !!python/object/apply:os.system [exit]", "a: 1\n---\nb: 2"):
        assert says("code", fenced("yaml", text), code=["yaml"]) == "passed"
    assert says("code", fenced("yaml", "- " * 8000 + "x"), code=["yaml"]) == "too_deep"
    assert says("code", fenced("yml", "a: 1\n" * 9000), code=["yaml"]) == "too_large"
    assert says("code", fenced("toml", "a." * 24_000 + "b = 1"), code=["toml"]) == "too_deep"


def test_a_pattern_that_ran_out_of_time_is_given_up() -> None:
    """In the same report it costs its time once, however many answers it meets."""
    searches = Searches(0.01)
    assert searches.found(SLOW, "1," * 100) is None
    assert searches.found(SLOW, "P") is None
    assert searches.found("a", "a") is True


def test_a_schema_that_never_ends_is_counted() -> None:
    """References that double at each level, an array of thousands without two alike, and numbers that are one in JSON."""
    doubling = {
        "anyOf": [
            {"properties": {"a": {"$ref": "#"}}, "required": ["a"]},
            {"required": ["z"], "properties": {"a": {"$ref": "#"}}},
        ]
    }
    nested = '{"a":' * 50 + "{}" + "}" * 50
    assert says("json_schema", nested, json_schema={"allOf": [doubling, doubling, {"not": doubling}]}) == "too_deep"
    many = "[" + ",".join(f'{{"a":{n}}}' for n in range(9000)) + "]"
    assert says("json_schema", many, json_schema={"uniqueItems": True}) == "passed"
    assert says("json_schema", "[1, 1.0]", json_schema={"uniqueItems": True}) == "against_schema"
    assert says("json_schema", '[1, true, "1", [1], {"a": 1}]', json_schema={"uniqueItems": True}) == "passed"


# Each for itself.


@pytest.mark.parametrize(
    ("stop", "reason"),
    [
        ("end_turn", "passed"),
        ("stop", "passed"),
        ("tool_use", "passed"),
        ("max_tokens", "cut"),
        ("length", "cut"),
        ("MAX_TOKENS", "cut"),
        ("model_context_window_exceeded", "cut"),
        ("content_filter", "filtered"),
        ("guardrail_intervened", "filtered"),
        (None, "stop_untold"),
    ],
)
def test_whether_it_was_finished_is_told_by_the_service(stop: str | None, reason: str) -> None:
    """By the words of all providers."""
    assert says("finished", "text", stop=stop) == reason


@pytest.mark.parametrize(
    ("text", "stop", "chars", "reason"),
    [
        ("x", "end_turn", 1, "passed"),
        ("", "end_turn", 0, "empty"),
        (" \n\u3000", "end_turn", 3, "empty"),
        ("", "tool_use", 0, "passed"),
        (None, "end_turn", 0, "empty"),
        (None, "end_turn", 5, "no_text"),
    ],
)
def test_an_answer_says_something(text: str | None, stop: str, chars: int, reason: str) -> None:
    """Or calls a tool. Blanks are nothing."""
    assert says("not_empty", text, stop=stop, chars=chars) == reason


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can't assist with that request.",
        "**I’m sorry**, but I can’t help with this.",
        "As an AI language model, I cannot answer this question.",
        "I won't be able to help with this.",
        "I apologize, but I cannot create this content.",
        "I must decline to assist with that.",
        "申し訳ありませんが、その質問にはお答えできません。",
        "申し訳ございませんが、ご要望にはお応えできません。",
        "恐れ入りますが、そのご依頼には対応いたしかねます。",
        "申し訳ありませんが、お手伝いすることはできません。",
        "申し訳ありません。そのリクエストには応じられません。",
        "その件については回答を控えさせていただきます。",
    ],
)
def test_refusals_are_told_by_their_opening(text: str) -> None:
    """In English and Japanese, with or without an apology."""
    assert says("no_refusal", text) == "refusal_words"


@pytest.mark.parametrize(
    "text",
    [
        "I cannot provide real-time data, but the usual value is 5.",
        "I can't help but notice that this is odd.",
        "I can't help with this problem without seeing the picture.",
        "I cannot answer this question with certainty, but here is what is known.",
        "I cannot create this diagram as a picture, so here it is in letters.",
        "ご質問の内容だけではお答えできませんが、一般的には次のとおりです。",
        "I cannot answer with certainty, yet it is likely.",
        "Unfortunately, the server can't help.",
        "Sorry is a short word. Here is a letter that says it.",
        "I cannot create a file on your system, but here is the script:",
        "Here is a refusal for your bot: “I'm sorry, but I can't assist with that request.”",
        "申し訳ありませんが、詳細なデータは持っていません。以下は一般的な説明です。",
        "お客様のご要望に対応できない場合の例文です。",
        "お詫びのメールの書き方を説明します。",
        "",
    ],
)
def test_what_only_sounds_like_a_refusal_is_left_alone(text: str) -> None:
    """A false alarm would be a wrong number."""
    assert says("no_refusal", text) == "passed"
    assert says("no_refusal", text, stop="refusal") == "declined"


def test_length_is_that_of_the_visible_text() -> None:
    """In code points, bounds included; known also where the text was not kept."""
    for chars, reason in ((2, "too_short"), (3, "passed"), (10, "passed"), (11, "too_long")):
        assert says("length", "😀" * chars, min_chars=3, max_chars=10) == reason
        assert says("length", None, chars=chars, min_chars=3, max_chars=10) == reason


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("おはようございます。\nGood morning!\n早上好！\n안녕하세요", ""),
        ("1. 日本語: おはよう\n2. 中文: 谢谢\n3. English: thank you very much\n4. 감사합니다", ""),
        ("| おはよう | 早安，今天天气很好 | good day | 좋은 아침 |", ""),
        ("# 自己紹介\nこんにちは、私は学生です。\n## 目的", "en, zh, ko"),
        ("早上好", "ja, en, ko"),
        ("株式会社について\n東京電力\n重要事項", "en, zh, ko"),
        ("Good morning", "ja, zh, ko"),
        ("```python\nprint('good morning to you')\n```", "ja, en, zh, ko"),
        ("", "ja, en, zh, ko"),
    ],
)
def test_languages_are_told_by_script(text: str, missing: str) -> None:
    """Headings of Han in a Japanese answer are no Chinese, and code is no English."""
    assert look("languages", text, languages=["ja", "en", "zh", "ko"]).detail == missing


def test_code_must_be_there_and_parse() -> None:
    """A block of each language that was asked for; one broken block is enough to fail, and says where."""
    good = {"python": "def f(x):\n    return x", "json": '{"a": [1, null]}', "toml": "a = 1", "yaml": "a:\n  - 1"}
    bad = {"python": "def f(:", "json": "{'a': 1}", "toml": "a =", "yaml": "a: ["}
    for language, text in good.items():
        assert says("code", fenced(language, text), code=[language]) == "passed"
        assert says("code", fenced(language, text) + fenced(language, bad[language]), code=[language]) == "block_broken"
        assert says("code", fenced("text", text), code=[language]) == "block_missing"
    assert look("code", fenced("py", "x = 1\ny = ("), code=["python"]).detail == "python:2"
    assert says("code", "- a list\n\n  ```python\n  if x:\n      y\n  ```", code=["python"]) == "passed"
    assert says("code", fenced("python", r"re.compile('\d')"), code=["python"]) == "passed"
    assert says("code", fenced("python", "x = 1") + fenced("json", "{"), code=["python"]) == "passed"
    assert says("code", fenced("json", '{"a": NaN}'), code=["json"]) == "block_broken"


def test_fences_are_those_of_markdown() -> None:
    """Longer fences hold shorter ones, tildes hold backticks, and a block that never ends is one to the end."""
    blocks, outside = fenced_blocks("a\n````md\n```python\nx\n```\n````\nb\n~~~json title\n{}\n~~~\nc\n```toml\nd = 1")
    assert [(block.language, block.text) for block in blocks] == [
        ("md", "```python\nx\n```"),
        ("json", "{}"),
        ("toml", "d = 1"),
    ]
    assert outside == "a\nb\nc"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": 1, "x-b": "c"}', "passed"),
        (fenced("json", '{"a": 1}'), "passed"),
        (fenced("", '{"a": 1}'), "passed"),
        ('[Note] see below\n```json\n{"a": 1}\n```', "passed"),
        ('{"a": "1"}', "against_schema"),
        ('{"a": 1, "b": 2}', "against_schema"),
        ('{"a": 1, "x-b": 2}', "against_schema"),
        ("[]", "against_schema"),
        (fenced("json", "{") + fenced("text", "x"), "block_broken"),
        (fenced("json", "{}") + fenced("json", "{}"), "several_json"),
        ("Sure, a is 1.", "not_json"),
        ("", "not_json"),
    ],
)
def test_json_is_held_against_the_schema(text: str, reason: str) -> None:
    """The answer itself, or its only block."""
    assert says("json_schema", text, json_schema=OBJECT) == reason


def test_dialects_and_references_of_schemas() -> None:
    """Draft 7 where it is named; references into the schema itself."""
    tree = {
        "$defs": {"n": {"type": "object", "properties": {"next": {"$ref": "#/$defs/n"}}, "required": ["v"]}},
        "$ref": "#/$defs/n",
    }
    assert says("json_schema", '{"v": 1, "next": {"v": 2}}', json_schema=tree) == "passed"
    assert says("json_schema", '{"v": 1, "next": {}}', json_schema=tree) == "against_schema"
    seven = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "items": [{"type": "integer"}],
        "additionalItems": False,
    }
    assert says("json_schema", "[1]", json_schema=seven) == "passed"
    assert says("json_schema", "[1, 2]", json_schema=seven) == "against_schema"


@pytest.mark.parametrize(
    ("name", "text", "expect", "reason"),
    [
        ("contains", "Ａｐｐｌｅ and pear", {"contains": ["Apple", "pear"]}, "passed"),
        ("contains", "apple", {"contains": ["Apple"]}, "text_missing"),
        ("regex", "first\n42 items", {"regex": [r"^\d+ items$"]}, "passed"),
        ("regex", "none", {"regex": ["n", r"\d"]}, "pattern_missing"),
        ("exact", " ｙｅｓ\n", {"exact": ["no", "yes"]}, "passed"),
        ("exact", "yes.", {"exact": "yes"}, "other_text"),
    ],
)
def test_texts_are_compared_after_normalisation(name: str, text: str, expect: dict[str, Any], reason: str) -> None:
    """Full-width signs are their half-width selves; case and punctuation count."""
    assert says(name, text, **expect) == reason


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The answer is 1,234.50.", "1234.50"),
        ("12 + 30 = 42", "42"),
        ("= \u221242", "-42"),
        ("答えは４２です。", "42"),
        (r"\boxed{1{,}234}", "1234"),
        ("1\u202f234\u202f567 euros", "1234567"),
        ("10-4", "4"),
        ("Use GPT-4 for 3 of H2O", "3"),
        ("1,2,3", "3"),
        ("about $3.14 million", "3.14"),
        ("6.02e23 of them", "6.02E+23"),
        ("42%", "42"),
        ("none at all, v1.2", None),
    ],
)
def test_the_last_number_counts(text: str, told: str | None) -> None:
    """With separators between thousands, full-width digits, signs of every kind."""
    found = look("number", text, number=77)
    assert (found.detail or None) == told
    assert found.reason == ("no_number" if told is None else "other_number")
    if told is not None:
        assert says("number", text, number={"value": float(told) + 0.25, "tolerance": 0.3}) == "passed" or "E" in told


def test_a_number_is_exact_unless_a_tolerance_is_given() -> None:
    """Decimals are decimals."""
    assert says("number", "0.1", number=0.1) == "passed"
    assert says("number", "0.10000000000000001", number=0.1) == "other_number"
    assert says("number", "0.3", number={"value": 0.1, "tolerance": 0.2}) == "passed"
    assert says("number", "9" * 5000, number=42) == "other_number"
