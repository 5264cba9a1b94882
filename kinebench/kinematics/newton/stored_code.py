"""numba's compiled code on disk: whole, of this user, in a folder that nobody else can write to.

numba stores compiled code as pickles, which run whatever they hold, and takes any file that lies
where its own would. Here a file counts only as `private_code` says; else the function is compiled
again.
"""

from __future__ import annotations

import contextlib
import pickle
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from numba.core import caching as numba_caching
from numba.core import runtime as numba_runtime
from numba.core.compiler_lock import global_compiler_lock

from kinebench.io.atomic import alone_in
from kinebench.io.private_code import is_private, read_code, sealed
from kinebench.remarks import tell

# without types of its own in some versions
caching: Any = numba_caching
runtime: Any = numba_runtime

_taken: list[_StoredCode] = []  # whose turn it is in this process


def stored_code(function: Callable[..., Any], stamp: str) -> Any | None:
    """numba's cache for a function, or None, with a warning, where no folder can be used.

    Parameters
    ----------
    function : callable
    stamp : str
        Digest of the sources: code of other sources does not count.
    """
    try:
        return _StoredCode(function, stamp)
    except RuntimeError:  # numba's word for no folder that is writable
        _tell_once()
        return None


@cache
def _tell_once() -> None:
    tell(
        "compiled code",
        "compiled code cannot be stored, so the solver is compiled in every run: no folder for it"
        " is writable by you alone; NUMBA_CACHE_DIR may name one",
    )


class _CheckedFile(caching.IndexDataCacheFile):  # type: ignore[misc]
    """Index and data of one function, each with the digest of its content."""

    def _load_index(self) -> dict[Any, str]:
        content = read_code(Path(self._index_path))
        if content is None:
            return {}
        version, stamp, overloads = pickle.loads(content)
        is_current = version == self._version and stamp == self._source_stamp
        return dict(overloads) if is_current else {}

    def _save_index(self, overloads: dict[Any, str]) -> None:
        self._write(self._index_path, (self._version, self._source_stamp, overloads))

    def _load_data(self, name: str) -> Any:
        content = read_code(Path(self._data_path(name)))
        if content is None:
            raise FileNotFoundError(name)  # numba compiles then
        return pickle.loads(content)

    def _save_data(self, name: str, data: Any) -> None:
        self._write(self._data_path(name), data)

    def _write(self, path: str, value: Any) -> None:
        with self._open_for_write(path) as file:
            file.write(sealed(self._dump(value)))


def _private_only(locator: Any) -> Any:
    """A way of numba's to find a folder, which finds none that others can write to."""

    class PrivateLocator(locator):  # type: ignore[misc]
        @classmethod
        def from_function(cls, py_func: Callable[..., Any], py_file: str) -> Any:
            """The folder, None where others can write to it."""
            found = super().from_function(py_func, py_file)
            if found is None or not is_private(Path(found.get_cache_path())):
                return None
            return found

    return PrivateLocator


class _PrivateFolders(caching.CompileResultCacheImpl):  # type: ignore[misc]
    _locator_classes: ClassVar = [
        *map(_private_only, caching.CompileResultCacheImpl._locator_classes)
    ]


class _StoredCode(caching.FunctionCache):  # type: ignore[misc]
    _impl_class = _PrivateFolders

    def __init__(self, function: Callable[..., Any], stamp: str) -> None:
        super().__init__(function)
        self._cache_file = _CheckedFile(self._cache_path, self._impl.filename_base, stamp)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Code that is stored, or None.

        numba would first import and install all that it can compile, a quarter of a second's work;
        compiled code needs what it calls at run time alone. Compiling does the rest when it is due.
        """
        runtime.rtsys.initialize(target_context)
        with self._guard_against_spurious_io_errors():
            return self._load_overload(sig, target_context)

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until no other process compiles for this folder: what it stores need not be made.

        Compiled functions compile those that they call: the outermost waits for all of them.
        """
        with contextlib.ExitStack() as scope:
            # the process's own lock first: held by a thread that waits for a turn, it must not be
            # wanted by one that has it
            scope.enter_context(global_compiler_lock)
            if not _taken:
                _taken.append(self)
                scope.callback(_taken.clear)
                with contextlib.suppress(OSError):
                    self._impl.locator.ensure_cache_path()
                    scope.enter_context(alone_in(Path(self._cache_path)))
            yield

    @contextlib.contextmanager
    def _guard_against_spurious_io_errors(self) -> Iterator[None]:
        # a full disk or a folder that has become read-only: the code in memory is good
        with contextlib.suppress(OSError):
            yield
