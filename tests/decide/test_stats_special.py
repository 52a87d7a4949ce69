"""scipy loads without numpy's Fortran wrapper and test helpers, and whoever wants those gets them all the same."""

import subprocess
import sys

import pytest

OUT = """
import sys
from hayai.decide.stats.special import special
print(special.ndtr(0.0), *sorted({"numpy.f2py", "numpy.testing"} & set(sys.modules)))
"""
LATER = """
import sys
from hayai.decide.stats.special import StandIn
import numpy as np
from numpy.testing import assert_array_equal
import numpy.f2py.auxfuncs
assert_array_equal(np.array([1]), np.array([1]))
print(*(np.testing.assert_array_equal is assert_array_equal, isinstance(np.f2py, StandIn), "f2py" in dir(np)))
"""
MEANWHILE = """
import sys
from hayai.decide.stats.special import StandIn, stand_ins
import numpy as np
with stand_ins("testing", "linalg"):
    from numpy import *
    held = np.testing
    print(isinstance(held, StandIn), isinstance(np.linalg, StandIn))
    from numpy.testing import assert_array_equal
    print(held.assert_array_equal is assert_array_equal, isinstance(np.testing, StandIn))
print(isinstance(sys.modules["numpy.testing"], StandIn))
"""


@pytest.mark.parametrize(
    ("script", "said"),
    [(OUT, "0.5"), (LATER, "True False True"), (MEANWHILE, "True False True False False")],
    ids=["they stay out", "they can be had later", "one that is asked for something makes way"],
)
def test_modules_that_nobody_asks_for_stay_out(script: str, said: str) -> None:
    """Each in an interpreter of its own: what has been imported once stays."""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == said.split()
