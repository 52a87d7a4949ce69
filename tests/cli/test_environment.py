"""What a manifest says about the machine is what is there."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pytest

from hayai.cli.environment import PACKAGES, environment_facts


def test_versions_are_those_that_are_installed() -> None:
    """Found without loading `importlib.metadata`, and the same as it says."""
    assert environment_facts()["packages"] == {name: version(name) for name in PACKAGES}


def test_a_package_that_is_not_installed_has_no_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Missing is missing."""
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    assert environment_facts()["packages"] == dict.fromkeys(PACKAGES)
