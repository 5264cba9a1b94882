"""Virtual subjects: true factors, files, and the spread of a population."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kinebench.errors import FileFormatError, ValueRangeError
from kinebench.kinematics import marker_positions, read_tree
from kinebench.lab.body import generic_body
from kinebench.lab.population import Population
from kinebench.lab.seeds import generator
from kinebench.lab.subjects import VirtualSubject, read_subjects, write_subjects
from kinebench.osim.edits import body_scale_factors

ADULTS = Population()
PEOPLE = ADULTS.subjects(120)


def test_factors_are_height_times_ratio_and_are_those_of_the_model() -> None:
    person = VirtualSubject("a", "female", 1.53, 50.0, thigh_r=1.02, foot=0.9)
    factors = person.scale_factors()
    assert factors["femur_r"] == pytest.approx((0.9 * 1.02,) * 3)
    assert factors["toes_l"] == pytest.approx((0.9 * 0.9,) * 3)
    assert factors["hand_r"] == pytest.approx((0.9,) * 3)
    assert body_scale_factors(person.body().model) == factors


def test_the_average_person_is_the_generic_body() -> None:
    person = VirtualSubject("average", "male", 1.70, 70.0)
    one, other = person.body().tree, generic_body().tree
    q = one.defaults
    np.testing.assert_allclose(marker_positions(one, q), marker_positions(other, q), atol=1e-12)
    assert person.as_subject().mass_kg == 70.0


def test_marker_shifts_move_markers_but_no_joint() -> None:
    person = VirtualSubject("a", "male", 1.7, 70.0, marker_shifts=(("C7_study", (0.0, 0.01, 0.0)),))
    tree = person.body().tree
    moved = marker_positions(tree, tree.defaults) - marker_positions(
        generic_body().tree, tree.defaults
    )
    index = tree.marker_names.index("C7_study")
    np.testing.assert_allclose(moved[index], [0, 0.01, 0], atol=1e-12)
    assert np.abs(np.delete(moved, index, axis=0)).max() < 1e-12


def test_leg_length_difference_is_what_was_drawn() -> None:
    pairs = []
    for person in PEOPLE[:20]:
        tree = person.body().tree
        at = dict(zip(tree.marker_names, marker_positions(tree, tree.defaults), strict=True))
        pairs.append(at["LAnkle"][1] - at["RAnkle"][1])
    both = generic_body().tree
    height = both.defaults[both.coordinate_index("pelvis_ty")]
    assert height > 0
    assert 0.003 < np.std(pairs) < 0.011
    level = Population(leg_difference_m=0.0).subject(3)
    assert level.thigh_r == level.thigh_l


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sex": "unknown"}, "'male' or 'female'"),
        ({"foot": 0.0}, "foot must be a number above 0"),
        ({"height_m": float("nan")}, "height_m"),
        ({"marker_shifts": (("C7_study", (0.0, 1.0)),)}, "three numbers"),
    ],
)
def test_illegal_subjects(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueRangeError, match=message):
        replace(PEOPLE[0], **change)  # type: ignore[arg-type]


def test_a_file_gives_back_equal_subjects(tmp_path: Path) -> None:
    path = tmp_path / "people.json"
    write_subjects(path, PEOPLE[:5])
    assert read_subjects(path) == PEOPLE[:5]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("kinebench virtual subjects 1", "something else", "no virtual subjects"),
        ('"sex"', '"sexx"', "did you mean 'sex'"),
        ('"height_m": 1', '"height_m": -1', "height_m must be"),
        ("{", "", "cannot read people.json"),
        ('"subjects": [', '"subjects": 3, "rest": [', "must be a list"),
        ('"subjects": [', '"subjects": ["x", ', "number 1: must be a table"),
        ('"height_m": 1', '"height_m": ' + "9" * 400 + "1", "a number is inf"),
        ('"height_m": 1', '"height_m": 10', "height_m must be 0.3 to 2.8"),
        ('"mass_kg": ', '"mass_kg": 1e-300, "trunk": ', "mass_kg must be 1 to 700"),
        ('"identifier": ', '"identifier": [], "sex": ', "subject name must be text"),
        ('"marker_shifts": [', '"marker_shifts": [[1, 2], ', "subjects"),
    ],
)
def test_damaged_files_say_what_is_wrong(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "people.json"
    write_subjects(path, PEOPLE[:1])
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(FileFormatError, match=message):
        read_subjects(path)


def test_subjects_do_not_depend_on_each_other() -> None:
    assert ADULTS.subjects(3)[2] == ADULTS.subject(3) == PEOPLE[2]
    assert Population(name="others").subject(3) != PEOPLE[2]
    # a spread that changes moves nothing else
    changed = Population(foot_spread=0.1).subject(3)
    assert replace(changed, foot=PEOPLE[2].foot) == PEOPLE[2]


def test_the_population_is_as_published() -> None:
    men = [p for p in PEOPLE if p.sex == "male"]
    women = [p for p in PEOPLE if p.sex == "female"]
    assert 0.35 < len(women) / len(PEOPLE) < 0.65
    assert np.mean([p.height_m for p in men]) == pytest.approx(1.756, abs=0.03)
    assert np.mean([p.height_m for p in women]) == pytest.approx(1.629, abs=0.03)
    assert np.std([p.height_m for p in men]) == pytest.approx(0.069, rel=0.3)
    bmi = [p.mass_kg / p.height_m**2 for p in PEOPLE]
    assert 18 < min(bmi) < max(bmi) < 34
    # women's pelves are wider, at equal height
    assert np.mean([p.pelvis for p in women]) > 1.02 > 0.99 > np.mean([p.pelvis for p in men])
    shifts = np.array([shift for p in PEOPLE[:40] for _, shift in p.marker_shifts])
    clusters = np.array(["_thigh" in n or ("_sh" in n and "shoulder" not in n)
                         for p in PEOPLE[:40] for n, _ in p.marker_shifts])  # fmt: skip
    assert np.std(shifts[~clusters]) == pytest.approx(0.005, rel=0.1)
    assert np.std(shifts[clusters]) == pytest.approx(0.010, rel=0.1)


def test_without_spread_everybody_is_average() -> None:
    still = Population(
        women=0.0, pelvis_spread=0, trunk_spread=0, leg_spread=0, foot_spread=0, arm_spread=0,
        leg_difference_m=0, marker_spread_m=0, cluster_spread_m=0,
    ).subject(1)  # fmt: skip
    assert still.marker_shifts == ()
    assert still.sex == "male"
    assert still.pelvis == pytest.approx(0.966, abs=0.01)
    assert read_tree(still.body().model).marker_names == generic_body().marker_names


@pytest.mark.parametrize("change", [{"women": 1.5}, {"foot_spread": -0.1}, {"bmi": float("nan")}])
def test_illegal_populations(change: dict[str, float]) -> None:
    with pytest.raises(ValueRangeError):
        Population(**change)  # type: ignore[arg-type]


def test_seeds_come_from_names() -> None:
    assert generator("a", 1).uniform() == generator("a", 1).uniform()
    assert generator("a", 1).uniform() != generator("a", 2).uniform()
    # a golden number: other seeds would change every stored result
    assert generator("a", 1).integers(1000) == 589
