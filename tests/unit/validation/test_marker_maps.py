from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinebench.core import Markers
from kinebench.core.marker_sets import ANATOMICAL_MARKERS, OPTICAL_MARKERS
from kinebench.errors import FileFormatError, NameNotFoundError, ValueRangeError
from kinebench.validation import built_in_maps, marker_map
from kinebench.validation.marker_maps import coverage, matched, renamed, require_known

_SIDED = "ASI PSI THI KNE TIB ANK HEE TOE SHO ELB WRA WRB"
_REST = "C7 T10 CLAV STRN LFHD RFHD LBHD RBHD LFIN RFIN"
# Vicon's list; of these 25 have a counterpart in OpenCap's optical set
PLUG_IN_GAIT = (*(side + name for side in "LR" for name in _SIDED.split()), *_REST.split())

TRACKED = built_in_maps()["opencap"].spellings
BODIES = {
    name: body
    for body, stems in {
        "pelvis": ("ASIS", "PSIS"),
        "femur": ("thigh", "_knee"),
        "tibia": ("_sh", "_ankle"),
        "calcn": ("calc", "toe", "5meta"),
    }.items()
    for name in TRACKED
    if any(stem in name for stem in stems) and "Shoulder" not in name
}


def recording(names: tuple[str, ...]) -> Markers:
    positions = np.arange(len(names) * 3, dtype=float).reshape(1, -1, 3)
    return Markers(names, np.zeros(1), positions)


def test_plug_in_gait_with_a_subject_before_the_colon() -> None:
    seen = recording(tuple(f"Anna:{name}" for name in PLUG_IN_GAIT))
    found, left_out = renamed(seen, marker_map("plug-in-gait"))
    assert len(found.names) == 25
    assert np.array_equal(found.position("r.ASIS"), seen.position("Anna:RASI"))
    assert np.array_equal(found.position("L_calc"), seen.position("Anna:LHEE"))
    assert {name.split(":")[1] for name in left_out} == {
        "T10", "CLAV", "STRN", "LFHD", "RFHD", "LBHD", "RBHD", "LFIN", "RFIN"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("named", "theirs", "ours"),
    [
        ("cast-ior", "R_FLE", "r_knee"),
        ("cast-ior", "LIAS", "L.ASIS"),
        ("helen-hayes", "r_knee_lat", "r_knee"),
        ("helen-hayes", "L.Heel", "L_calc"),
        ("opencap", "Subject:R.asis", "r.ASIS"),
    ],
)
def test_spellings(named: str, theirs: str, ours: str) -> None:
    assert marker_map(named).applied_to([theirs]) == {theirs: ours}


@pytest.mark.parametrize("name", sorted(built_in_maps()))
def test_built_in_maps_name_markers_of_the_set_and_keep_left_and_right(name: str) -> None:
    spellings = built_in_maps()[name].spellings
    assert set(spellings) <= {*TRACKED, "L_sh4"}
    for ours, theirs in spellings.items():
        if ours != "C7":
            assert {each[0].upper() for each in theirs} == {ours[0].upper()}, ours


@pytest.mark.parametrize("name", sorted(built_in_maps()))
def test_no_spelling_stands_for_two_markers(name: str) -> None:
    every = [each.lower() for theirs in built_in_maps()[name].spellings.values() for each in theirs]
    assert len(every) == len(set(every))


def test_unknown_names_are_refused_with_the_map_that_fits_best() -> None:
    names = tuple(f"Anna:{name}" for name in PLUG_IN_GAIT)
    with pytest.raises(NameNotFoundError) as caught:
        require_known(names, tuple(TRACKED), BODIES, "walk")
    said = str(caught.value)
    assert "the model knows 0 of 49 tracked markers" in said
    assert "none on calcn, femur, pelvis, tibia" in said
    assert "--map plug-in-gait would give 25 of 49 tracked markers;" not in said
    assert "--map plug-in-gait would give 25 of 49 tracked markers" in said


def test_a_part_of_the_legs_without_markers_is_refused_though_most_are_known() -> None:
    without_feet = [name for name in TRACKED if BODIES.get(name) != "calcn"]
    with pytest.raises(NameNotFoundError, match="none on calcn"):
        require_known(without_feet, tuple(TRACKED), BODIES, "walk")
    assert require_known(tuple(TRACKED), tuple(TRACKED), BODIES, "walk").share == 1.0
    assert coverage(without_feet, tuple(TRACKED)).enough  # the share alone would let it pass


def test_a_map_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text('[markers]\n"r.ASIS" = "RightHipBone"\n', "utf-8")
    assert marker_map(str(path)).applied_to(["righthipbone"]) == {"righthipbone": "r.ASIS"}
    path.write_text("[maps]\n", "utf-8")
    with pytest.raises(FileFormatError, match=r"no table \[markers\]"):
        marker_map(str(path))
    path.write_text('[markers]\n"r.ASIS" = 3\n', "utf-8")
    with pytest.raises(FileFormatError, match=r"r\.ASIS must be a name"):
        marker_map(str(path))
    with pytest.raises(NameNotFoundError, match="plug-in-gait"):
        marker_map("plugingait2")


def test_a_map_that_knows_nothing_is_an_error() -> None:
    with pytest.raises(NameNotFoundError, match="knows none of the markers: A"):
        renamed(recording(("A", "B")), marker_map("opencap"))


def test_optical_and_augmented_markers_match() -> None:
    one, other, told = matched(recording(OPTICAL_MARKERS), recording(ANATOMICAL_MARKERS))
    assert one.names == other.names == OPTICAL_MARKERS
    assert np.array_equal(one.positions, other.positions)
    assert "r_knee=r_knee_study" in told
    with pytest.raises(ValueRangeError, match="share no marker"):
        matched(recording(OPTICAL_MARKERS), recording(("RHip", "RKnee")))
