"""Files appear whole or not at all, whatever happens meanwhile."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kinebench.core import Coordinate, Markers, Motion
from kinebench.errors import KinebenchError
from kinebench.io.atomic import OutputError, atomic_path, write_atomically
from kinebench.io.c3d import write_c3d
from kinebench.io.mot import write_motion
from kinebench.io.trc import write_trc

MARKERS = Markers(("a",), np.array([0.0, 0.1]), np.ones((2, 1, 3)))
MOTION = Motion((Coordinate("a"),), np.array([0.0, 0.1]), np.ones((2, 1)))
WRITERS: dict[str, Callable[[Path], None]] = {
    "text": lambda path: write_atomically(path, "new"),
    "bytes": lambda path: write_atomically(path, b"new"),
    "trc": lambda path: write_trc(path, MARKERS),
    "mot": lambda path: write_motion(path, MOTION),
    "c3d": lambda path: write_c3d(path, MARKERS),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    old = tmp_path / "out.trc"
    old.write_bytes(b"old")
    return old


@pytest.fixture(params=WRITERS.values(), ids=list(WRITERS))
def write(request: pytest.FixtureRequest) -> Callable[[Path], None]:
    writer: Callable[[Path], None] = request.param
    return writer


def full_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def interrupt(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def untouched(path: Path) -> bool:
    return path.read_bytes() == b"old" and list(path.parent.iterdir()) == [path]


def test_what_was_there_is_replaced(path: Path, write: Callable[[Path], None]) -> None:
    write(path)
    assert path.read_bytes() != b"old"
    assert list(path.parent.iterdir()) == [path]


def test_a_full_disk(
    path: Path, write: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OutputError, match=r"cannot write .*out.trc: No space left on device"):
        write(path)
    assert untouched(path)


def test_a_disk_that_is_full_after_half_of_the_bytes(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(scratch: Path, content: bytes) -> None:
        scratch.open("wb").close()
        os.truncate(scratch, len(content) // 2)
        full_disk()

    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(KinebenchError, match="No space left on device"):
        write_atomically(path, b"x" * 1000)
    monkeypatch.undo()
    assert untouched(path)


@pytest.mark.parametrize("moment", ["touch", "chmod", "write_bytes", "replace"])
def test_control_c_at_any_moment(path: Path, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    monkeypatch.setattr(Path, moment, interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, b"new")
    monkeypatch.undo()
    assert untouched(path)


def test_any_failure_inside_of_the_block(path: Path) -> None:
    def fail(failure: type[BaseException]) -> None:
        with atomic_path(path) as scratch:
            scratch.write_bytes(b"half")
            raise failure

    for failure in (KeyboardInterrupt, SystemExit, ValueError):
        with pytest.raises(failure):
            fail(failure)
        assert untouched(path)


def test_an_inner_failure_keeps_its_own_message(path: Path) -> None:
    with pytest.raises(OutputError, match=r"^cannot write .*inner"), atomic_path(path):
        write_atomically(path.parent / "no" / "inner", b"")
    assert untouched(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_not_writable(path: Path, write: Callable[[Path], None]) -> None:
    path.parent.chmod(0o500)
    try:
        with pytest.raises(OutputError, match="Permission denied"):
            write(path)
        assert untouched(path)
    finally:
        path.parent.chmod(0o700)


def test_folders_that_refuse(
    path: Path, write: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(OutputError, match="No such file or directory"):
        write(path.parent / "no" / "out.trc")
    with pytest.raises(OutputError, match="Not a directory"):
        write(path / "out.trc")
    with pytest.raises(OutputError, match="cannot write"):
        write(path.parent)
    assert untouched(path)

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "touch", denied)
    with pytest.raises(OutputError, match="Permission denied"):
        write(path)
    assert untouched(path)


def test_permissions_of_an_old_file_stay_and_those_of_a_new_one_follow_the_mask(path: Path) -> None:
    path.chmod(0o640)
    write_atomically(path, "new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    mask = os.umask(0o077)
    try:
        write_atomically(path.with_name("secret"), "new")
    finally:
        os.umask(mask)
    assert stat.S_IMODE(path.with_name("secret").stat().st_mode) == 0o600


def test_a_link_stays_one(path: Path) -> None:
    link = path.with_name("link")
    link.symlink_to(path)
    write_atomically(link, "new")
    assert link.is_symlink()
    assert path.read_bytes() == b"new"


def test_text_is_written_as_it_is(path: Path) -> None:
    write_atomically(str(path), "Knöchel\r\n\n")
    assert path.read_bytes() == b"Kn\xc3\xb6chel\r\n\n"
    write_atomically(path.with_name("x" * 250), b"long name")
