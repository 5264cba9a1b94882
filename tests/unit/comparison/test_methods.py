"""Several methods against one reference, with errors that were put there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from kinebench.comparison import (
    FilePair,
    FoundPairs,
    Procedure,
    by_method,
    compare_methods,
    find_pairs,
    method_names,
    pairs_from_csv,
)
from kinebench.core import Coordinate, Motion
from kinebench.errors import NameNotFoundError, ValueRangeError
from kinebench.io.mot import write_motion

NAMES = ("hip_flexion_r", "knee_angle_r", "pelvis_tilt", "pro_sup_r", "mtp_angle_r", "pelvis_tx")
TIMES = np.arange(60) / 60


def motion(offsets_deg: Mapping[str, float] | None = None) -> Motion:
    """A movement with constant errors, deg; of pelvis_tx in cm."""
    kinds = ("rotational",) * 5 + ("translational",)
    offsets = offsets_deg or {}
    values = np.stack(
        [
            0.3 * np.sin(6 * TIMES + i)
            + (offsets.get(n, 0.0) / 100 if n == "pelvis_tx" else np.radians(offsets.get(n, 0.0)))
            for i, n in enumerate(NAMES)
        ],
        axis=1,
    )
    coordinates = [Coordinate(n, k) for n, k in zip(NAMES, kinds, strict=True)]  # type: ignore[arg-type]
    return Motion(tuple(coordinates), TIMES, values)


def save(path: Path, one: Motion) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_motion(path, one)
    return path


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    """Subjects s1 to s5: `good` is 3° off at the legs, `bad` 5°, though it is better at the arms.

    Their errors vary over subjects in step, so that the difference is 2° for each.
    """
    places = {name: tmp_path / name for name in ("mocap", "good", "bad")}
    for i in range(1, 6):
        # a second trial of two subjects is enough to tell trials from subjects
        for trial in "ab" if i <= 2 else "a":
            file = f"s{i}/{trial}.mot"
            save(places["mocap"] / file, motion())
            save(
                places["good"] / file,
                motion(
                    {"hip_flexion_r": 2 + i, "knee_angle_r": 4 + i, "pro_sup_r": 40, "pelvis_tx": 2}
                ),
            )
            save(places["bad"] / file, motion(
                {"hip_flexion_r": 4 + 1.01 * i, "knee_angle_r": 6 + i, "pro_sup_r": 10 + 0.1 * i,
                 "mtp_angle_r": 30}))  # fmt: skip
    return places


def found(folders: Mapping[str, Path]) -> dict[str, FoundPairs]:
    return {name: find_pairs(folders["mocap"], folders[name]) for name in ("bad", "good")}


def test_the_headline_is_the_group_that_is_asked_about(folders: dict[str, Path]) -> None:
    legs = compare_methods(found(folders), Procedure())
    assert legs.group == "legs"
    assert legs.subjects == ("s1", "s2", "s3", "s4", "s5")
    assert len(legs.trials) == 7
    assert [one.method for one in legs.ranking] == ["good", "bad"]
    # mean of hip 2 + i and knee 4 + i over i = 1 to 5
    assert np.degrees(legs.ranking[0].mean) == pytest.approx(6.0, abs=1e-4)
    assert np.degrees(legs.ranking[1].mean) == pytest.approx(8.0 + 0.015, abs=1e-4)
    assert [(one.best, one.worst) for one in legs.ranking] == [(1, 1), (2, 2)]
    assert legs.scores_of_group("legs").members == ("hip_flexion_r", "knee_angle_r")
    (difference,) = legs.headline
    assert (difference.first, difference.second) == ("bad", "good")
    assert np.degrees(difference.contrast.mean) == pytest.approx(2.015, abs=1e-4)
    # forearm rotation would turn the order of a mean over all angles
    arms = compare_methods(found(folders), Procedure(group="arms"))
    assert [one.method for one in arms.ranking] == ["bad", "good"]
    assert np.degrees(arms.ranking[0].mean) == pytest.approx(10.3, abs=1e-4)
    names = [one.item for one in legs.groups]
    assert names == ["legs", "pelvis", "arms", "translations"]
    assert legs.scores_of_group("translations").unit == "m"


def test_only_what_every_method_has_is_compared(folders: dict[str, Path]) -> None:
    (folders["good"] / "s1" / "b.mot").unlink()
    lacking = motion({"hip_flexion_r": 1}).select(n for n in NAMES if n != "pro_sup_r")
    save(folders["good"] / "s2" / "a.mot", lacking)
    result = compare_methods(found(folders), Procedure())
    assert ("s1", "b") not in result.trials
    assert len(result.trials) == 6
    reasons = {one.item: one.reason for one in result.excluded}
    assert reasons["s1/b"] == "not of every method: bad"
    assert "not scored for every method" in reasons["pro_sup_r"]
    assert "arms" not in [one.item for one in result.groups]
    with pytest.raises(NameNotFoundError, match="arms"):
        compare_methods(found(folders), Procedure(group="arms"))
    # each method's own figures are of all its trials
    assert {name: len(own.pairs) for name, own in result.methods.items()} == {"bad": 7, "good": 6}


def test_a_method_that_cannot_be_compared_is_left_out(folders: dict[str, Path]) -> None:
    three = found(folders)
    broken = folders["mocap"].parent / "broken.mot"
    broken.write_text("no motion\n")
    mocap = folders["mocap"] / "s1" / "a.mot"
    three["broken"] = FoundPairs((FilePair(mocap, broken, "s1", "a"),))
    result = compare_methods(three, Procedure())
    assert result.names == ("bad", "good")
    assert "method broken" in [one.item for one in result.excluded]
    with pytest.raises(ValueRangeError, match="1 of 2 methods can be compared"):
        compare_methods({"good": three["good"], "broken": three["broken"]}, Procedure())


def test_trials_that_nobody_shares(folders: dict[str, Path]) -> None:
    both = found(folders)
    halves = {
        name: FoundPairs(tuple(p for p in one.pairs if p.trial == trial))
        for (name, one), trial in zip(both.items(), "ab", strict=True)
    }
    with pytest.raises(ValueRangeError, match="share no trial"):
        compare_methods(halves, Procedure())


def test_names_of_methods(tmp_path: Path) -> None:
    for name in ("x/opencap", "y/opencap", "theia"):
        (tmp_path / name).mkdir(parents=True)
    assert method_names([tmp_path / "x/opencap", tmp_path / "theia"]) == ("opencap", "theia")
    assert method_names([tmp_path / "x/opencap", tmp_path / "y/opencap"]) == (
        "x/opencap", "y/opencap")  # fmt: skip
    assert method_names([tmp_path / "a" / "v1.2.mot", tmp_path / "b" / "v1.mot"]) == ("v1.2", "v1")
    with pytest.raises(ValueRangeError, match="named twice"):
        method_names([tmp_path / "theia", tmp_path / "x" / ".." / "theia"])


def test_a_method_column(folders: dict[str, Path], tmp_path: Path) -> None:
    rows = [
        f"mocap/s{i}/a.mot,{method}/s{i}/a.mot,{method},s{i},a"
        for i in range(1, 4)
        for method in ("good", "bad")
    ]
    table = tmp_path / "pairs.csv"
    header = "reference,estimate,method,subject,trial"
    table.write_text("\n".join([header, *rows]) + "\n")
    methods = by_method(pairs_from_csv(table))
    assert {name: len(one.pairs) for name, one in methods.items()} == {"good": 3, "bad": 3}
    table.write_text("\n".join([header, *rows, rows[0]]) + "\n")
    with pytest.raises(ValueRangeError, match="lists trial 'a' of 's1' by 'good' 2 times"):
        pairs_from_csv(table)
    table.write_text("\n".join([header, *rows, "mocap/s4/a.mot,good/s4/a.mot,,s4,a"]) + "\n")
    with pytest.raises(ValueRangeError, match="some pairs name a method and others do not"):
        by_method(pairs_from_csv(table))
