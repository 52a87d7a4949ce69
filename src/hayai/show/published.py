"""How did the published comparison write its results? One text file per prompt, with sections between rows of dashes.

    comparison time, prompt │ one section per target: time, tokens, answer │ times │ differences │ token counts

The layout is kept, in Japanese or English, so that people who have such files can go on comparing. Two lines are ours: a note that the
first measured cycle fills the cells, and the banner of a simulated run at the very top. `published_reading.py` reads both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from hayai.decide.findings import Findings, PublishedAnswer, PublishedPrompt
from hayai.show.format import clean
from hayai.show.locales import Texts
from hayai.show.sections.opening import banner

DASHES = "-" * 50
SEPARATOR = f"\n\n{DASHES}\n\n"


def published_files(findings: Findings, pages: Mapping[str, PublishedPrompt], texts: Texts) -> dict[str, str]:
    """File name -> text, one file per prompt; `pages` maps prompt ids to what `decide.first_cycle` found for them."""
    files: dict[str, str] = {}
    taken: set[str] = set()
    for prompt_id, page in pages.items():
        stem = name = file_stem(prompt_id, page.compared_at)
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem}-{number}"
        taken.add(name.casefold())
        files[f"{name}.txt"] = render_published(page, texts, banner(findings, texts))
    return files


def file_stem(prompt_id: str, compared_at: str) -> str:
    """`comparison_results_<prompt>_2024-12-05T21-15-00`: no colon and nothing else that a file system refuses."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "_", prompt_id)[:80]
    time = re.sub(r"[^0-9T-]+", "", compared_at.replace(" ", "T").replace(":", "-"))
    return "_".join(part for part in ("comparison_results", safe, time) if part)


def render_published(page: PublishedPrompt, texts: Texts, banner_lines: tuple[str, ...] = ()) -> str:
    """One file. Answers keep their line feeds; what could act on a terminal is shown as an escape."""
    head = [
        *banner_lines,
        f"{texts('published.compared_at')}: {clean(page.compared_at) or texts('published.unknown')}",
        texts("published.note.first_cycle"),
        f"{texts('published.prompt')}: {clean(page.prompt, prose=True)}",
    ]
    names = [clean(answer.name) for answer in page.answers]
    sections = [
        "\n".join(head),
        *(_answer(answer, texts) for answer in page.answers),
        _listed(
            texts("published.times"),
            ((name, _time(answer.time_s, texts)) for name, answer in zip(names, page.answers, strict=True)),
        ),
        _listed(
            texts("published.differences"),
            (
                (f"{clean(d.first)} - {clean(d.second)}", _time(d.difference_s, texts, sign=True))
                for d in page.differences
            ),
        ),
        _listed(
            texts("published.token_counts"),
            ((name, _tokens(answer, texts)) for name, answer in zip(names, page.answers, strict=True)),
        ),
    ]
    return SEPARATOR.join(sections) + "\n"


def _answer(answer: PublishedAnswer, texts: Texts) -> str:
    return (
        f"{texts('published.answer', name=clean(answer.name))}:\n"
        f"{texts('published.time')}: {_time(answer.time_s, texts)}\n"
        f"{texts('published.tokens')}: {_tokens(answer, texts)}\n\n"
        f"{clean(answer.text, prose=True)}"
    )


def _listed(title: str, lines: Iterable[tuple[str, str]]) -> str:
    return "\n".join([f"{title}:", *(f"{name}: {shown}" for name, shown in lines)])


def _time(seconds: float | None, texts: Texts, *, sign: bool = False) -> str:
    if seconds is None:
        return texts("published.unknown")
    return texts("published.seconds", number=f"{seconds:+.2f}" if sign else f"{seconds:.2f}")


def _tokens(answer: PublishedAnswer, texts: Texts) -> str:
    return texts("published.unknown") if answer.output_tokens is None else str(answer.output_tokens)
