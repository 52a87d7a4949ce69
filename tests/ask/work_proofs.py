"""What is the right answer to each prompt of the work suites that has one? Worked out from the prompt's own text, never looked up.

A proof takes the text of a prompt, in either language, and gives the one right answer: a number, or a text. What it cannot read from the
text (which task waits for which) it says once more.
"""

from __future__ import annotations

import contextlib
import io
import ipaddress
import math
import re
import sqlite3
import statistics
from collections.abc import Callable
from fractions import Fraction
from itertools import permutations

Proof = Callable[[str], "Fraction | str"]

NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


def numbers(text: str) -> list[Fraction]:
    """Every number in a text, in order; commas part thousands."""
    return [Fraction(found.replace(",", "")) for found in NUMBER.findall(text)]


def fenced(text: str) -> str:
    """The one block of code in a prompt."""
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    return str(code)


def _printed(text: str) -> Fraction:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(fenced(text), {})  # noqa: S102 (a prompt of ours, not an answer)
    return Fraction(out.getvalue().strip())


def _matched_letter(text: str) -> str:
    pattern = re.search(r"\^\S+\$", text)
    assert pattern is not None
    (letter,) = [
        name for name, order in re.findall(r"^([A-D]): (\S+)$", text, re.MULTILINE) if re.match(pattern[0], order)
    ]
    return str(letter)


def _count_by_sqlite(text: str) -> Fraction:
    query = re.search(r"^SELECT .*$", text, re.MULTILINE)
    assert query is not None
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE customers (id INTEGER)")
        database.execute("CREATE TABLE orders (customer_id INTEGER)")
        database.executemany("INSERT INTO customers VALUES (?)", [(1,), (2,), (3,), (4,)])
        database.executemany("INSERT INTO orders VALUES (?)", [(1,), (2,), (None,)])
        return Fraction(database.execute(query[0]).fetchone()[0])


def _longest_common_minutes(text: str) -> Fraction:
    """Minute by minute, for three people with a line each."""
    free = [
        {
            minute
            for begins, begun, ends, ended in re.findall(r"(\d+):(\d\d)(?: to |〜)(\d+):(\d\d)", line)
            for minute in range(int(begins) * 60 + int(begun), int(ends) * 60 + int(ended))
        }
        for line in text.splitlines()
        if ":" in line
    ]
    assert len(free) == 3
    longest = running = 0
    for minute in range(24 * 60):
        running = running + 1 if all(minute in person for person in free) else 0
        longest = max(longest, running)
    return Fraction(longest)


def _invoice(text: str) -> Fraction:
    """English: how many, at how much, twice. Japanese: one at how much, how many, and one day at how much, how many."""
    a, b, c, d = numbers(text)[:4] if text.isascii() else [number for number in numbers(text)[:6] if number != 1]
    return (a * b + c * d) * Fraction(95, 100) * Fraction(110, 100)


def _servers(text: str) -> Fraction:
    requests, ms, percent, cores = (number for number in numbers(text) if number != 1)
    return Fraction(math.ceil(Fraction(requests * ms, 1000) / Fraction(percent, 100) / cores))


def _availability(text: str) -> Fraction:
    a, b, c = (share / 100 for share in numbers(text) if 99 < share < 100)
    return round(a * b * c * 100, 2)


def _shortest_project(text: str) -> Fraction:
    days = {task: int(found) for task, found in re.findall(r"([A-F])(?: takes |は)(\d)", text)}
    needs = {"A": "", "B": "A", "C": "A", "D": "C", "E": "BD", "F": "E"}

    def end(task: str) -> int:
        return days[task] + max((end(earlier) for earlier in needs[task]), default=0)

    return Fraction(max(map(end, days)))


def _on_duty(text: str) -> str:
    """The only order of Monday to Thursday that fits, and who comes third in it."""
    ito, kato, mori, sato = ("Ito", "Kato", "Mori", "Sato") if text.isascii() else ("伊藤", "加藤", "森", "佐藤")
    assert all(name in text for name in (ito, kato, mori, sato))
    (order,) = (
        days
        for days in permutations((ito, kato, mori, sato))
        if days.index(kato) == days.index(mori) + 1
        and days[0] != mori
        and days.index(sato) < days.index(ito)
        and days.index(sato) != days.index(ito) - 1
    )
    return order[2]


def _minutes_together(text: str) -> Fraction:
    offsets = [int(hours) * 60 + int(minutes or 0) for hours, minutes in re.findall(r"UTC\+(\d+)(?::(\d+))?", text)]
    assert len(offsets) == 3
    at_work = range(9 * 60, 18 * 60)
    return Fraction(sum(all((minute + offset) % 1440 in at_work for offset in offsets) for minute in range(1440)))


def _really_faulty(text: str) -> Fraction:
    faulty, caught, false_alarm = (number / 100 for number in numbers(text)[:3])
    alarms = faulty * caught + (1 - faulty) * false_alarm
    return Fraction(round(faulty * caught / alarms * 100))


def _minutes_to_drain(text: str) -> Fraction:
    waiting, arriving, handled = numbers(text)[:3]
    return waiting / (handled - arriving) / 60


def _without_the_mistake(text: str) -> str:
    """The sentence with the letters that are wrong or missing put right."""
    for wrong, right in (("recieve", "receive"), ("なりましので", "なりましたので")):
        if wrong in text:
            (line,) = [line for line in text.splitlines() if wrong in line]
            return line.replace(wrong, right)
    raise AssertionError(text)


def _date_of_the_other_language(text: str) -> str:
    if "May 3, 2019" in text:
        return "2019年5月3日"
    assert "2019年5月3日" in text
    return "May 3, 2019"


def _yen(text: str) -> Fraction:
    if "1.25 billion" in text:
        return Fraction("1.25") * 10**9
    assert "12億5,000万円" in text
    return Fraction(12 * 10**8 + 5000 * 10**4)


def _language_by_its_script(text: str) -> str:
    (line,) = [line for line in text.splitlines() if re.search("[가-힣]", line)]
    assert not re.search("[A-Za-zぁ-んァ-ヶ一-龠]", line)
    return "Korean" if "English name" in text else "韓国語"


def _mean_minus_median(text: str) -> Fraction:
    times = [time for time in numbers(text) if time > 10]
    assert len(times) == 10
    return statistics.mean(times) - statistics.median(times)


def _mode(text: str) -> Fraction:
    found = re.search(r"[r-][w-][x-][r-][w-][x-][r-][w-][x-]", text)
    assert found is not None
    bits = "".join("0" if sign == "-" else "1" for sign in found[0])
    return Fraction(f"{int(bits, 2):03o}")


def _months_to_double(text: str) -> Fraction:
    size, months = Fraction(200), 0
    while size <= 400:
        size, months = size * Fraction(106, 100), months + 1
    return Fraction(months)


def _hosts(text: str) -> Fraction:
    network = re.search(r"\d+\.\d+\.\d+\.\d+/\d+", text)
    assert network is not None
    return Fraction(sum(1 for _ in ipaddress.ip_network(network[0]).hosts()))


PROOFS: dict[str, Proof] = {
    "regex_match": _matched_letter,
    "loop_trace": _printed,
    "not_in_null": _count_by_sqlite,
    "longest_slot": _longest_common_minutes,
    "invoice_total": _invoice,
    "server_count": _servers,
    "serial_availability": _availability,
    "critical_path": _shortest_project,
    "duty_roster": _on_duty,
    "office_hours": _minutes_together,
    "alert_precision": _really_faulty,
    "queue_drain": _minutes_to_drain,
    "proofread_line": _without_the_mistake,
    "written_date": _date_of_the_other_language,
    "yen_digits": _yen,
    "name_the_language": _language_by_its_script,
    "mean_and_median": _mean_minus_median,
    "file_mode": _mode,
    "storage_growth": _months_to_double,
    "usable_hosts": _hosts,
}
"""By the prompt's id; `cron_weekdays` and the JSON answers are proved by tests of their own."""
