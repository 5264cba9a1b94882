"""What the last digits of a result depend on beside its inputs: versions, processor, BLAS."""

from __future__ import annotations

import ctypes
import functools
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from kinebench import __version__
from kinebench.core.extensions import adding_packages

_PACKAGES = ("numpy", "scipy", "numba", "opensim")
# folders in which wheels of numpy keep their OpenBLAS: Linux and Windows, macOS
_BUNDLES = ("../numpy.libs", ".dylibs")
_PREFIXES = ("scipy_openblas", "openblas")
_SUFFIXES = ("64_", "")


def environment() -> dict[str, str]:
    """Versions and arithmetic of this process, which `run.json` and a study's manifest record.

    Two processes of one environment give equal bytes for equal inputs. Others agree to rounding
    that the stages amplify: joint angles were up to 1.7e-4° apart between BLAS kernels.

    Returns
    -------
    dict of str to str
        Versions of kinebench, Python and the packages that compute; the kind of machine; the
        instruction set that numpy chose; the BLAS with its kernel and threads; versions of the
        packages that add parts to kinebench.
    """
    return _found() | adding_packages()


def library_versions() -> dict[str, str]:
    """The versions among `environment`, without processor and BLAS."""
    own = {name: _found()[name] for name in ("kinebench", "python", *_PACKAGES)}
    return own | adding_packages()


@functools.cache
def _found() -> dict[str, str]:
    found = {"kinebench": __version__, "python": platform.python_version()}
    found |= {name: _installed(name) for name in _PACKAGES}
    return found | {"machine": platform.machine(), "simd": _simd(), "blas": blas_kernel()}


def blas_kernel() -> str:
    """Numpy's BLAS as ``scipy-openblas 0.3.31 SkylakeX, threads: 1``; less where it hides it."""
    about: dict[str, Any] = np.show_config(mode="dicts")  # type: ignore[assignment]
    built = about.get("Build Dependencies", {}).get("blas", {})
    name = f"{built.get('name', 'BLAS')} {built.get('version', '')}".strip()
    package = Path(np.__file__).parent
    for path in sorted(p for b in _BUNDLES for p in (package / b).glob("*openblas*")):
        # the library is loaded already: this finds it, with the kernel that it chose
        library = ctypes.CDLL(str(path))
        for ending in (f"{p}_{{}}{s}" for p in _PREFIXES for s in _SUFFIXES):
            try:
                core = getattr(library, ending.format("get_corename"))
                threads = getattr(library, ending.format("get_num_threads"))
            except AttributeError:
                continue
            core.restype = ctypes.c_char_p
            return f"{name} {core().decode()}, threads: {threads()}"
    return name


def _simd() -> str:
    """The best instruction set that numpy found, as it names it."""
    about: dict[str, Any] = np.show_config(mode="dicts")  # type: ignore[assignment]
    sets = about.get("SIMD Extensions", {})
    known = [*sets.get("baseline", []), *sets.get("found", [])]
    return str(known[-1]) if known else "none"


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
