"""Which runs are there? Names from the folder at once; what each found as the worker gets to it, kept until the run changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from hayai.show.html.live import RunLine
from hayai.show.locales import Language

PATIENCE_S = 0.7
"""How long a list waits for what is not known yet. The rest follows: the page asks again by itself."""

Mark = tuple[tuple[str, int, int], ...]
"""What the files of a run are like: name, size, time of change. A run with the same mark has the same to say."""

Work = Callable[..., Coroutine[Any, Any, Any]]
"""Calls a function of `work` in the worker."""


class Runs:
    """The runs below one folder, and what is known of them."""

    def __init__(self, folder: Path, language: Language, work: Work) -> None:
        self.folder = folder
        self._language = language
        self._work = work
        self._known: dict[str, tuple[Mark, RunLine]] = {}
        self._asked: dict[str, asyncio.Task[None]] = {}

    def paths(self) -> list[Path]:
        """The runs' directories, the newest first."""
        found = []
        for manifest in self.folder.glob("*/manifest.json"):
            try:
                changed = manifest.stat().st_mtime_ns
            except OSError:
                continue  # Taken away just now.
            if _is_text(manifest.parent.name):
                found.append((changed, manifest.parent.name, manifest.parent))
        return [path for _, _, path in sorted(found, reverse=True)]

    def path(self, name: str) -> Path | None:
        """The directory of a run; None where there is none of this name. A name with a separator in it is none."""
        if not name or name in (".", "..") or "/" in name or "\\" in name or "\0" in name:
            return None
        path = self.folder / name
        try:
            return path if (path / "manifest.json").is_file() else None
        except OSError:
            return None

    async def lines(self) -> list[RunLine]:
        """Every run, the newest first; those that are still being read are `unread`."""
        from hayai.live.work import run_line

        paths = self.paths()
        for path in paths:
            known, mark = self._known.get(path.name), mark_of(path)
            fresh = known is not None and known[0] == mark and known[1].state != "measuring"
            if not fresh and path.name not in self._asked:
                self._asked[path.name] = asyncio.create_task(self._ask(run_line, path, mark))
        if self._asked:
            await asyncio.wait(self._asked.values(), timeout=PATIENCE_S)
        unread = {path.name: RunLine(run=path.name, created="", targets=(), state="unread") for path in paths}
        return [self._known[path.name][1] if path.name in self._known else unread[path.name] for path in paths]

    async def _ask(self, run_line: Callable[..., RunLine], path: Path, mark: Mark) -> None:
        try:
            self._known[path.name] = mark, await self._work(run_line, str(path), self._language)
        finally:
            del self._asked[path.name]


def _is_text(name: str) -> bool:
    """A name that is not UTF-8 can stand in no page and in no address."""
    return name.isascii() or name == name.encode("utf-8", "replace").decode()


def mark_of(path: Path) -> Mark:
    """What the files of a run are like now."""
    found = []
    for file in sorted(path.glob("*")):
        try:
            seen = file.stat()
        except OSError:
            continue
        if file.suffix in (".jsonl", ".json") or file.name == "DONE":
            found.append((file.name, seen.st_size, seen.st_mtime_ns))
    return tuple(found)
