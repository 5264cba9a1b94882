"""Digests tell values apart and are the same everywhere; descriptions are plain JSON."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinebench.core import Document, Markers, Model, Subject
from kinebench.core.provenance import describe, digest, file_sha256, without_nan
from kinebench.errors import ValueRangeError

MARKERS = Markers(("a", "b"), np.array([0.0, 0.1]), np.arange(12.0).reshape(2, 2, 3))
XML = b"<OpenSimDocument><Model/></OpenSimDocument>"


@dataclass(frozen=True, slots=True)
class Butterworth:
    cutoff_hz: float = 6.0
    axes: tuple[str, ...] = ("x",)


@dataclass(frozen=True, slots=True)
class Kalman:
    cutoff_hz: float = 6.0
    axes: tuple[str, ...] = ("x",)


def test_a_digest_is_the_same_in_every_process() -> None:
    code = (
        "import numpy as np\n"
        "from kinebench.core import Markers, Subject\n"
        "from kinebench.core.provenance import digest\n"
        "m = Markers(('a', 'b'), [0.0, 0.1], np.arange(12.0).reshape(2, 2, 3))\n"
        "print(digest(m, Subject(72, 1.78), {'b': 1, 'a': frozenset('xyz')}))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    ).stdout.strip()
    assert told == digest(MARKERS, Subject(72, 1.78), {"a": frozenset("zyx"), "b": 1})


def test_the_digest_of_known_content_stays() -> None:
    # a change here empties every cache: it must be meant
    told = digest(Subject(72, 1.78), (1, 2.5, "x", None, True), np.array([1.0, np.nan]))
    assert told == "1eb0a86080b0867b3c956e4e4a74574386359f92fbcbb76c641aa8da17b905d4"


@pytest.mark.parametrize(
    "other",
    [
        replace(MARKERS, names=("b", "a")),
        replace(MARKERS, times=np.array([0.0, np.nextafter(0.1, 1)])),
        replace(MARKERS, frame="lab"),
        replace(MARKERS, confidence=np.ones((2, 2))),
        MARKERS.with_positions(np.where(MARKERS.positions == 0, 1e-300, MARKERS.positions)),
        MARKERS.with_positions(np.full((2, 2, 3), np.nan)),
    ],
)
def test_every_field_counts(other: Markers) -> None:
    assert digest(MARKERS) != digest(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1.0, ["float", (1.0).hex()]),
        ({"a": 1}, [["a", 1]]),
        ({}, ()),
        (frozenset(), ()),
        ({1: "x"}, {"1": "x"}),
        ("1", 1),
        (None, "None"),
        ((1, (2, 3)), ((1, 2), 3)),
        (Butterworth(), Kalman()),
        (Butterworth(6.0), Butterworth(6.0000001)),
        (Butterworth(axes=("x", "y")), Butterworth(axes=("xy",))),
        (np.zeros((2, 3)), np.zeros((3, 2))),
        (np.zeros(2, dtype=np.float64), np.zeros(2, dtype=np.int64)),
        (Document("m", XML), Document("n", XML)),
        (Document("m", XML), Model("m", XML)),
        (Document("m", XML), Document("m", XML + b" ")),
    ],
)
def test_different_values_have_different_digests(one: Any, other: Any) -> None:
    assert digest(one) != digest(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (0.0, -0.0),
        (np.array([0.0, 1.0]), np.array([-0.0, 1.0])),
        (np.float64(0.5), 0.5),
        (np.int64(3), 3),
        (float("nan"), float("nan")),
        (np.array([np.nan]), -np.array([np.nan])),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (np.arange(6.0).reshape(2, 3).T, np.ascontiguousarray(np.arange(6.0).reshape(2, 3).T)),
        (frozenset({"x", "y"}), frozenset({"y", "x"})),
        (Path("here/w.npz"), Path("there/w.npz")),
    ],
)
def test_equal_values_have_equal_digests(one: Any, other: Any) -> None:
    assert digest(one) == digest(other)


def test_a_digest_is_that_of_the_content_now() -> None:
    """Digests of read-only arrays are kept: not of others, and not for the next at the place."""
    changing = np.zeros(100)
    before = digest(changing)
    changing.fill(1.0)
    assert digest(changing) != before
    found = []
    for number in range(50):  # most of them stand where the one before stood
        array = np.full(100, float(number))
        array.flags.writeable = False
        found.append(digest(array))
        assert found[-1] == digest(array) == digest(np.full(100, float(number)))
        del array
    assert len(set(found)) == 50


def test_digests_of_several_values_are_not_those_of_their_union() -> None:
    assert digest("ab", "c") != digest("a", "bc")
    assert digest() != digest(None)


@pytest.mark.parametrize("value", [object(), print, b"x", np.array([object()]), {"a": {1, 2}}])
def test_what_has_no_description_is_refused(value: Any) -> None:
    with pytest.raises(ValueRangeError, match="cannot describe"):
        digest(value)
    with pytest.raises(ValueRangeError, match="cannot describe"):
        describe(np.tile(value, 70) if isinstance(value, np.ndarray) else value)


def test_descriptions_are_plain() -> None:
    described = describe(
        {
            "stage": Butterworth(),
            "few": np.array([1.0, 2.0]),
            "many": np.zeros(65),
            "path": Path("secret") / "t.trc",
            "model": Model("m", XML),
            "number": np.float64(0.5),
            "set": frozenset({"b", "a"}),
            3: None,
        }
    )
    assert json.loads(json.dumps(described)) == {
        "stage": {"kind": "Butterworth", "cutoff_hz": 6.0, "axes": ["x"]},
        "few": [1.0, 2.0],
        "many": {
            "shape": [65],
            "dtype": "<f8",
            "sha256": hashlib.sha256(bytes(65 * 8)).hexdigest(),
        },
        "path": "t.trc",
        "model": {"document": "m", "sha256": hashlib.sha256(XML).hexdigest()},
        "number": 0.5,
        "set": ["a", "b"],
        "3": None,
    }


def test_the_checksum_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"abc")
    assert file_sha256(tmp_path / "f") == hashlib.sha256(b"abc").hexdigest()


def test_json_has_null_for_what_is_no_number() -> None:
    nested = {"a": (1, float("nan"), [float("inf"), "NaN"]), 2: {"b": -float("inf"), "c": 0.5}}
    plain = without_nan(nested)
    assert plain == {"a": [1, None, [None, "NaN"]], "2": {"b": None, "c": 0.5}}
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
