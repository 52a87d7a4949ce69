"""What does `docs/cautions.md` say? Every caution and what to do about it, in both languages, made from the catalogues.

python -m hayai.show.cautions_page > docs/cautions.md
"""

from __future__ import annotations

import sys

from hayai.show.locales import texts_in

PREFIX = "explain."

_INTRODUCTION = """\
# Cautions / 注意

A caution is a coded warning that travels with a run's numbers into every report. It never changes a number. `hayai explain W104` shows
the same text as this page, which is made from the code by `python -m hayai.show.cautions_page`; a test holds it current.
"""


def cautions_page() -> str:
    """The page in Markdown."""
    english, japanese = texts_in("en"), texts_in("ja")
    codes = [key.removeprefix(PREFIX) for key in english.keys() if key.startswith(PREFIX)]  # noqa: SIM118  Texts is no dict.
    entries = (f"\n## {code}\n\n{english(PREFIX + code)}\n\n{japanese(PREFIX + code)}\n" for code in codes)
    return _INTRODUCTION + "".join(entries)


if __name__ == "__main__":
    sys.stdout.write(cautions_page())
