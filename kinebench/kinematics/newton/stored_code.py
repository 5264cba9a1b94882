"""Compiled code on disk: whole, of this user, in a folder that nobody else can write to.

numba stores compiled code as pickles, which run whatever they hold, and takes any file that lies
where its own would. Here a file counts only when this user owns it, others cannot write to its
folder, and its digest is right; else the function is compiled again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import stat
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from numba.core import caching as numba_caching
from numba.core import runtime as numba_runtime

from kinebench.remarks import tell

# without types of its own in some versions
caching: Any = numba_caching
runtime: Any = numba_runtime

_MAGIC = b"kinebench-code-1\n"


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


def is_private(folder: Path) -> bool:
    """Whether only this user can write to a folder: theirs, and closed to all others.

    A group that has the user's name counts as the user: so do systems set it up on which folders
    are writable by their group.
    """
    if not hasattr(os, "getuid"):
        return True  # Windows: access is not told by these bits
    try:
        status = folder.stat()
    except OSError:
        return False
    if status.st_uid != os.getuid() or status.st_mode & stat.S_IWOTH:
        return False
    return not status.st_mode & stat.S_IWGRP or _is_own_group(status.st_gid)


def _is_own_group(group: int) -> bool:
    import grp
    import pwd

    try:
        entry = grp.getgrgid(group)
        user = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return False
    return entry.gr_name == user and set(entry.gr_mem) <= {user}


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
        content = _read(Path(self._index_path))
        if content is None:
            return {}
        version, stamp, overloads = pickle.loads(content)
        is_current = version == self._version and stamp == self._source_stamp
        return dict(overloads) if is_current else {}

    def _save_index(self, overloads: dict[Any, str]) -> None:
        self._write(self._index_path, (self._version, self._source_stamp, overloads))

    def _load_data(self, name: str) -> Any:
        content = _read(Path(self._data_path(name)))
        if content is None:
            raise FileNotFoundError(name)  # numba compiles then
        return pickle.loads(content)

    def _save_data(self, name: str, data: Any) -> None:
        self._write(self._data_path(name), data)

    def _write(self, path: str, value: Any) -> None:
        content = self._dump(value)
        with self._open_for_write(path) as file:
            file.write(_MAGIC + hashlib.sha256(content).digest() + content)


def _read(path: Path) -> bytes | None:
    """Content of a file of this user's whose digest is right; None for any other."""
    try:
        # what is a link, a device or somebody's is not even opened
        status = path.lstat()
        own = not hasattr(os, "getuid") or status.st_uid == os.getuid()
        if not (own and stat.S_ISREG(status.st_mode) and is_private(path.parent)):
            return None
        data = path.read_bytes()
    except OSError:
        return None
    start = len(_MAGIC)
    digest, content = data[start : start + 32], data[start + 32 :]
    sound = data.startswith(_MAGIC) and hashlib.sha256(content).digest() == digest
    return content if sound else None


def _private_only(locator: Any) -> Any:
    """A way of numba's to find a folder, which finds none that others can write to."""

    class PrivateLocator(locator):  # type: ignore[misc]
        @classmethod
        def from_function(cls, py_func: Callable[..., Any], py_file: str) -> Any:
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
    def _guard_against_spurious_io_errors(self) -> Iterator[None]:
        # a full disk or a folder that has become read-only: the code in memory is good
        with contextlib.suppress(OSError):
            yield
