"""The published results files: the original layout, readable again, whatever a model wrote into it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hayai.decide.findings import PublishedAnswer, PublishedDifference, PublishedPrompt
from hayai.decide.first_cycle import published_prompts
from hayai.errors import UsageError
from hayai.keep.records import AnswerText
from hayai.show.format import clean
from hayai.show.locales import LANGUAGES, Language, texts_in
from hayai.show.published import DASHES, SEPARATOR, file_stem, published_files, render_published
from hayai.show.published_reading import read_published
from tests.decide.made import lively
from tests.show.hostile import CASES, EVIL

ORIGINAL = f"""比較時刻: 2024-12-05 21:15:30
プロンプト: CI/CDとは何ですか。
手順も教えてください。

{DASHES}

Claude 3 Haikuの応答:
応答時間: 9.30秒
出力トークン数: 719

はい。
{DASHES}
二行目

{DASHES}

Claude 3.5 Haikuの応答:
応答時間: 22.73秒
出力トークン数: 1368

# CI/CD

{DASHES}

実行時間の比較:
Claude 3 Haiku: 9.30秒
Claude 3.5 Haiku: 22.73秒

{DASHES}

実行時間の差分:
Claude 3 Haiku - Claude 3.5 Haiku: -13.43秒

{DASHES}

出力トークン数の比較:
Claude 3 Haiku: 719
Claude 3.5 Haiku: 1368
"""

names = st.lists(
    st.text(st.sampled_from("ab 3.-:[]の速"), min_size=1, max_size=12).map(str.strip).filter(bool),
    min_size=1,
    max_size=4,
    unique=True,
)
answers = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from([SEPARATOR, DASHES, "\n\n", "aの応答:", "応答時間: 1.00秒", "Answer of a:", "text"]), max_size=8
    ).map("".join),
)
seconds = st.one_of(st.none(), st.integers(0, 99_999).map(lambda cents: cents / 100))


@st.composite
def pages(draw: st.DrawFn) -> PublishedPrompt:
    """Any page: several targets, unknown times, answers that imitate the layout."""
    who = draw(names)
    times = {name: draw(seconds) for name in who}

    def minus(a: str, b: str) -> float | None:
        one, other = times[a], times[b]
        return None if one is None or other is None else round(one - other, 2)

    return PublishedPrompt(
        compared_at="2024-12-05 21:15:30",
        prompt=clean(draw(answers), prose=True),
        answers=tuple(
            PublishedAnswer(
                name=name,
                time_s=times[name],
                output_tokens=draw(st.one_of(st.none(), st.integers(0, 9999))),
                text=clean(draw(answers), prose=True),
            )
            for name in who
        ),
        differences=tuple(
            PublishedDifference(first=a, second=b, difference_s=minus(a, b))
            for n, a in enumerate(who)
            for b in who[n + 1 :]
        ),
    )


@given(pages(), st.sampled_from(LANGUAGES), st.booleans())
def test_what_was_written_is_read_back(page: PublishedPrompt, language: Language, simulated: bool) -> None:
    """In either language, with or without a banner, on any line ends."""
    banner = ("simulated, 20 times real speed",) if simulated else ()
    text = render_published(page, texts_in(language), banner)
    assert read_published(text, "x.txt") == page


def test_the_original_layout_is_read() -> None:
    """Dashes inside an answer are the answer's."""
    page = read_published(ORIGINAL, "x.txt")
    assert page == read_published("\ufeff" + ORIGINAL.replace("\n", "\r\n"), "x.txt")
    assert (page.compared_at, page.prompt) == ("2024-12-05 21:15:30", "CI/CDとは何ですか。\n手順も教えてください。")
    assert [(a.name, a.time_s, a.output_tokens) for a in page.answers] == [
        ("Claude 3 Haiku", 9.30, 719),
        ("Claude 3.5 Haiku", 22.73, 1368),
    ]
    assert page.answers[0].text == f"はい。\n{DASHES}\n二行目"
    assert page.differences == (
        PublishedDifference(first="Claude 3 Haiku", second="Claude 3.5 Haiku", difference_s=-13.43),
    )


def test_our_japanese_file_is_the_original_layout_and_two_lines_more() -> None:
    """The banner (none here) and the note about the first cycle."""
    written = render_published(read_published(ORIGINAL, "x.txt"), texts_in("ja"))
    note = texts_in("ja")("published.note.first_cycle") + "\n"
    assert note in written
    assert written.replace(note, "") == ORIGINAL


@pytest.mark.parametrize("text", ["", "hello", SEPARATOR * 9, ORIGINAL.replace("実行時間の比較", "x"), ORIGINAL[:300]])
def test_another_file_is_refused_by_name(text: str) -> None:
    """With the file's name and what is missing."""
    with pytest.raises(UsageError) as refused:
        read_published(text, "notes.txt")
    assert [(p.place, p.key) for p in refused.value.problems] == [("notes.txt", "published.not_such_a_file")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_run_writes_a_file_per_prompt(language: Language) -> None:
    """Named by prompt and time, no colon; the banner is the first line; the first cycle's times are in it."""
    plan, records = lively()
    findings = CASES["ordinary"]()
    told = {record.id: AnswerText(id=record.id, text=f"answer {record.id}\x1b[2J") for record in records}
    files = published_files(findings, published_prompts(plan, records, told), texts_in(language))
    assert len(files) == 10
    for name, text in files.items():
        assert re.fullmatch(r"comparison_results_[a-z_]+_\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.txt", name)
        assert "20" in text.splitlines()[0]
        assert "\x1b" not in text
    first = read_published(next(iter(files.values())), "x.txt")
    assert [a.time_s for a in first.answers] == [0.35, 1.27, 0.77]
    assert first.answers[0].text == "answer a1-0\\x1b[2J"


def test_names_are_safe_for_every_file_system() -> None:
    """Whatever an id holds; ids that differ only in case get names of their own."""
    assert re.fullmatch(r"[A-Za-z0-9._-]+", file_stem(EVIL, "2024-12-05 21:15:30"))
    assert file_stem("p", "") == "comparison_results_p"
    page = read_published(ORIGINAL, "x.txt")
    files = published_files(CASES["one_cycle"](), {"P": page, "p": page, "速い": page}, texts_in("ja"))
    assert len({name.casefold() for name in files}) == 3
