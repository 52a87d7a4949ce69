"""`hayai analyze`: the verdict on other people's numbers, and a clear refusal of what is none."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from hayai.cli.main import run
from hayai.show.locales import LANGUAGES

HEAD = "prompt,target,seconds,output_tokens,round\n"


def table(times_as_fast: float, *, rounds: int = 6, prompts: int = 5) -> str:
    """Two targets, b so many times as fast as a, with a little noise that is the same each time."""
    rows = []
    for round_ in range(rounds):
        for prompt in range(prompts):
            noise = 1 + 0.05 * ((7 * round_ + 3 * prompt) % 11 - 5) / 5
            rows.append(f"p{prompt},a,{2 + prompt:.3f},{100 + prompt},{round_}")
            rows.append(f"p{prompt},b,{(2 + prompt) / times_as_fast * noise:.3f},{100 + prompt},{round_}")
    return HEAD + "\n".join(rows) + "\n"


def written(tmp_path: Path, text: str, name: str = "times.csv") -> str:
    """The path of a file that holds this."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def analyzed(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    """Exit code, stdout, stderr."""
    code = run(["analyze", *argv])
    out, err = capsys.readouterr()
    return code, out, err


def test_the_published_table_says_what_it_supports(capsys: pytest.CaptureFixture[str]) -> None:
    """Both units, both intervals, the claim in both readings, and no time to first token; exit 0."""
    code, out, _ = analyzed(capsys, "--published", "--lang", "en")
    text = " ".join(out.split())
    assert code == 0
    assert re.search(r"1\.47 times as fast \(95%( anytime)? interval 1\.09 to 1\.98\), speed \+47%, time -32%", text)
    assert re.search(r"1\.32 to 1\.64 (\(descriptive\) )?if ten prompts were planned beforehand", text)
    assert "+60% in end-to-end tokens per second (+47% to +74%); 5 of 10 prompts reach +60%" in text
    assert "0 of 10 reach it, and at most 25.9% of such prompts could" in text
    assert "Rank correlation of length and time saved: 0.22, p = 0.53" in text
    assert "the time to first token cannot be told from these answers" in text
    assert "54.8, 87.7, 83.0" in text


def test_the_published_table_as_data(capsys: pytest.CaptureFixture[str]) -> None:
    """--json: judged is the question that was asked, the rest is described; the claim has four readings."""
    code, out, _ = analyzed(capsys, "--published", "--json")
    found = json.loads(out)
    verdicts = found["judgement"]["verdicts"]
    assert code == 0
    assert [(v["target"], v["baseline"], v["judged"], v["answer"]) for v in verdicts] == [
        ("claude-3-5-haiku-optimized", "claude-3-5-haiku", True, "faster"),
        ("claude-3-haiku", "claude-3-5-haiku", False, "undecided"),
        ("claude-3-haiku", "claude-3-5-haiku-optimized", False, "undecided"),
    ]
    readings = found["judgement"]["claims"][0]["readings"]
    assert [(r["face"], r["quantity"], r["reached"]) for r in readings] == [
        ("speed", "e2e", 3),
        ("speed", "e2e_per_token", 5),
        ("time", "e2e", 0),
        ("time", "e2e_per_token", 0),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", ["terminal", "markdown"])
def test_it_is_told_in_both_languages(capsys: pytest.CaptureFixture[str], language: str, form: str) -> None:
    """Every line fits, and no gap of a text is left open."""
    code, out, _ = analyzed(capsys, "--published", "--lang", language, "--format", form)
    assert code == 0
    assert "{" not in out
    assert "nan" not in out
    assert ("判定" if language == "ja" else "Verdict") in out


def test_a_clear_difference_in_a_table(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Exit 0, the truth inside the interval."""
    code, out, _ = analyzed(capsys, written(tmp_path, table(1.5)), "--json")
    verdict = json.loads(out)["judgement"]["verdicts"][0]
    assert code == 0
    assert verdict["answer"] == "much_faster"
    interval = verdict["headline"]["anytime"]
    assert interval["low"] < 1 / 1.5 < interval["high"]


def test_undecided_and_claims_have_their_codes(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """4 for too little to decide, 1 for a claim that is not met, 0 for one that is."""
    little = written(tmp_path, table(1.05, rounds=2), "little.csv")
    much = written(tmp_path, table(1.5, rounds=12), "much.csv")
    assert analyzed(capsys, little)[0] == 4
    assert analyzed(capsys, much, "--claim", "b typically 3x as fast as a")[0] == 1
    assert analyzed(capsys, much, "--claim", "b typically 1.2x as fast as a")[0] == 0


def test_stdin_is_a_file(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`-` reads the table from stdin."""
    path = written(tmp_path, table(1.5))
    with Path(path).open(encoding="utf-8") as file:
        monkeypatch.setattr("sys.stdin", file)
        assert analyzed(capsys, "-")[0] == 0


def test_baseline_and_targets_can_be_chosen(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Swapped, the same table says slower; a name that is not there is told with those that are, all at once."""
    path = written(tmp_path, table(1.5))
    _, out, _ = analyzed(capsys, path, "--baseline", "b", "--json")
    assert json.loads(out)["judgement"]["verdicts"][0]["answer"] == "much_slower"
    code, _, err = analyzed(capsys, path, "--baseline", "nobody", "--target", "noone", "--lang", "en")
    assert code == 2
    assert "--baseline" in err
    assert "--target" in err


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("p,a,NaN,1,0\np,b,1,1,0\n", "seconds"),
        ("p,a,1.5s,1,0\np,b,1,1,0\n", "unit"),
        ("p,a,-1,1,0\np,b,1,1,0\n", "seconds"),
        ("p,a,1,1,0\np,a,1,1,0\np,b,1,1,0\n", "round"),
        ("p,a,1,1,0\n", "target"),
        ("", "no measurement"),
    ],
)
def test_what_is_no_measurement_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, rows: str, told: str
) -> None:
    """Exit 2, the reason in words, and never a verdict."""
    code, out, err = analyzed(capsys, written(tmp_path, HEAD + rows), "--lang", "en")
    assert code == 2
    assert out == ""
    assert told in err


@pytest.mark.parametrize("seconds", ["1.0", "2.5"])
def test_times_that_do_not_vary_give_no_verdict(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, seconds: str
) -> None:
    """Made-up or rounded numbers: no certainty out of nothing; exit 4."""
    rows = "".join(f"p{p},a,1.0,9,{r}\np{p},b,{seconds},9,{r}\n" for p in range(3) for r in range(4))
    code, out, _ = analyzed(capsys, written(tmp_path, HEAD + rows), "--json")
    verdict = json.loads(out)["judgement"]["verdicts"][0]
    assert code == 4
    assert (verdict["answer"], verdict["why_none"]) == ("none", "no_variation")


def test_one_prompt_in_one_round_says_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A single pair is shown and not judged."""
    code, out, _ = analyzed(capsys, written(tmp_path, HEAD + "p,a,1,9,0\np,b,2,9,0\n"), "--json")
    verdict = json.loads(out)["judgement"]["verdicts"][0]
    assert code == 4
    assert verdict["why_none"] == "few_pairs"
    assert verdict["headline"]["anytime"] is None


def test_zero_tokens_are_no_speed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Zero tokens leave the time judged and the speed unknown."""
    path = written(tmp_path, table(1.5).replace(",100,", ",0,"))
    code, out, _ = analyzed(capsys, path, "--json")
    assert code == 0
    assert json.loads(out)["judgement"]["verdicts"][0]["estimates"]["output_tokens"]["prompts"] == 4


def test_a_target_that_always_failed_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """All rows of one target failed: no verdict, who came first is told, exit 5."""
    rows = "".join(f"p{p},a,1.{r}{p},ok,{r}\np{p},b,,error,{r}\n" for p in range(3) for r in range(3))
    path = written(tmp_path, "prompt,target,seconds,status,round\n" + rows)
    code, out, _ = analyzed(capsys, path, "--json")
    verdict = json.loads(out)["judgement"]["verdicts"][0]
    assert code == 5
    assert verdict["why_none"] == "failed"
    assert verdict["failing"]["win_ratio"] == 0


def test_failing_more_often_than_not_has_its_code(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """5, before 4 and before 1, as for a run; not for half of them, and not for a target that is left out."""
    rows = [f"p{p},{name},{1 + p / 50 + r / 90},ok,{r}\n" for p in range(4) for r in range(4) for name in "abc"]

    def failing(count: int) -> str:
        told, left = [], count
        for row in rows:
            prompt, name, _, _, number = row.split(",")
            fails = name == "c" and left > 0
            told.append(f"{prompt},c,,timeout,{number}" if fails else row)
            left -= fails
        return written(tmp_path, "prompt,target,seconds,status,round\n" + "".join(told), f"{count}.csv")

    assert analyzed(capsys, failing(9))[0] == 5
    assert analyzed(capsys, failing(9), "--claim", "b typically 3x as fast as a")[0] == 5
    assert analyzed(capsys, failing(8))[0] != 5
    assert analyzed(capsys, failing(9), "--target", "b")[0] != 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_wrong_is_told_at_once(capsys: pytest.CaptureFixture[str], tmp_path: Path, language: str) -> None:
    """Options, files, targets and claims."""
    path, missing = written(tmp_path, table(1.5)), str(tmp_path / "missing.csv")
    words = ("--baseline", "x", "--target", "y", "--claim", "zzz quick", "--margin", "0", "--lang", language)
    code, out, err = analyzed(capsys, path, *words)
    assert (code, out) == (2, "")
    for option in ("--baseline", "--target", "--claim", "--margin"):
        assert f"  - {option}: " in err, err
    code, _, err = analyzed(capsys, missing, "--margin", "0", "--lang", language)
    assert code == 2
    assert "  - --margin: " in err
    assert f"  - {missing}: " in err
    assert len(err.splitlines()) == 3


def test_a_claim_is_not_doubted_for_a_target_that_was_misspelt(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Of three targets it does not say which is meant; of the two that were to be compared it would."""
    rows = "".join(f"p{p},{name},1.{p}{r},9,{r}\n" for p in range(3) for r in range(2) for name in ("a", "bee", "c"))
    code, _, err = analyzed(capsys, written(tmp_path, HEAD + rows), "--target", "bea", "--claim", "2x as fast")
    assert code == 2
    assert "--target" in err
    assert "--claim" not in err


def test_nothing_to_read_and_too_much(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """No file, a missing file, --published with files: told, exit 2."""
    for argv in ([], [str(tmp_path / "missing.csv")], [written(tmp_path, table(1.5)), "--published"]):
        code, out, err = analyzed(capsys, *argv)
        assert code == 2
        assert out == ""
        assert err != ""


def test_the_report_can_go_into_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """--output writes there and says so."""
    target = tmp_path / "there" / "report.md"
    code, out, err = analyzed(capsys, "--published", "--format", "markdown", "--output", str(target))
    assert code == 0
    assert out == ""
    assert str(target) in err
    assert target.read_text(encoding="utf-8").startswith("# ")
