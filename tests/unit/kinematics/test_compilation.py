"""Compiled code that was stored is used for the very sources it came from, whole and private."""

from __future__ import annotations

import inspect
import os
import pickle
import re
import subprocess
import sys
import threading
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import pytest

from kinebench.errors import KinebenchWarning
from kinebench.io.atomic import alone_in
from kinebench.io.private_code import is_private, read_code, sealed
from kinebench.kinematics.newton import stored_code as module
from kinebench.kinematics.newton.compilation import compiled, is_compiled

ROOT = Path(__file__).parents[3]


def doubled(x: float) -> float:
    return 2.0 * x


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where numba stores code during a test."""
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "code"))
    return tmp_path / "code"


def hits(dispatcher: Any) -> int:
    return sum(dispatcher.stats.cache_hits.values())


def test_stored_code_counts_only_with_the_same_sources(folder: Path) -> None:
    first = compiled(doubled)
    assert first(1.5) == 3.0
    again = compiled(doubled)
    assert is_compiled(again)
    assert again(1.5) == 3.0
    assert hits(again) == 1
    changed = compiled(doubled)
    changed._cache._cache_file._source_stamp = "of a file that has changed since"
    assert not is_compiled(changed)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])


def turned(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-5] ^= 1
    path.write_bytes(bytes(data))


def removed(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("damage", [emptied, cut, turned, removed])
@pytest.mark.parametrize("ending", ["nbi", "nbc"])
def test_damaged_code_is_compiled_again_and_stored_again(
    folder: Path, damage: Callable[[Path], None], ending: str
) -> None:
    assert compiled(doubled)(1.5) == 3.0
    (path,) = folder.rglob(f"*.{ending}")
    damage(path)
    again = compiled(doubled)
    assert again(1.5) == 3.0
    assert hits(again) == 0
    last = compiled(doubled)
    assert last(1.5) == 3.0
    assert hits(last) == 1


inner: Any = doubled


def quadrupled(x: float) -> float:
    return inner(inner(x))


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is waited for there")
def test_what_another_process_compiles_is_waited_for_and_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`alone_in` excludes by open folder: a thread that has it stands for another process."""
    import fcntl

    inner = compiled(doubled)
    monkeypatch.setitem(globals(), "inner", inner)
    assert compiled(quadrupled)(1.5) == 6.0  # a turn within a turn
    place = Path(inner._cache.cache_path)
    made = {path: path.read_bytes() for path in place.glob("*.nb?")}
    assert len(made) == 4
    for path in made:
        path.unlink()
    waiting, lock = threading.Event(), fcntl.flock

    def announced(number: int, operation: int) -> None:
        waiting.set()
        lock(number, operation)

    second = compiled(quadrupled)
    worker = threading.Thread(target=second, args=(1.5,))
    with alone_in(place):
        monkeypatch.setattr(fcntl, "flock", announced)
        worker.start()
        assert waiting.wait(60)
        for path, content in made.items():
            path.write_bytes(content)
    worker.join(60)
    assert hits(second) == 1
    with alone_in(place) as free:  # and its turn is over
        assert free


class Planted:
    """A pickle that writes a file when it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


def test_a_planted_index_runs_nothing(folder: Path, tmp_path: Path) -> None:
    assert compiled(doubled)(1.5) == 3.0
    (index,) = folder.rglob("*.nbi")
    index.write_bytes(pickle.dumps(numba.__version__) + pickle.dumps(Planted(tmp_path / "ran")))
    assert compiled(doubled)(1.5) == 3.0
    assert not (tmp_path / "ran").exists()


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="access is not told by bits")
def test_a_folder_that_others_can_write_to_is_not_used(folder: Path, tmp_path: Path) -> None:
    # whoever can write there can write a digest that fits
    assert compiled(doubled)(1.5) == 3.0
    (index,) = folder.rglob("*.nbi")
    content = pickle.dumps(Planted(tmp_path / "ran"))
    index.write_bytes(sealed(content))
    index.parent.chmod(0o777)
    # code is then stored beside this file, where an earlier run of the test may have left it
    for left in Path(__file__).parent.rglob(f"{Path(__file__).stem}.doubled-*.nb?"):
        left.unlink()
    again = compiled(doubled)
    assert again(1.5) == 3.0
    assert hits(again) == 0
    assert not (tmp_path / "ran").exists()
    assert not str(again._cache.cache_path).startswith(str(folder))


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="access is not told by bits")
def test_files_of_others_and_links_are_not_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert compiled(doubled)(1.5) == 3.0
    (index,) = folder.rglob("*.nbi")
    assert read_code(index) is not None
    index.rename(tmp_path / "elsewhere")
    index.symlink_to(tmp_path / "elsewhere")
    assert read_code(index) is None
    index.unlink()
    (tmp_path / "elsewhere").rename(index)
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert read_code(index) is None
    assert not is_private(index.parent)


def test_private_folders(tmp_path: Path) -> None:
    for mode, private in ((0o700, True), (0o755, True), (0o757, False), (0o1777, False)):
        tmp_path.chmod(mode)
        assert is_private(tmp_path) is private
    tmp_path.chmod(0o700)
    assert not is_private(tmp_path / "absent")


def test_without_any_folder_code_is_compiled_and_a_warning_tells(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module._PrivateFolders, "_locator_classes", ())
    module._tell_once.cache_clear()
    with pytest.warns(KinebenchWarning, match="compiled in every run.*NUMBA_CACHE_DIR"):
        alone = compiled(doubled)
    assert alone(1.5) == 3.0
    assert not is_compiled(alone)
    compiled(doubled)  # told once


def test_a_disk_that_is_full_costs_only_the_storing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module._CheckedFile, "_open_for_write", full)
    assert compiled(doubled)(1.5) == 3.0
    assert list(folder.rglob("*.nb?")) == []


def test_the_solver_imports_where_nothing_is_writable() -> None:
    # no locator finds a folder there: the import itself used to fail
    code = (
        "from numba.core import caching\n"
        "caching.CompileResultCacheImpl._locator_classes = []\n"
        "import warnings; warnings.simplefilter('ignore')\n"
        "import kinebench.kinematics.newton.sequence\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=120)


def test_numba_is_of_the_versions_whose_private_parts_are_known() -> None:
    """`stored_code` and `uncounted` use what numba does not promise: a new version is looked at.

    When this fails: run the tests of this file and ``benchmarks/timing`` with the new version, read
    numba.core.caching, and move the bound in pyproject.toml.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (bound,) = (line for line in project["dependencies"] if line.startswith("numba"))
    least, below = re.findall(r"\d+\.\d+", bound)
    version = tuple(int(part) for part in numba.__version__.split(".")[:2])
    assert tuple(map(int, least.split("."))) <= version < tuple(map(int, below.split(".")))


def parameters(function: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(function).parameters)


def test_the_private_parts_of_numba_are_where_they_are_expected(folder: Path) -> None:
    file = module.caching.IndexDataCacheFile
    assert parameters(file) == ["cache_path", "filename_base", "source_stamp"]
    assert {name: parameters(getattr(file, name)) for name in (
        "_load_index", "_save_index", "_load_data", "_save_data", "_data_path", "_dump",
        "_open_for_write",
    )} == {
        "_load_index": ["self"],
        "_save_index": ["self", "overloads"],
        "_load_data": ["self", "name"],
        "_save_data": ["self", "name", "data"],
        "_data_path": ["self", "name"],
        "_dump": ["self", "obj"],
        "_open_for_write": ["self", "filepath"],
    }  # fmt: skip
    for locator in module.caching.CompileResultCacheImpl._locator_classes:
        assert parameters(locator.from_function) == ["py_func", "py_file"]
        assert callable(locator.get_cache_path)
    cache = compiled(doubled)._cache
    assert {"_cache_file", "_cache_path", "_impl", "_impl_class"} <= set(dir(cache))
    assert {"_index_path", "_version", "_source_stamp"} <= set(vars(cache._cache_file))
