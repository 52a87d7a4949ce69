"""Results files in the published layout: one prompt each, several of the same prompt are its rounds."""

from __future__ import annotations

import pytest

from hayai.errors import UsageError
from hayai.keep.measurement_files import PublishedCell, measurements_of_published_files
from hayai.keep.measurements import Measurements
from hayai.show.locales import LANGUAGES, texts_in


def page(place: str, compared_at: str, prompt: str, **times: float | None) -> list[PublishedCell]:
    """One file; tokens are the time times ten."""
    return [
        PublishedCell(
            place=place,
            compared_at=compared_at,
            prompt=prompt,
            target=target,
            seconds=time,
            output_tokens=None if time is None else int(time * 10),
        )
        for target, time in times.items()
    ]


def joined(*pages: list[PublishedCell]) -> Measurements:
    """The measurements of good files, each note with a text."""
    found = measurements_of_published_files([cell for page in pages for cell in page], source="results")
    for note in found.notes:
        assert all("{" not in texts_in(language)(note.key, **note.values) for language in LANGUAGES)
    return found


def told(*pages: list[PublishedCell]) -> list[tuple[str, str]]:
    """Place and key of each problem of bad files."""
    with pytest.raises(UsageError) as caught:
        measurements_of_published_files([cell for page in pages for cell in page], source="results")
    for problem in caught.value.problems:
        assert all(texts_in(language)(problem.key, **problem.values) for language in LANGUAGES)
    return [(problem.place, problem.key.removeprefix("measurements.")) for problem in caught.value.problems]


def test_files_become_rounds_by_their_time() -> None:
    """Not by the order in which they are given; a file without a time comes last."""
    found = joined(
        page("c", "2024-12-05 21:00:00", "What is CI?", A=3.0, B=1.5),
        page("x", "2024-12-05 20:30:00", "CI/CDとは何ですか。\n手順も。", A=9.0, B=None),
        page("u", "", "What is CI?", A=4.0, B=2.0),
        page("a", "2024-12-05 20:00:00", "What is CI?\n", A=1.0, B=0.5),
    )
    assert [(row.line, row.prompt, row.target, row.round, row.seconds, row.output_tokens) for row in found.rows] == [
        (1, "what-is-ci-01", "A", 1, 3.0, 30),
        (1, "what-is-ci-01", "B", 1, 1.5, 15),
        (2, "ci-cdとは何ですか-手順も-02", "A", 0, 9.0, 90),
        (2, "ci-cdとは何ですか-手順も-02", "B", 0, None, None),
        (3, "what-is-ci-01", "A", 2, 4.0, 40),
        (3, "what-is-ci-01", "B", 2, 2.0, 20),
        (4, "what-is-ci-01", "A", 0, 1.0, 10),
        (4, "what-is-ci-01", "B", 0, 0.5, 5),
    ]
    assert [note.key.removeprefix("measurements.note.") for note in found.notes] == [
        "prompts_from_text", "rounds_by_time", "undated", "file_failures",
    ]  # fmt: skip
    assert {row.category for row in found.rows} == {None}


def test_one_file_per_prompt_assumes_nothing_but_names() -> None:
    """An empty prompt has a name as well."""
    found = joined(page("a", "", "", A=1.0, B=2.0))
    assert [row.prompt for row in found.rows] == ["prompt-01", "prompt-01"]
    assert len(found.notes) == 1


def test_bad_files_are_told_all_at_once() -> None:
    """The same file twice, a target twice, times and tokens that cannot be."""
    good = page("a", "2024-12-05 20:00:00", "p", A=1.0, B=0.5)
    twice = page("b", "2024-12-05 20:01:00", "p", A=1.0, B=0.5)
    wrong = [cell._replace(place="d") for cell in page("d", "", "p", A=0.0, B=1e6)]
    nan = [cell._replace(seconds=float("nan"), output_tokens=-1) for cell in page("e", "", "q", A=1.0)]
    assert told(good, [cell._replace(place="copy") for cell in good], [*twice, twice[0]], wrong, nan) == [
        ("copy", "same_file"),
        ("b", "target_twice"),
        ("d", "file_time"),
        ("d", "file_time"),
        ("e", "file_time"),
        ("e", "file_tokens"),
    ]


def test_files_with_nothing_to_compare_are_refused() -> None:
    """No file, one target, no answer."""
    assert told([]) == [("results", "no_files")]
    assert told(page("a", "", "p", A=1.0)) == [("results", "one_target")]
    assert told(page("a", "", "p", A=None, B=None)) == [("results", "all_failed")]
