"""What the simulator's answers promise: the asked length to the token, the right topic and language, text worth reading."""

import re
import subprocess
import sys
import tomllib
import unicodedata
from importlib.resources import files

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hayai.sim.answer import answer_tokens, count_tokens, language_of, split_tokens, topic_of
from hayai.sim.answers.corpus import parse_corpus, read_source
from hayai.sim.answers.topics import TOPICS

LANGUAGES = ("ja", "en")
LONGEST_WITHOUT_REPETITION = 2_400


def suite_prompts() -> list[tuple[str, str, str]]:
    """Topic, language and text of the prompts of both shipped suites."""
    folder = files("hayai.ask") / "suites"
    return [
        (prompt["id"], language, prompt["text"])
        for language in LANGUAGES
        for prompt in tomllib.loads((folder / f"published_{language}.toml").read_text(encoding="utf-8"))["prompts"]
    ]


SUITE = suite_prompts()
PROMPTS = {(topic, language): text for topic, language, text in SUITE}
UNKNOWN = {
    "ja": "京都の紅葉と寺院の歴史について教えてください。",
    "en": "Tell me about the tides and fishing grounds of Brittany.",
}
ANY_PROMPT = st.sampled_from([*PROMPTS.values(), *UNKNOWN.values()])
KNOWN_PROMPT = st.sampled_from(list(PROMPTS.values()))
SEEDS = st.integers(min_value=0, max_value=2**64 - 1)


def answer(prompt: str, count: int, seed: int = 0) -> str:
    """The text of an answer."""
    return "".join(answer_tokens(prompt, count, seed=seed))


# --- topic and language ---


def test_the_suites_have_the_ten_topics_in_two_languages() -> None:
    """The topics recognised here are exactly those of the shipped suites."""
    assert {(topic, language) for topic in TOPICS for language in LANGUAGES} == set(PROMPTS)


@pytest.mark.parametrize(("topic", "language", "text"), SUITE)
@pytest.mark.parametrize("nonce", ["", "[3f9a0c1d22e84b77] ", "[3f9a…] ", "[0000ffff]\n"])
def test_suite_prompts_are_recognised(topic: str, language: str, text: str, nonce: str) -> None:
    """Every shipped prompt is recognised, with and without a nonce before it."""
    assert (topic, language) == (topic_of(nonce + text), language_of(nonce + text))


@pytest.mark.parametrize(
    ("topic", "prompt"),
    [
        ("web_scraping", "BeautifulSoupでニュースサイトをスクレイピングするコードを書いて"),
        ("web_scraping", "How do I scrape product prices with bs4?"),
        ("fastapi_auth", "FastAPIでJWT認証を実装したい"),
        ("fastapi_auth", "Give me a REST API in FastAPI with OAuth2 login"),
        ("microservices", "モノリシックな構成とマイクロサービスの違いは？"),
        ("microservices", "When should a monolith be split?"),
        ("data_processing", "大規模なデータ処理システムのボトルネックを見つける手順"),
        ("data_processing", "Our big data pipeline is slow; find the bottleneck step by step."),
        ("llm_impact", "生成AIが企業に与える影響を500字で"),
        ("llm_impact", "What do LLMs mean for enterprises?"),
        ("blockchain", "ブロックチェインを社長に説明する"),
        ("blockchain", "Explain blockchain to a manager, with use cases."),
        ("quality_multilingual", "ソフトウェア品質管理の要点を3つ、日本語・英語・中国語で"),
        ("quality_multilingual", "Three key points of quality assurance in Japanese, English and Chinese"),
        ("ml_project", "機械学習のプロジェクトをどう進めるか"),
        ("ml_project", "How does a PM run an ML project?"),
        ("docker_intro", "Dockerコンテナ入門"),
        ("docker_intro", "Teach a beginner the basics of Docker images."),
        ("cicd", "GitHub Actionsでデプロイを自動化したい"),
        ("cicd", "Set up CI/CD for my repository"),
    ],
)
def test_other_wordings_are_recognised(topic: str, prompt: str) -> None:
    """The topics are known in words of other people too."""
    assert topic == topic_of(prompt)


@pytest.mark.parametrize("prompt", [*UNKNOWN.values(), "", "?", "[3f9a]", "Docker or FastAPI?", "こんにちは"])
def test_when_unsure_there_is_no_topic(prompt: str) -> None:
    """An unknown topic, nothing at all, or two topics alike: None."""
    assert topic_of(prompt) is None


@pytest.mark.parametrize(
    ("language", "prompt"),
    [
        ("ja", "PythonとBeautifulSoupのrequestsの使い方"),
        ("ja", "品質管理"),
        ("ja", "[3f9a0c1d22e84b77] 東京"),
        ("en", "Explain 品質 to new engineers, please"),
        ("en", "Wie spät ist es?"),
        ("en", ""),
    ],
)
def test_the_language_is_that_of_the_script(language: str, prompt: str) -> None:
    """Japanese with English product names is Japanese, English with a Japanese word is English."""
    assert language == language_of(prompt)


# --- length ---


@given(ANY_PROMPT, st.integers(min_value=0, max_value=8_000), SEEDS)
@settings(deadline=None)
def test_an_answer_has_exactly_the_asked_tokens(prompt: str, count: int, seed: int) -> None:
    """Any length, any seed, any topic: the number of tokens is the number asked for, and the same again next time."""
    tokens = answer_tokens(prompt, count, seed=seed)
    assert count == len(tokens)
    assert all(tokens)
    assert tokens == answer_tokens(prompt, count, seed=seed)


@given(st.text(), st.integers(min_value=0, max_value=3_000), st.integers())
@example("%% stage\n## {first} {second}", 500, -1)
@example("\x1b[31m\x00\u202e", 500, 1)
@settings(deadline=None)
def test_any_prompt_gets_an_answer_of_the_asked_length(prompt: str, count: int, seed: int) -> None:
    """Noise, markup, control characters: still an answer, and nothing of theirs in it but plain words."""
    text = answer(prompt, count, seed)
    assert count == len(answer_tokens(prompt, count, seed=seed))
    assert not {c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn"}} - {"\n"}
    assert "{first}" not in text


@pytest.mark.parametrize("count", [0, -3])
def test_no_tokens_asked_none_given(count: int) -> None:
    """Nothing asked is nothing answered."""
    assert answer_tokens("Explain Docker", count, seed=1) == ()


@pytest.fixture(scope="module")
def whole_lines() -> set[str]:
    """Every line of every text, as an answer may end with a list item or the end of a code block."""
    return {line for language in LANGUAGES for topic in TOPICS for line in read_source(language, topic).splitlines()}


@pytest.mark.parametrize("prompt", list(PROMPTS.values()), ids=[f"{topic}-{language}" for topic, language in PROMPTS])
def test_an_answer_ends_where_a_text_may_end(prompt: str, whole_lines: set[str]) -> None:
    """From 300 tokens on an answer of the asked length ends with a sentence, a list, a table or a code block."""
    cut_in_the_middle = []
    for count in (*range(300, 1_000, 3), *range(1_000, 6_000, 101)):
        last_line = answer(prompt, count, seed=count * 7).splitlines()[-1]
        if last_line[-1] not in ".?!。？！|" and last_line not in whole_lines:
            cut_in_the_middle.append(count)
    assert cut_in_the_middle == []


# --- text ---


@given(KNOWN_PROMPT, st.integers(min_value=300, max_value=8_000), SEEDS)
@settings(deadline=None)
def test_tokens_are_those_of_the_text(prompt: str, count: int, seed: int) -> None:
    """Counting the tokens of a whole answer gives what was asked: a client's count and the service's agree."""
    tokens = answer_tokens(prompt, count, seed=seed)
    assert list(tokens) == split_tokens("".join(tokens))
    assert count == count_tokens("".join(tokens))


@given(KNOWN_PROMPT, st.integers(min_value=300, max_value=LONGEST_WITHOUT_REPETITION), SEEDS)
@settings(deadline=None)
def test_no_paragraph_comes_twice(prompt: str, count: int, seed: int) -> None:
    """Up to 2,400 tokens nothing is said twice: no heading, no paragraph."""
    text = re.sub(
        r"```.*?(?:```|\Z)", "", answer(prompt, count, seed), flags=re.DOTALL
    )  # code may repeat its blank lines
    paragraphs = [re.sub(r"^## \d+\. ", "## ", paragraph) for paragraph in text.split("\n\n") if paragraph.strip()]
    assert len(paragraphs) == len(set(paragraphs))


@pytest.mark.parametrize("prompt", list(PROMPTS.values()))
def test_neighbouring_seeds_begin_differently(prompt: str) -> None:
    """Contestants with neighbouring seeds do not write the same text: their beginnings differ."""
    beginnings = [answer(prompt, 1_000, seed)[:25] for seed in range(4)]
    assert len(set(beginnings)) == 4
    assert len({answer(prompt, 1_000, seed)[:80] for seed in range(16)}) >= 12


@pytest.mark.parametrize(("topic", "language"), sorted(PROMPTS))
@pytest.mark.parametrize("count", [300, 1_000, 2_400])
def test_an_answer_is_in_the_language_and_on_the_topic(topic: str, language: str, count: int) -> None:
    """A Japanese prompt is answered in Japanese; where several languages were asked for, each of them is there."""
    text = answer(PROMPTS[topic, language], count, seed=5)
    prose = re.sub(r"```.*?(?:```|\Z)|`[^`]*`", "", text, flags=re.DOTALL)
    kana = len(re.findall(r"[\u3041-\u30fa]", prose))
    latin = len(re.findall(r"[A-Za-z]", prose))
    if topic == "quality_multilingual":
        assert all(f"{name}：" in text or f"{name}:" in text for name in ("日本語", "English", "中文"))
        assert text.index("日本語：") < text.index("English:") < text.index("中文：")
    elif topic == "ml_project":
        assert text.index("日本語：") < text.index("English:")
    else:
        assert (kana > latin) if language == "ja" else kana == 0
        assert topic_of(text) in {topic, None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_makes_the_same_points(language: str) -> None:
    """In the three-language answer the points are the same, in the same order, in every language."""
    headings = re.findall(
        r"^## (?:\d+\. )?(日本語|English|中文)", answer(PROMPTS["quality_multilingual", language], 900), re.MULTILINE
    )
    assert headings == ["日本語"] * 3 + ["English"] * 3 + ["中文"] * 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_topic_is_answered_honestly_with_its_own_words(language: str) -> None:
    """The general text takes up words of the prompt and does not pretend to know."""
    text = answer(UNKNOWN[language], 400, seed=2)
    assert {"ja": "京都", "en": "tides"}[language] in text
    assert any(
        word in text.lower()
        for word in ("simulat", "test service", "no model", "模擬", "シミュレーター", "試験用", "モデルではありません")
    )


# --- the texts as they are packaged ---


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("topic", [*TOPICS, "general"])
def test_every_text_is_complete_and_well_formed(topic: str, language: str) -> None:
    """A text has titles, openings, sections and closings, closed code blocks, and no control characters."""
    source = read_source(language, topic)
    corpus = parse_corpus(source)
    assert len(corpus.titles) >= 3
    assert len(corpus.openings) >= 4
    assert len(corpus.closings) >= 3
    assert len(corpus.sections) >= 10
    assert source.count("```") % 2 == 0
    assert not {c for c in source if unicodedata.category(c).startswith("C")} - {"\n"}
    assert len({section.heading for section in corpus.sections}) == len(corpus.sections)


def test_importing_is_cheap() -> None:
    """No text is read and nothing heavy is imported before the first answer."""
    program = (
        "import sys, hayai.sim.answer, hayai.sim.answers.corpus as c;"
        "print(c.read_source.cache_info().currsize, 'importlib.resources' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30)
    assert result.stdout.split() == ["0", "False"]


def test_after_warming_up_no_text_is_read_again() -> None:
    """What a server has warmed up costs nothing when the first request comes."""
    program = (
        "import hayai.sim.answer as a, hayai.sim.answers.corpus as c;"
        "a.warm_up(); before = c.read_corpus.cache_info().misses, c.read_source.cache_info().misses;"
        f"[a.answer_tokens(prompt, 300, seed=1) for prompt in {[*PROMPTS.values(), *UNKNOWN.values()]!a}];"
        "print(before == (c.read_corpus.cache_info().misses, c.read_source.cache_info().misses), before)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30)
    assert result.stdout == "True (20, 22)\n"


# --- pseudo-tokens ---


@given(st.text())
@example("Hello, world!\r\n\r\n\tx = 1_000  # don't 🤷🏽‍♀️")
@example("これは日本語です。English and 中文 mixed…")
@example("\ud83d")
def test_pieces_join_to_the_text(text: str) -> None:
    """Nothing is lost or changed by splitting, no piece is empty, and counting counts the pieces."""
    pieces = split_tokens(text)
    assert text == "".join(pieces)
    assert all(pieces)
    assert count_tokens(text) == len(pieces)


@pytest.mark.parametrize(
    "character",
    [
        "👩‍👩‍👧‍👦",
        "🤷🏽‍♀️",
        "🇯🇵",
        "❤️",
        "1️⃣",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "e\u0301",
        "か\u3099",
        "葛\U000e0100",
        "नि",
        "\u1112\u1161\u11ab",
        "\ud83d\ude00",
    ],
    ids=ascii,
)
@pytest.mark.parametrize("around", ["", "abc ", "です", "🇫🇷", "!?", "👍"], ids=ascii)
def test_a_character_of_several_parts_stays_whole(character: str, around: str) -> None:
    """Joined emoji, flags, keycaps, combining marks, variants and surrogate pairs are never parted."""
    pieces = split_tokens(around + character + around)
    assert any(character in piece for piece in pieces)


@pytest.mark.parametrize(("language", "least", "most"), [("en", 3.6, 4.5), ("ja", 1.1, 1.5)])
def test_tokens_have_the_size_of_real_ones(language: str, least: float, most: float) -> None:
    """Prose has about 4 English or 1.3 Japanese characters a token."""
    for topic in ("llm_impact", "blockchain", "microservices"):
        text = answer(PROMPTS[topic, language], 2_000)
        assert least < len(text) / count_tokens(text) < most


def test_long_words_cost_in_proportion() -> None:
    """A prompt of one endless word is not counted as a few tokens."""
    assert 1_000 <= count_tokens("a" * 6_000) <= 3_000
