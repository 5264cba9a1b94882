"""SciPy's distribution functions, by its names, loaded at the first call: a tenth of a second.

Most commands import this package for its values alone.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any


def _late(name: str) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        return getattr(import_module("scipy.special"), name)(*arguments)

    return call


chdtri = _late("chdtri")
fdtrc = _late("fdtrc")
fdtri = _late("fdtri")
gammaln = _late("gammaln")
nctdtrinc = _late("nctdtrinc")
ndtr = _late("ndtr")
ndtri = _late("ndtri")
stdtr = _late("stdtr")
stdtrit = _late("stdtrit")
