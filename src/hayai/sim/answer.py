"""What does a simulated model answer? Readable text on the prompt's topic, in its language, of exactly the asked length.

A prompt is recognised by its words (`answers/topics.py`), the topic's sections come from packaged text
(`answers/corpus.py`), and this file puts an answer together: an opening, some sections, a closing. The seed draws which
ones, so two contestants do not write the same text. The length is met exactly, and the last token ends a sentence
wherever the sections allow it: every passage may be left at several places, and the sums such places can make are kept
as the bits of one integer per passage (a knapsack), so choosing takes microseconds. When no sum fits (very short
answers), the answer is cut in the middle, as `max_tokens` cuts a real one.

Nothing here knows more about a question than its topic, and nothing from a prompt is more than data: for an unknown
topic its words are quoted in a general text, which says that a simulator wrote it.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache, reduce
from itertools import accumulate, chain, zip_longest
from itertools import count as count_from
from operator import or_
from random import Random

from hayai.sim.answers.corpus import Corpus, Passage, Section, parse_corpus, read_corpus, read_source
from hayai.sim.answers.tokens import count_tokens, split_tokens
from hayai.sim.answers.topics import language_of, topic_of, without_nonce

__all__ = ["answer_tokens", "count_tokens", "language_of", "split_tokens", "topic_of"]

_EVERY_STAGE = frozenset({"quality_multilingual", "ml_project"})  # a stage is a language there, and all were asked for
_PART = {"en": " (part {})", "ja": "（その{}）"}


def answer_tokens(prompt: str, count: int, *, seed: int) -> tuple[str, ...]:
    """Exactly `count` tokens of an answer to `prompt`; the same arguments always give the same tokens.

    Up to about 2,400 tokens no paragraph comes twice; longer answers go on with further parts that use sections again.
    """
    language, topic = language_of(prompt), topic_of(prompt)
    written = topic and read_source(language, topic)
    corpus = (
        read_corpus(language, topic) if topic and written else _general_corpus(language, _key_words(prompt, language))
    )
    draw = Random(seed)
    opening = _opening(corpus, seed)
    closings = draw.sample(corpus.closings, len(corpus.closings))
    numbered = draw.random() < 0.5 or count > sum(len(section.passage.tokens) for section in corpus.sections)
    fewest = max(section.stage for section in corpus.sections) if topic in _EVERY_STAGE else 0
    chosen: list[tuple[tuple[int, int, float], Section]] = []
    for drawn in _drawn_sections(corpus, draw):
        chosen.append(drawn)
        passages = [
            opening,
            *_written(sorted(chosen, key=lambda place: place[0]), numbered=numbered, language=language),
        ]
        if len(chosen) < fewest or sum(len(passage.tokens) for passage in passages) + len(closings[0]) < count:
            continue
        for last in (closings, ((),)):
            lengths = _fitting_lengths(passages, {len(closing) for closing in last}, count)
            if lengths is not None:
                rest = count - sum(lengths)
                ending = next(closing for closing in last if len(closing) == rest)
                kept = (passage.tokens[:length] for passage, length in zip(passages, lengths, strict=True))
                return tuple(chain(*kept, ending))
        if sum(passage.ends[0] for passage in passages) > count:
            break
    return tuple(chain(*(passage.tokens for passage in passages), closings[0]))[: max(count, 0)]


def _opening(corpus: Corpus, seed: int) -> Passage:
    """The opening of a seed, with one of the titles or none: neighbouring seeds differ in both."""
    titles = ((), *corpus.titles)
    row, column = divmod(seed % (len(corpus.openings) * len(titles)), len(corpus.openings))
    opening, title = corpus.openings[column], titles[(row + column) % len(titles)]
    return _led_by(("#", *title, "\n\n"), opening) if title else opening


def _drawn_sections(corpus: Corpus, draw: Random) -> Iterator[tuple[tuple[int, int, float], Section]]:
    """Sections in the order they are wanted, without end, each with its place (part, stage, lot) in the answer.

    Stages take turns, so that even a short answer has something of each.
    """
    for part in count_from(1):
        stages: dict[int, list[Section]] = {}
        for section in draw.sample(corpus.sections, len(corpus.sections)):
            stages.setdefault(section.stage, []).append(section)
        for turn in zip_longest(*(stages[stage] for stage in sorted(stages))):
            for section in turn:
                if section is not None:
                    yield (part, section.stage, draw.random()), section


def _written(
    places: Sequence[tuple[tuple[int, int, float], Section]], *, numbered: bool, language: str
) -> Iterator[Passage]:
    """The sections with their headings, in the order of the answer."""
    for number, ((part, _, _), section) in enumerate(places, start=1):
        mark = (f" {number}", ".") if numbered else ()
        again = split_tokens(_PART[language].format(part)) if part > 1 else ()
        yield _led_by(("\n\n", "##", *mark, *section.heading, *again), section.passage)


def _led_by(lead: tuple[str, ...], passage: Passage) -> Passage:
    return Passage(tokens=lead + passage.tokens, ends=tuple(len(lead) + end for end in passage.ends))


def _fitting_lengths(passages: Sequence[Passage], lasts: set[int], count: int) -> list[int] | None:
    """One end of each passage, such that they and one of `lasts` sum to `count`; None when there is no such choice.

    Bit n of a sums integer says that n tokens can be made from a passage on to the end of the answer. Walking forward,
    each passage is left as late as its successors can make up for, so what is trimmed is trimmed near the end.
    """
    sums = list(
        accumulate(
            reversed(passages),
            lambda after, passage: reduce(or_, (after << end for end in passage.ends)),
            initial=reduce(or_, (1 << last for last in lasts)),
        )
    )
    if count < 0 or not sums.pop() >> count & 1:
        return None
    lengths: list[int] = []
    for passage, after in zip(passages, reversed(sums), strict=True):
        left = count - sum(lengths)
        lengths.append(next(end for end in reversed(passage.ends) if end <= left and after >> (left - end) & 1))
    return lengths


_KEY_WORD = {
    "en": re.compile(r"[^\W\d_][^\W_]{3,23}"),
    "ja": re.compile(r"[\u30a1-\u30fa\u30fc]{2,16}|[\u3400-\u9fff\u3005]{2,10}|[A-Za-z][A-Za-z0-9]{1,20}"),
}
_IDLE_WORDS = (
    "about above after again also answer because been before being below best between both brief briefly could describe "
    "detail details does each example examples explain following from give have here into just like list make many more "
    "most much need only other over please provide short should show some such tell than that their them then there "
    "these they thing things this those very want well what when where which while will with words would write your "
    "説明 解説 回答 質問 以下 場合 具体的 具体例 方法 必要 簡潔 詳細 作成 記述 出力 文字 程度 日本語 英語 観点 内容 下記 紹介"
)
_NO_KEY_WORD = {"en": "the question", "ja": "ご質問"}


def _key_words(prompt: str, language: str) -> tuple[str, str, str]:
    """Three words of the prompt that carry its matter, repeated when it has fewer."""
    found = _KEY_WORD[language].findall(without_nonce(prompt)[:4_000])
    idle = frozenset(_IDLE_WORDS.split())
    words = list(dict.fromkeys(word for word in found if word.lower() not in idle)) or [_NO_KEY_WORD[language]]
    return words[0], words[1 % len(words)], words[2 % len(words)]


@lru_cache(maxsize=64)
def _general_corpus(language: str, words: tuple[str, str, str]) -> Corpus:
    source = read_source(language, "general")
    for name, word in zip(("{first}", "{second}", "{third}"), words, strict=True):
        source = source.replace(name, word)
    return parse_corpus(source)
