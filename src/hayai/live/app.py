"""Which address shows what?

    /                   the runs: search, state, what each found
    /run/NAME/          a run: while it is measured a page that follows, afterwards its report
    /run/NAME/events    the same as server-sent events
    /run/NAME/requests  its attempts, to be filtered and leafed through
    /run/NAME/request/ID  one of them, whole
    /compare?run=A&run=B  what changed from the older of two runs to the newer

All below `/<token>`, which `guard` takes care of. Nothing here computes: pages come from `show`, numbers from the worker.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from hayai.errors import HayaiError
from hayai.live.hub import Hub
from hayai.live.runs import Mark, Runs, mark_of
from hayai.live.work import CannotShow, compared, leave_with_parent, report, requests
from hayai.live.work import request as request_of
from hayai.show.html.live import list_page, message_page, run_page
from hayai.show.html.requests import FILTERS
from hayai.show.locales import Texts

KEPT_PAGES = 8
"""Reports that are kept as they were drawn; one has a megabyte or two."""


class Worker:
    """One process that does what takes long, one thing after the other. Should it die, another takes its place."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    async def __call__(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What `function` returns or raises there."""
        from multiprocessing import get_context

        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=leave_with_parent)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, function, *arguments)
        except BrokenProcessPool:
            self._pool = None
            raise

    def close(self) -> None:
        """Ends it, and what it is at."""
        if self._pool is not None:
            processes = list((self._pool._processes or {}).values())  # noqa: SLF001  The pool has no way to leave work undone.
            self._pool.shutdown(wait=False, cancel_futures=True)
            for process in processes:
                process.terminate()


class Pages:
    """What is answered."""

    def __init__(self, folder: Path, texts: Texts) -> None:
        self._texts = texts
        self._work = Worker()
        self._list_work = Worker()
        """Of its own, so that a page need not wait until hundreds of runs have been read."""
        self._runs = Runs(folder, texts.language, self._list_work)
        self._hubs: dict[str, Hub] = {}
        self._drawn: dict[str, tuple[Mark, str]] = {}
        self._making = 0

    def app(self) -> Starlette:
        """All of it."""
        routes = [
            Route("/", self.list),
            Route("/run/{name}", self.run),
            Route("/run/{name}/", self.run),
            Route("/run/{name}/events", self.events),
            Route("/run/{name}/requests", self.requests),
            Route("/run/{name}/request/{id}", self.request),
            Route("/compare", self.compare),
        ]
        return Starlette(routes=routes, exception_handlers={HTTPException: self.fail, 500: self.fail})

    def close(self) -> None:
        """Ends the workers."""
        self._work.close()
        self._list_work.close()

    @property
    def busy(self) -> bool:
        """Whether anybody follows a run, or a page is being made."""
        return self._making > 0 or any(hub.has_readers for hub in self._hubs.values())

    async def list(self, request: Request) -> Response:
        """The runs."""
        lines = await self._runs.lines()
        asked = request.query_params.get("q", "")[:200]
        found = [line for line in lines if line.holds(asked.casefold().split())]
        root, place = request.scope["root_path"], str(self._runs.folder)
        return HTMLResponse(list_page(found, self._texts, root=root, asked=asked, known=len(lines), place=place))

    async def run(self, request: Request) -> Response:
        """One run, followed or reported."""
        path, root = self._path(request), request.scope["root_path"]
        hub = self._hub(path)
        state, player = await hub.everything()
        if not hub.over:
            return HTMLResponse(run_page(path.name, hub.names, state, player, self._texts, root=root))
        return HTMLResponse(await self._report(path, root))

    async def requests(self, request: Request) -> Response:
        """A run's attempts."""
        asked = {name: value[:200] for name, value in request.query_params.items() if name in (*FILTERS, "page")}
        return await self._made(
            requests, str(self._path(request)), self._texts.language, asked, request.scope["root_path"]
        )

    async def request(self, request: Request) -> Response:
        """One attempt."""
        number = request.path_params["id"]
        return await self._made(
            request_of, str(self._path(request)), self._texts.language, number, request.scope["root_path"]
        )

    async def compare(self, request: Request) -> Response:
        """Two runs, the older first however they were chosen."""
        names = list(dict.fromkeys(request.query_params.getlist("run")))
        if len(names) != 2:
            raise HTTPException(400, self._texts("live.two_runs"))
        paths = [self._runs.path(name) for name in names]
        if None in paths:
            raise HTTPException(404, self._texts("live.no_such_run"))
        newest_first = [path for path in self._runs.paths() if path in paths]
        old, new = map(str, reversed(newest_first))
        return await self._made(compared, old, new, self._texts.language, request.scope["root_path"])

    async def _made(self, function: Callable[..., str], *arguments: object) -> Response:
        try:
            return HTMLResponse(await self._work(function, *arguments))
        except CannotShow as error:
            raise HTTPException(404, str(error)) from error

    async def events(self, request: Request) -> Response:
        """What happens in a run, as it happens."""
        hub = self._hub(self._path(request))
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        following = hub.read()
        try:
            first = await anext(following)
        except RuntimeError:
            return PlainTextResponse("too many readers\n", status_code=503)

        async def told() -> AsyncIterator[bytes]:
            try:
                yield first
                async for message in following:
                    yield message
            finally:
                await following.aclose()

        return StreamingResponse(told(), media_type="text/event-stream")

    async def fail(self, request: Request, error: Exception) -> Response:
        """A page that says why there is none."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        words = error.detail if isinstance(error, HTTPException) and error.detail not in ("Not Found", "") else None
        told = words or self._texts("live.not_found" if status == 404 else "live.broken")
        title = self._texts("live.nothing")
        return HTMLResponse(message_page(title, told, self._texts, root=request.scope["root_path"]), status_code=status)

    def _path(self, request: Request) -> Path:
        path = self._runs.path(request.path_params["name"])
        if path is None:
            raise HTTPException(404, self._texts("live.no_such_run"))
        return path

    def _hub(self, path: Path) -> Hub:
        if path.name not in self._hubs:
            for name in [name for name, hub in self._hubs.items() if not hub.has_readers]:
                del self._hubs[name]
            try:
                self._hubs[path.name] = Hub(path, self._texts, self._work)
            except HayaiError as error:
                raise HTTPException(404, self._texts(error.key, **error.values)) from error
        return self._hubs[path.name]

    async def _report(self, path: Path, root: str) -> str:
        mark = mark_of(path)
        known = self._drawn.get(path.name)
        if known is not None and known[0] == mark:
            return known[1]
        links = (
            (f"{root}/", self._texts("live.runs")),
            (f"{root}/run/{quote(path.name)}/requests", self._texts("live.requests")),
        )
        self._making += 1
        try:
            page: str = await self._work(report, str(path), self._texts.language, links)
        except CannotShow as error:
            raise HTTPException(404, str(error)) from error
        finally:
            self._making -= 1
        self._drawn.pop(path.name, None)
        self._drawn[path.name] = mark, page
        with suppress(StopIteration):
            while len(self._drawn) > KEPT_PAGES:
                del self._drawn[next(iter(self._drawn))]
        return page
