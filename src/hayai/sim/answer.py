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
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial, reduce
from itertools import chain, islice, zip_longest
from itertools import count as count_from
from operator import or_
from random import Random

from hayai.sim.answers.corpus import Corpus, Passage, Section, parse_corpus, read_corpus, read_source
from hayai.sim.answers.tokens import count_tokens, split_tokens
from hayai.sim.answers.topics import TOPICS, language_of, topic_of, without_nonce

__all__ = ["answer_tokens", "count_tokens", "language_of", "split_tokens", "topic_of", "warm_up"]

_EVERY_STAGE = frozenset({"quality_multilingual", "ml_project"})  # a stage is a language there, and all were asked for
_DRAWS = 24  # how often sections are drawn anew when those drawn do not fit; short answers need it now and then
_TOO_SHORT_TO_FIT = 80  # tokens; hardly more than an opening
_SHORT_POINT = 60  # tokens of a point made briefly, with its heading
_PART = {"en": " (part {})", "ja": "（その{}）"}

_Placed = tuple[tuple[int, int, float], Section]  # (part, stage, lot): sorts sections into the order of the answer


def answer_tokens(prompt: str, count: int, *, seed: int) -> tuple[str, ...]:
    """Exactly `count` tokens of an answer to `prompt`; the same arguments always give the same tokens.

    Up to about 2,400 tokens no paragraph comes twice; longer answers go on with further parts that use sections again.
    """
    language, topic = language_of(prompt), topic_of(prompt)
    corpus = read_corpus(language, topic) if topic else _general_corpus(language, _key_words(prompt, language))
    draw = Random(seed)
    opening = _opening(corpus, seed)
    closings = draw.sample(corpus.closings, len(corpus.closings))
    numbered = draw.random() < 0.5 or count > sum(len(section.passage.tokens) for section in corpus.sections)
    write = partial(_written, numbered=numbered, language=language)
    fewest = _fewest_sections(corpus, count) if topic in _EVERY_STAGE else 0
    for attempt in range(_DRAWS if count > _TOO_SHORT_TO_FIT else 1):
        drawn = _drawn_sections(corpus, draw, first=attempt)
        tokens = _fitted(opening, drawn, closings, write, count, fewest=fewest)
        if tokens is not None:
            return tokens
    uncut = chain(
        opening.tokens, chain.from_iterable(passage.tokens for passage in write(_drawn_sections(corpus, draw, first=0)))
    )
    return tuple(islice(uncut, max(count, 0)))


def warm_up() -> None:
    """Read and cut every text now (about 0.1 s), so that a topic's first answer is as quick as those after it.

    A server whose send times are its truth calls this before it listens.
    """
    for language in ("ja", "en"):
        for topic in TOPICS:
            read_corpus(language, topic)
        answer_tokens(_NO_KEY_WORD[language], 1, seed=0)


def _fitted(
    opening: Passage,
    drawn: Iterator[_Placed],
    closings: Sequence[tuple[str, ...]],
    write: Callable[[Iterable[_Placed]], Iterator[Passage]],
    count: int,
    *,
    fewest: int,
) -> tuple[str, ...] | None:
    """An answer of exactly `count` tokens that ends where a text may end, or None when the sections drawn allow none."""
    chosen: list[_Placed] = []
    shortest, longest = opening.ends[0], len(opening.tokens) + len(closings[0])
    left_out_in = None  # the part in which a section was too long for what is left; no further part is begun then
    for placed in drawn:
        part = placed[0][0]
        if left_out_in not in (None, part):
            break
        (passage,) = write([placed])
        if shortest + passage.ends[0] > count:
            left_out_in = part
            continue
        chosen.append(placed)
        shortest += passage.ends[0]
        longest += len(passage.tokens)
        if len(chosen) < fewest or longest < count:
            continue
        passages = [opening, *write(sorted(chosen, key=lambda placed: placed[0]))]
        for endings in (closings, [()]):
            lengths = _fitting_lengths(passages, {len(ending) for ending in endings}, count, evenly=fewest > 0)
            if lengths is not None:
                rest = count - sum(lengths)
                ending = next(ending for ending in endings if len(ending) == rest)
                kept = (passage.tokens[:length] for passage, length in zip(passages, lengths, strict=True))
                return tuple(chain(*kept, ending))
    return None


def _fewest_sections(corpus: Corpus, count: int) -> int:
    """Sections that an answer in several languages has: up to three points in each language, as its length allows."""
    stages = max(section.stage for section in corpus.sections)
    return stages * max(1, min(3, count // (_SHORT_POINT * stages)))


def _opening(corpus: Corpus, seed: int) -> Passage:
    """The opening of a seed, with one of the titles or none: neighbouring seeds differ in both."""
    titles = ((), *corpus.titles)
    row, column = divmod(seed % (len(corpus.openings) * len(titles)), len(corpus.openings))
    opening, title = corpus.openings[column], titles[(row + column) % len(titles)]
    return _led_by(("#", *title, "\n\n"), opening) if title else opening


def _drawn_sections(corpus: Corpus, draw: Random, *, first: int) -> Iterator[_Placed]:
    """Sections in the order they are wanted, without end, each with its place in the answer.

    Stages take turns, beginning with stage number `first`, so that even a short answer has something of each. The lots
    are the same for all stages: where a stage is a language, every language makes the same points in the same order.
    """
    stages: dict[int, list[Section]] = {}
    for section in corpus.sections:
        stages.setdefault(section.stage, []).append(section)
    turns = deque(stages.values())
    turns.rotate(-first)
    for part in count_from(1):
        lots = [draw.random() for _ in range(max(map(len, turns)))]
        shuffled = [sorted(sections, key=lambda section: lots[section.step]) for sections in turns]
        for section in chain.from_iterable(zip_longest(*shuffled)):
            if section is not None:
                yield (part, section.stage, section.step if section.ordered else lots[section.step]), section


def _written(placed: Iterable[_Placed], *, numbered: bool, language: str) -> Iterator[Passage]:
    """The sections with their headings, in the order of the answer."""
    for number, ((part, _, _), section) in enumerate(placed, start=1):
        mark = (f" {number}", ".") if numbered else ()
        again = split_tokens(_PART[language].format(part)) if part > 1 else ()
        yield _led_by(("\n\n", "##", *mark, *section.heading, *again), section.passage)


def _led_by(lead: tuple[str, ...], passage: Passage) -> Passage:
    return Passage(tokens=lead + passage.tokens, ends=tuple(len(lead) + end for end in passage.ends))


def _fitting_lengths(passages: Sequence[Passage], lasts: set[int], count: int, *, evenly: bool) -> list[int] | None:
    """One end of each passage, such that they and one of `lasts` sum to `count`; None when there is no such choice.

    Bit n of a sums integer says that n tokens can be made from a passage on to the end of the answer. Walking forward,
    each passage is left as late as its successors can make up for, so what is trimmed is trimmed near the end; or,
    `evenly`, as near to its share of the whole as they can make up for.
    """
    sums = [reduce(or_, (1 << last for last in lasts))]
    for passage in reversed(passages):
        sums.append(reduce(or_, (sums[-1] << end for end in passage.ends)))
    if not sums.pop() >> count & 1:
        return None
    share = count / sum(len(passage.tokens) for passage in passages) if evenly else 1
    lengths: list[int] = []
    left = count
    for passage in passages:
        after = sums.pop()
        nearest_first = sorted(passage.ends, key=lambda end: abs(end - share * len(passage.tokens)))
        length = next(end for end in nearest_first if end <= left and after >> (left - end) & 1)
        lengths.append(length)
        left -= length
    return lengths


_KEY_WORD = {
    "en": r"[^\W\d_][^\W_]{3,23}",
    "ja": r"[\u30a1-\u30fa\u30fc]{2,16}|[\u3400-\u9fff\u3005]{2,10}|[A-Za-z][A-Za-z0-9]{1,20}",
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
    found = re.findall(_KEY_WORD[language], without_nonce(prompt)[:4_000])
    idle = frozenset(_IDLE_WORDS.split())
    words = list(dict.fromkeys(word for word in found if word.lower() not in idle)) or [_NO_KEY_WORD[language]]
    return words[0], words[1 % len(words)], words[2 % len(words)]


@lru_cache(maxsize=64)
def _general_corpus(language: str, words: tuple[str, str, str]) -> Corpus:
    source = read_source(language, "general")
    for name, word in zip(("{first}", "{second}", "{third}"), words, strict=True):
        source = source.replace(name, word)
    return parse_corpus(source)
