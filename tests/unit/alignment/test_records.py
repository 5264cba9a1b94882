"""Records can be written down, hashed and sent elsewhere."""

from __future__ import annotations

import json
import pickle

import numpy as np

from kinebench.alignment import MinimiseLag, RigidAlignment, align
from kinebench.core import Markers
from kinebench.core.provenance import describe, digest

TIMES = np.arange(60) / 30
POSITIONS = np.sin(TIMES[:, None, None] + np.arange(12.0).reshape(4, 3))
MARKERS = Markers(("a", "b", "c", "d"), TIMES, POSITIONS)


def test_a_record_is_plain_when_described() -> None:
    record = align(MARKERS, MARKERS, MinimiseLag(), RigidAlignment(("a", "b", "c"))).record
    told = json.loads(json.dumps(describe(record)))
    assert told["policy"] == "minimise"
    assert told["stage"]["max_lag_s"] == 0.5
    assert told["flags"] == [
        "the lag minimises the error of all angles or markers that both have (rmse)"
    ]
    assert told["spatial"]["markers"] == ["a", "b", "c"]
    assert len(told["spatial"]["transform"]["R"]) == 3
    assert told["n_frames"] == 60


def test_a_record_survives_pickling() -> None:
    aligned = align(MARKERS, MARKERS)
    again = pickle.loads(pickle.dumps(aligned))
    assert again == aligned
    assert digest(again.record) == digest(aligned.record)
    assert not again.estimate.positions.flags.writeable
