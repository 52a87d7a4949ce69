"""Where do the distribution functions come from? `scipy.special`, without what its import drags along.

While it loads, scipy takes hold of every public name of numpy, and two of them load on being touched: the wrapper around Fortran compilers
and the helpers for tests. They cost a seventh of all CPU time that a small report takes, and nothing here calls them. So stand-ins bear
their names meanwhile; one that is asked for anything makes way for the module that it stands for.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np

_UNASKED = ("f2py", "testing")


class StandIn(ModuleType):
    """A module of numpy by name only."""

    def __getattr__(self, name: str) -> Any:
        """What the real module has under this name."""
        self.leave()
        return getattr(import_module(self.__name__), name)

    def leave(self) -> None:
        """From now on, who imports this name gets the real module."""
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
            delattr(np, self.__name__.removeprefix("numpy."))


@contextmanager
def stand_ins(*names: str) -> Iterator[None]:
    """These modules of numpy, as far as they are not loaded, are stood in for as long as the block lasts."""
    standing = [StandIn(f"numpy.{name}") for name in names if f"numpy.{name}" not in sys.modules]
    for one in standing:
        sys.modules[one.__name__] = one
        setattr(np, one.__name__.removeprefix("numpy."), one)
    try:
        yield
    finally:
        for one in standing:
            one.leave()


with stand_ins(*_UNASKED):
    from scipy import special

__all__ = ["special"]
