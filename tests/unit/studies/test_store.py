from __future__ import annotations

import contextlib
import dataclasses
import errno
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from kinebench.core import Coordinate, IKSolution, Markers, Model, Motion, ScalingResult
from kinebench.core.environment import environment, library_versions
from kinebench.errors import FileFormatError, KinebenchWarning, ValueRangeError
from kinebench.io.atomic import OutputError
from kinebench.metrics import Alignment, FigureRow, FigureTable, Kind
from kinebench.remarks import collected_remarks
from kinebench.studies.execution import store as store_module
from kinebench.studies.execution.codec import decoded, encoded
from kinebench.studies.execution.store import Store

KEY = "ab" + "0" * 62
MODEL = Model("m", "<OpenSimDocument Version='40000'><Model name='ä'/></OpenSimDocument>".encode())
MOTION = Motion(
    (Coordinate("a", range=(0.0, 1.0)),), np.array([0.0, 1.0]), np.array([[1.0], [np.nan]])
)
VALUES = [
    Markers(("a", "b"), np.array([0.0, 0.1]), np.arange(12.0).reshape(2, 2, 3)),
    MOTION,
    ScalingResult(
        MODEL, {"pelvis": (1.0, 1.1, 1.2)}, (0.3, 0.4), MOTION, ("a",), np.array([0.001])
    ),
    IKSolution(
        MOTION, ("a",), np.array([[0.1], [np.nan]]), np.array([True, False]), np.array([3, -1])
    ),
    FigureTable.of(
        FigureRow(Kind.COORDINATE, "knee_angle_r", "rmse", value, "rad", Alignment.LAG_REMOVED)
        for value in (0.1, np.nan)
    ),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_values_come_back_equal_and_read_only(value: Any) -> None:
    again = decoded(encoded(value))
    assert again == value
    assert encoded(again) == encoded(value)
    if isinstance(again, Markers):
        assert not again.positions.flags.writeable


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
)


@given(json_values)
def test_plain_content_comes_back(value: Any) -> None:
    assert encoded(decoded(encoded(value))) == encoded(value)


@given(arrays.arrays(np.float64, arrays.array_shapes(min_dims=2, max_dims=2)))
def test_numbers_come_back_to_the_last_bit(values: np.ndarray) -> None:
    times = np.arange(len(values), dtype=float)
    if np.isinf(values).any():
        return
    motion = Motion(tuple(Coordinate(f"c{i}") for i in range(values.shape[1])), times, values)
    assert decoded(encoded(motion)).values.tobytes() == motion.values.tobytes()


def test_unknown_types_are_refused() -> None:
    with pytest.raises(ValueRangeError, match="Path cannot be stored"):
        encoded(Path("x"))


@given(st.binary(max_size=200))
def test_rubbish_is_an_error_of_ours(data: bytes) -> None:
    with contextlib.suppress(FileFormatError):
        decoded(data)


def test_absent_is_none(tmp_path: Path) -> None:
    assert Store(tmp_path / "none").get(KEY) is None


def test_damage_is_noticed_and_mended(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put(KEY, {"x": 1.0})
    path = store.path(KEY)
    whole = path.read_bytes()
    for position in range(len(whole)):
        damaged = bytearray(whole)
        damaged[position] ^= 1
        path.write_bytes(bytes(damaged))
        assert store.get(KEY) is None
    path.write_bytes(whole[:-1])
    assert store.remember(KEY, lambda: {"x": 2.0}) == {"x": 2.0}
    assert store.get(KEY) == {"x": 2.0}


def test_what_is_stored_is_not_made_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert store.remember(KEY, lambda: "first") == "first"
    assert store.remember(KEY, lambda: pytest.fail("made again")) == "first"


def test_full_disk_is_one_error_and_leaves_no_scratch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    store.put(KEY, "old")

    def full(self: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OutputError, match="No space left"):
        store.put(KEY, "new")
    assert store.get(KEY) == "old"
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".json"]
    assert [path.name for path in kept] == [KEY[2:]]


def test_names_are_kept_once_in_memory() -> None:
    rows = [{"metric": "rmse of " + "angles", "value": float(index)} for index in range(3)]
    found = decoded(encoded(rows))
    assert len({id(row["metric"]) for row in found}) == 1
    assert len({id(next(iter(row))) for row in found}) == 1
    assert list(found) == rows


def test_an_entry_moved_to_another_key_counts_as_absent(tmp_path: Path) -> None:
    store, other = Store(tmp_path), "cd" + "1" * 62
    store.put(KEY, "one")
    store.put(other, "other")
    one, two = store.path(KEY), store.path(other)
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    assert store.get(KEY) is None
    assert store.get(other) is None
    assert store.remember(KEY, lambda: "made again") == "made again"


def test_results_of_other_versions_are_not_used_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    with monkeypatch.context() as elsewhere:
        older = {**library_versions(), "numpy": "2.1.0", "scipy": "1.14.0"}
        elsewhere.setattr(store_module, "library_versions", lambda: older)
        store.put(KEY, 1.5)
        assert store.get(KEY) == 1.5
    with pytest.warns(KinebenchWarning, match=r"not used: .* numpy 2\.1\.0 instead of .*scipy"):
        assert store.get(KEY) is None
    with collected_remarks() as remarks:
        assert store.remember(KEY, lambda: 2.5) == 2.5
    (remark,) = remarks
    assert remark.code == "stale results"
    assert str(tmp_path) in remark.text
    assert store.get(KEY) == 2.5


@pytest.mark.parametrize(
    "structure",
    [
        '{"fields":1.5,"type":"Markers"}',
        '{"fields":["a"],"type":"Motion"}',
        '{"array":7}',
        '{"array":{}}',
        '{"type":"Path","fields":{}}',
        '{"map":[[1,2]]}',
        '{"map":7}',
        "[" * 100_000,
        '{"tuple":' * 3000 + "1" + "}" * 3000,
        '{"fields":{"kind":"sides","metric":"a","unit":"m"},"type":"Quantity"}',
        '{"fields":{"values":{"list":["a"]}},"type":"FigureTable"}',
        '{"fields":{"items":7},"type":"FigureTable"}',
        '{"fields":{"coordinates":{"tuple":["a"]},"times":[],"values":[]},"type":"Motion"}',
    ],
)
def test_structures_that_fit_nothing_are_an_error_of_ours(structure: str) -> None:
    head = structure.encode()
    with pytest.raises(FileFormatError, match="a stored value cannot be read") as caught:
        decoded(len(head).to_bytes(8, "big") + head)
    assert len(str(caught.value)) < 400


def test_the_store_knows_in_what_its_entries_were_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Versions and kernels move the last digits: whoever reports must not pass for the maker."""
    one = Store(tmp_path)
    assert one.environments() == ()
    one.put(KEY, "made here")
    one.put("0" * 64, "made here too")
    assert one.environments() == (environment(),)
    one.warn_if_mixed()
    elsewhere = environment() | {"blas": "another BLAS", "numpy": "2.1.0"}
    monkeypatch.setattr(store_module, "environment", lambda: elsewhere)
    assert one.get(KEY) == "made here"
    assert one.environments() == (environment(),), "what only reads leaves no trace"
    one.put("1" * 64, "made elsewhere")
    assert elsewhere in one.environments()
    assert len(one.environments()) == 2
    with pytest.warns(KinebenchWarning, match=r"2 environments that differ in blas, numpy: "):
        one.warn_if_mixed()


@pytest.mark.parametrize("content", ["", "[1]", "{", "\xff"])
def test_a_damaged_environment_is_left_out(content: str, tmp_path: Path) -> None:
    one = Store(tmp_path)
    one.put(KEY, 1.0)
    (damaged,) = (tmp_path / "environments").iterdir()
    damaged.write_bytes(content.encode("latin-1"))
    assert one.environments() == ()


def test_an_entry_is_a_digest_and_versions_before_the_content(tmp_path: Path) -> None:
    """Stores of before are read again: none of this may change unnoticed."""
    store = Store(tmp_path)
    assert store.path("abcdef") == tmp_path / "ab" / "cdef"
    store.put(KEY, [1.5])
    data = store.path(KEY).read_bytes()
    versions = json.dumps(dict(library_versions()), sort_keys=True).encode()
    rest = versions + b"\n" + encoded([1.5])
    digest = hashlib.sha256(KEY.encode() + b"\n" + rest).digest()
    assert data == b"kinebench-2\n" + digest + rest == store.entry(KEY, encoded([1.5]))
    assert store.entry("0" * 64, encoded([1.5])) != data


def test_values_are_a_head_of_json_and_arrays_one_after_the_other() -> None:
    """Stores of before are read again: none of this may change unnoticed."""
    value = {"b": (1, None), "a": [True, "x", np.float64(0.5)], "c": b"ab", "d": np.arange(2)}
    structure = (
        '{"map":[["b",{"tuple":[1,null]}],["a",{"list":[true,"x",0.5]}],["c",{"bytes":0}],'
        '["d",{"array":1}]]}'
    )
    data = encoded(value)
    assert data[:8] == len(structure).to_bytes(8, "big")
    assert data[8 : 8 + len(structure)].decode() == structure
    files = io.BytesIO(data[8 + len(structure) :])
    np.testing.assert_array_equal(np.load(files), np.frombuffer(b"ab", np.uint8))
    np.testing.assert_array_equal(np.load(files), [0, 1])
    assert files.read() == b""
    again = decoded(data)
    assert list(again) == list(value)
    assert (again["b"], again["a"], again["c"]) == ((1, None), [True, "x", 0.5], b"ab")
    coordinate = b'{"fields":{"name":"a"},"type":"Coordinate"}'
    assert decoded(len(coordinate).to_bytes(8, "big") + coordinate) == Coordinate("a")
    turned = np.arange(6.0).reshape(2, 3).T
    np.testing.assert_array_equal(decoded(encoded(turned)), turned)
    assert encoded(turned) == encoded(np.ascontiguousarray(turned))


def test_a_type_of_the_same_name_is_not_the_same_type() -> None:
    @dataclasses.dataclass(frozen=True)
    class Coordinate:
        name: str

    with pytest.raises(ValueRangeError, match="a Coordinate cannot be stored"):
        encoded(Coordinate("a"))


def test_versions_that_cannot_be_read_are_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    monkeypatch.setattr(store_module, "library_versions", lambda: {"numpy": "2", "scipy": "1"})
    for stored, told in (
        (b"rubbish", "numpy ? instead of 2, scipy ? instead of 1"),
        (b"[1, 2]", "numpy ? instead of 2, scipy ? instead of 1"),
        (b'{"numpy": "2", "scipy": "0"}', "scipy 0 instead of 1"),
        (b'{"numpy": "1"}' + b" " * 990, "numpy 1 instead of 2, scipy ? instead of 1"),
        # nothing so long is a table of versions
        (
            b'{"numpy": "1", "x": "' + b" " * 990 + b'"}',
            "numpy ? instead of 2, scipy ? instead of 1",
        ),
    ):
        rest = stored + b"\n" + encoded(1.0)
        digest = hashlib.sha256(KEY.encode() + b"\n" + rest).digest()
        store.path(KEY).parent.mkdir(exist_ok=True)
        store.path(KEY).write_bytes(b"kinebench-2\n" + digest + rest)
        with pytest.warns(KinebenchWarning) as caught:
            assert store.get(KEY) is None
        expected = f"results in {tmp_path} are not used: they were computed with {told}"
        assert [str(one.message) for one in caught] == [expected]


def test_an_entry_that_is_whole_and_cannot_be_understood_counts_as_absent(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.path(KEY).parent.mkdir()
    store.path(KEY).write_bytes(store.entry(KEY, b"rubbish"))
    assert store.get(KEY) is None
    store.path(KEY).unlink()
    store.path(KEY).mkdir()
    assert store.get(KEY) is None


def test_the_environment_is_written_once_for_people_too(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put(KEY, 1.0)
    (path,) = (tmp_path / "environments").iterdir()
    assert path.suffix == ".json"
    assert len(path.stem) == 16
    assert json.loads(path.read_text("utf-8")) == environment()
    before = path.stat().st_mtime_ns
    store.put("0" * 64, 2.0)
    assert path.stat().st_mtime_ns == before
    # what is no environment is left alone
    (tmp_path / "environments" / "notes.txt").write_text("[]")
    assert store.environments() == (environment(),)


def test_nothing_can_be_remembered_but_is_made_each_time(tmp_path: Path) -> None:
    """None is what an absent entry gives."""
    store, made = Store(tmp_path), []

    def make() -> object:
        made.append(1)
        return None

    for _ in range(2):
        assert store.remember(KEY, make) is None
    assert made == [1, 1]
