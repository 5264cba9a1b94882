"""The functions of this machine, compiled when first used and stored.

LLVM itself does it, through llvmlite, which numba brings along: numba's own import would take
longer than compiling.
"""

from __future__ import annotations

import contextlib
import ctypes
import platform
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from kinebench.augmentation.llvm.layers import GATES, product, recurrence
from kinebench.augmentation.llvm.text import declarations
from kinebench.io.atomic import alone_in, write_atomically
from kinebench.io.private_code import is_private, read_code, sealed

_Whole, _Pointer = ctypes.c_int64, ctypes.c_void_p
_KINDS = {
    "product": (
        product,
        (_Pointer, _Whole, _Whole, _Whole, _Pointer, _Pointer, _Whole, _Pointer),
    ),
    "recurrence": (
        recurrence,
        (_Pointer, _Whole, _Pointer, _Whole, _Whole, _Pointer, _Whole, _Pointer),
    ),
}
_compiling = Lock()

STORE = Path(__file__).with_name("__pycache__")
"""Where compiled functions are kept, as Python's own; where nothing can be, each process compiles
them."""


@dataclass(frozen=True, slots=True)
class Tile:
    """What of a product is added up in registers: for some rows, four vectors of columns.

    Parameters
    ----------
    lanes : int
        Numbers in a register.
    n_rows : int
        Rows, of sums and of weights' columns as many registers as fit.
    """

    lanes: int
    n_rows: int


Compiled = Callable[..., None]
"""Runs without the interpreter's lock."""


@dataclass(frozen=True, slots=True)
class Functions:
    """Those of `layers` for a tile, each compiled when first asked for."""

    tile: Tile

    @property
    def product(self) -> Compiled:
        """Of as many rows at a time as the tile has."""
        return _once("product", self.tile.lanes, self.tile.n_rows)

    def recurrence(self, n_sequences: int) -> Compiled:
        """Of so many sequences side by side."""
        return _once("recurrence", self.tile.lanes, n_sequences)


@lru_cache
def tile_of_this_machine() -> Tile:
    """The largest whose sums, weights and inputs stay in registers."""
    import llvmlite.binding as llvm

    features = llvm.get_host_cpu_features()
    if features.get("avx512f"):
        return Tile(16, 4)  # 32 registers of 16
    if features.get("avx"):
        return Tile(8, 2)  # 16 of 8
    # 32 of 4 on ARM, 16 of 4 on older processors
    return Tile(4, 4 if platform.machine().lower() in {"arm64", "aarch64"} else 2)


def _once(name: str, lanes: int, n_rows: int) -> Compiled:
    with _compiling:  # not twice by threads that start together
        return _compiled(name, lanes, n_rows)[0]


@lru_cache
def _compiled(name: str, lanes: int, n_rows: int) -> tuple[Compiled, Any]:
    """A function, and what owns its code."""
    import llvmlite.binding as llvm

    write, parameters = _KINDS[name]
    text = declarations(lanes, GATES * lanes) + write(lanes, n_rows)
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    cpu, features = llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()
    # the text is as it should be: of what LLVM could do with it, choosing registers is enough
    target = llvm.Target.from_default_triple().create_target_machine(cpu, features, opt=1)
    stamp = "\n".join([*map(str, llvm.llvm_version_info), target.triple, cpu, features, text])
    code = _stored(
        STORE / f"{name}-{lanes}-{n_rows}-{cpu}.machine-code",
        stamp.encode(),
        lambda: bytes(target.emit_object(llvm.parse_assembly(text))),
    )
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return ctypes.CFUNCTYPE(None, *parameters)(engine.get_function_address(name)), engine


def _stored(path: Path, stamp: bytes, make: Callable[[], bytes]) -> bytes:
    """The code in the file, or what is made, which is stored if that may be."""
    code = read_code(path, stamp)
    if code is not None:
        return code
    with contextlib.ExitStack() as scope:
        # processes that start together: one makes the code, the others wait and read it
        with contextlib.suppress(OSError):
            path.parent.mkdir(exist_ok=True)
            scope.enter_context(alone_in(path.parent))
        code = read_code(path, stamp)
        if code is None:
            code = make()
            with contextlib.suppress(OSError):
                if is_private(path.parent):
                    write_atomically(path, sealed(code, stamp))
        return code
