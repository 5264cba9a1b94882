"""The functions of this machine: compiled in the first call of a process, which takes 0.1 s.

LLVM itself does it, through llvmlite, which numba brings along: numba's own import and stored code
would take longer than that.
"""

from __future__ import annotations

import ctypes
import platform
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any

from kinebench.augmentation.llvm.layers import GATES, product, recurrence
from kinebench.augmentation.llvm.text import declarations

_Whole, _Pointer = ctypes.c_int64, ctypes.c_void_p
_PRODUCT = (_Pointer, _Whole, _Whole, _Whole, _Pointer, _Pointer, _Whole, _Pointer)
_RECURRENCE = (_Pointer, _Whole, _Pointer, _Whole, _Whole, _Pointer, _Whole, _Pointer)
_compiling = Lock()


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


@dataclass(frozen=True, slots=True)
class Functions:
    """Compiled `product` and `recurrence`, by the number of sequences; see `layers`.

    They run without the interpreter's lock.
    """

    tile: Tile
    product: Callable[..., None]
    recurrence: dict[int, Callable[..., None]]
    engine: Any  # owns the code


def functions(tile: Tile | None = None) -> Functions:
    """Compiled once per process, by default for registers of this processor."""
    with _compiling:  # not twice by threads that start together
        return _compiled(tile or tile_of_this_machine())


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


@lru_cache
def _compiled(tile: Tile) -> Functions:
    import llvmlite.binding as llvm

    numbers = sorted({1, tile.n_rows})
    text = declarations(tile.lanes, GATES * tile.lanes) + product(tile.lanes, tile.n_rows)
    text += "".join(recurrence(tile.lanes, n) for n in numbers)
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=2
    )
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(text), target)
    engine.finalize_object()

    def function(name: str, kinds: tuple[Any, ...]) -> Callable[..., None]:
        return ctypes.CFUNCTYPE(None, *kinds)(engine.get_function_address(name))

    return Functions(
        tile,
        function("product", _PRODUCT),
        {n: function(f"recurrence_{n}", _RECURRENCE) for n in numbers},
        engine,
    )
