"""What holds for every test: machines are slow at times, and a tool that is missing is said, never passed over.

`needs_node` marks tests that run JavaScript, `needs_chromium` those that look at pages. Where the tool is missing they skip with that
reason; under CI=true, where `.ci/run` installs both, the same is a failure. What a machine simply does not have (IPv6, another system's
kernel) may be skipped anywhere.

Hundreds of tests start `hayai` as a user does. Where Python may not keep what it compiled (PYTHONDONTWRITEBYTECODE, as many containers set
it), each start would compile all of it anew, so that is done here, once.

Thousands of tests in one process bring a million objects that stay: modules, the tests themselves, caches. The engine collects garbage
after each cycle, as do tests of memory, and would walk over all of them each time. So what has stayed until a module of tests begins is
left alone.
"""

from __future__ import annotations

import compileall
import gc
import os
import shutil
import signal
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

import hayai

BROWSERS = ("chromium", "chromium-browser", "google-chrome")

settings.register_profile("hayai", deadline=None, print_blob=True)
settings.load_profile("hayai")


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known, and hayai quick to start; and let Ctrl-C reach what tests start.

    Whoever runs tests in the background of a script has SIGINT ignored, and all children with it.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    compileall.compile_dir(str(Path(hayai.__file__).parent), quiet=2)
    config.addinivalue_line("markers", "needs_node: runs JavaScript; needs `node` and `npm ci --prefix tests/js`")
    config.addinivalue_line("markers", "needs_chromium: looks at pages in a browser; needs Debian's `chromium`")


@pytest.fixture(scope="module", autouse=True)
def _what_stays_is_left_alone() -> None:
    """After everything has been collected that can be: a ring that holds a socket is still found, and is a warning, which fails."""
    gc.collect()
    gc.freeze()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, visibly, what this machine has no tool for."""
    if item.get_closest_marker("needs_node"):
        if shutil.which("node") is None:
            pytest.skip("node is not installed")
        if not (Path(__file__).parent / "js" / "node_modules").is_dir():
            pytest.skip("the JavaScript packages are not installed: npm ci --prefix tests/js")
    if item.get_closest_marker("needs_chromium") and not any(map(shutil.which, BROWSERS)):
        pytest.skip("chromium is not installed: apt-get install chromium")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under CI=true a test skipped for want of a tool has failed: `.ci/run` should have installed it."""
    report = yield
    needs = any(item.get_closest_marker(marker) for marker in ("needs_node", "needs_chromium"))
    if report.skipped and needs and os.environ.get("CI") == "true":
        report.outcome = "failed"
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.longrepr = f"{reason}: skipped, and under CI=true nothing may be"
    return report
