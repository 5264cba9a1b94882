"""How the solver is compiled, and when compiled code that was stored before is out of date."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from numba import njit

from kinebench.kinematics.newton.stored_code import stored_code


def compiled(function: Callable[..., Any]) -> Any:
    """Compile a function without Python objects, once for this machine.

    It may not make arrays, and counts no references to those it is given, which would take a
    tenth of the solver's time: its caller keeps them alive.

    numba looks only at the file that a function is in. These functions call each other across
    files, so that a change in any of them must count as a change in all. Where compiled code
    cannot be stored, it is compiled in every run.
    """
    compile_: Any = njit  # whose types do not tell of `_nrt`
    options = {
        "nogil": True,
        "error_model": "numpy",
        "fastmath": {"contract"},
        "_nrt": False,
        "forceinline": True,
    }
    dispatcher = compile_(**options)(function)
    stored = stored_code(function, _digest_of_sources())
    if stored is not None:
        compile_once = dispatcher.compile

        def compile_in_turn(signature: Any) -> Any:
            with stored.turn():
                return compile_once(signature)

        dispatcher._cache, dispatcher.compile = stored, compile_in_turn
    return dispatcher


def is_compiled(dispatcher: Any) -> bool:
    """Whether compiled code of these very sources is stored."""
    file = getattr(dispatcher._cache, "_cache_file", None)
    return file is not None and bool(file._load_index())


@cache
def _digest_of_sources() -> str:
    """SHA-256 over what is compiled, and over the layout of the records that it reads."""
    folder = Path(__file__).parent
    sources = (*sorted(folder.glob("*.py")), folder.parent / "mechanism.py")
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
