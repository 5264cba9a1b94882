"""Compiled functions are stored, and taken from there only when they are the right ones, whole."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from kinebench.augmentation import compiled_runtime
from kinebench.augmentation.llvm import compilation as module
from kinebench.augmentation.llvm import layers
from kinebench.augmentation.llvm.compilation import Functions, Tile
from kinebench.augmentation.network import Network
from kinebench.io.atomic import alone_in
from kinebench.io.private_code import sealed

TILE = Tile(4, 2)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(module, "STORE", tmp_path / "code")
    module._compiled.cache_clear()
    yield tmp_path / "code"
    module._compiled.cache_clear()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the functions that were compiled, not read."""
    names: list[str] = []
    original = module._stored

    def stored(path: Path, stamp: bytes, make: Callable[[], bytes]) -> bytes:
        def noted() -> bytes:
            names.append(path.name.partition("-")[0])
            return make()

        return original(path, stamp, noted)

    monkeypatch.setattr(module, "_stored", stored)
    return names


@pytest.fixture
def answer(make_network: Callable[..., Network]) -> Callable[[], bytes]:
    """Responses as another process would get them."""
    network = make_network(5, (6,), 4)
    rows = np.random.default_rng(0).normal(size=(1, 10, 5)).astype(np.float32)

    def again() -> bytes:
        module._compiled.cache_clear()
        return compiled_runtime.run(Functions(TILE), network, rows).tobytes()

    return again


BOTH = ["product", "recurrence"]


def test_stored_functions_are_used_again(
    store: Path, made: list[str], answer: Callable[[], bytes]
) -> None:
    first = answer()
    assert sorted(made) == BOTH
    assert len(list(store.iterdir())) == 2
    assert answer() == first
    assert sorted(made) == BOTH


def test_functions_of_another_text_are_not_used(
    store: Path, made: list[str], answer: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = answer()
    write, kinds = module._KINDS["product"]
    # a comment of LLVM's
    changed = {**module._KINDS, "product": (lambda *tile: write(*tile) + "; changed\n", kinds)}
    monkeypatch.setattr(module, "_KINDS", changed)
    assert answer() == first
    assert made.count("product") == 2
    assert made.count("recurrence") == 1


@pytest.mark.parametrize("damage", [b"", b"kinebench-code-1\n", None])
def test_damaged_files_are_replaced(
    store: Path, made: list[str], answer: Callable[[], bytes], damage: bytes | None
) -> None:
    first = answer()
    for path in store.iterdir():
        data = bytearray(path.read_bytes())
        data[-5] ^= 1
        path.write_bytes(bytes(data) if damage is None else damage)
    assert answer() == first
    assert len(made) == 4
    assert answer() == first
    assert len(made) == 4


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="access is not told by bits")
def test_where_others_can_write_nothing_is_stored_or_read(
    store: Path, made: list[str], answer: Callable[[], bytes]
) -> None:
    first = answer()
    store.chmod(0o777)
    assert answer() == first
    for path in store.iterdir():
        path.unlink()
    assert answer() == first
    assert len(made) == 6
    assert list(store.iterdir()) == []


def test_without_a_place_functions_are_compiled_in_every_process(
    tmp_path: Path, made: list[str], answer: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(module, "STORE", tmp_path / "file" / "code")
    assert answer() == answer()
    assert len(made) == 4


def test_the_text_is_the_same_in_every_process() -> None:
    for write in (layers.product, layers.recurrence):
        assert write(16, 4) == write(16, 4)


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is waited for there")
def test_what_another_process_compiles_is_waited_for_and_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    waiting, lock, found = threading.Event(), fcntl.flock, []

    def announced(number: int, operation: int) -> None:
        waiting.set()
        lock(number, operation)

    def ask() -> None:
        found.append(module._stored(tmp_path / "f", b"stamp", lambda: b"made again"))

    worker = threading.Thread(target=ask)
    with alone_in(tmp_path):
        monkeypatch.setattr(fcntl, "flock", announced)
        worker.start()
        assert waiting.wait(60)
        (tmp_path / "f").write_bytes(sealed(b"made by another", b"stamp"))
    worker.join(60)
    assert found == [b"made by another"]
