"""What is around every page that is served, a report aside: the head, the way back to the runs, and what the page may do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hayai.show.html.page import asset, policy, template
from hayai.show.locales import Texts
from hayai.show.sections.parts import Page

WITHOUT_SCRIPTS: Mapping[str, str] = {}


def framed(
    name: str,
    texts: Texts,
    *,
    scripts: Mapping[str, str] = WITHOUT_SCRIPTS,
    besides: str = "form-action 'self'",
    **values: Any,
) -> str:
    """The template `name` with its values. It runs `scripts` and no others; `besides`: what else its policy says."""
    page: str = template(name).render(
        lang=texts.language,
        t=texts,
        css=asset("report.css"),
        scripts=scripts,
        policy=policy(scripts.values(), besides=besides),
        **values,
    )
    return page


def sections_page(page: Page, texts: Texts, *, root: str | None) -> str:
    """Any page of sections. `root`: where the runs are; None: it stands alone, as a file."""
    return framed(
        "sections.html",
        texts,
        scripts={"page.js": asset("page.js")},
        root=root,
        title=page.title,
        facts=page.facts,
        banner=page.banner,
        sections=page.sections,
    )
