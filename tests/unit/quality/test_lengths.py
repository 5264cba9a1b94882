"""Where a segment changes its length, the keypoint that is off is named when lengths tell."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from kinebench.core.markers import Markers
from kinebench.core.subject import Subject
from kinebench.lab import Population, generic_body, record
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.motions import Squat
from kinebench.quality import Evidence
from kinebench.quality.anatomy import _spoken, lengths_over_time, sides, static_against_trial

SUBJECT = Subject(70.0, 1.75)
LEG = {"RHip": (0.0, 0.9, 0.1), "RKnee": (0.0, 0.5, 0.1), "RAnkle": (0.0, 0.1, 0.1)}
ARM = {"LShoulder": (0.0, 1.4, -0.2), "LElbow": (0.0, 1.1, -0.2), "LWrist": (0.0, 0.8, -0.2)}
STRETCH = slice(40, 80)
JOINTS = ["Hip", "Knee", "Ankle", "Shoulder", "Elbow", "Wrist"]


def standing(**off: tuple[float, float, float]) -> Markers:
    """Two seconds in which nothing moves but what is put off for 0.7 s."""
    places = {**LEG, **ARM}
    positions = np.tile(np.array(list(places.values())), (120, 1, 1))
    bump = np.sin(np.pi * np.arange(40) / 40)[:, None]
    for name, by in off.items():
        positions[STRETCH, list(places).index(name)] += bump * np.array(by)
    return Markers(tuple(places), np.arange(120) / 60, positions)


def advice(recording: Markers) -> dict[str, str]:
    found = lengths_over_time(recording, SUBJECT)
    assert found is not None
    return {finding.where[0]: finding.advice for finding in found}


def test_a_thigh_alone_is_the_hip_s() -> None:
    (name, told), *more = advice(standing(RHip=(0.0, -0.15, 0.0))).items()
    assert (name, more) == ("right thigh", [])
    assert told.endswith(
        "there, probably the right hip: what else ends at the right knee keeps its length"
    )


@pytest.mark.parametrize(
    ("keypoint", "by", "segments"),
    [
        ("RKnee", (0.0, 0.14, 0.0), {"right thigh", "right shank"}),
        ("RAnkle", (0.0, 0.15, 0.0), {"right shank"}),
        ("LElbow", (0.0, 0.20, 0.0), {"left upper arm", "left forearm"}),
        ("LWrist", (0.0, 0.20, 0.0), {"left forearm"}),
        ("LShoulder", (0.0, 0.20, 0.0), {"left upper arm"}),
    ],
)
def test_the_end_that_segments_share_or_that_is_left(
    keypoint: str, by: tuple[float, float, float], segments: set[str]
) -> None:
    found = advice(standing(**{keypoint: by}))
    assert set(found) == segments
    assert all(f"probably {_spoken(keypoint)}: " in told for told in found.values())


def test_nothing_is_named_where_lengths_do_not_tell() -> None:
    # both ends of the thigh go apart, and the ankle with the knee: no neighbour speaks
    found = advice(standing(RHip=(0.0, 0.08, 0.0), RKnee=(0.0, -0.08, 0.0), RAnkle=(0, -0.05, 0)))
    assert "probably" not in found["right thigh"]
    alone = standing(RHip=(0.0, -0.15, 0.0)).select(["RHip", "RKnee"])
    assert advice(alone) == {"right thigh": "keypoints are lost or taken for others there"}


def test_nothing_is_found_where_nobody_is_put_off() -> None:
    assert advice(standing()) == {}


@pytest.mark.parametrize(
    ("name", "said"), [("RHip", "the right hip"), ("LBigToe", "the left big toe")]
)
def test_keypoints_are_spoken_of_as_people_do(name: str, said: str) -> None:
    assert _spoken(name) == said


def test_on_virtual_people_before_phones_hardly_any_is_named_wrongly() -> None:
    numbers, counts = np.random.default_rng(5), Counter[str]()
    for number in (3, 4):
        person = Population("lengths", leg_difference_m=0.0).subject(number)
        trial = record(person, Squat(repetitions=1), two_phones(), 60.0, ("t",), generic_body())
        seen = trial.keypoints
        if advice(seen):
            continue
        for _ in range(100):
            name = numbers.choice(["R", "L"]) + numbers.choice(JOINTS)
            by = numbers.normal(size=3)
            by *= numbers.uniform(0.08, 0.3) / np.linalg.norm(by)
            positions = np.array(seen.positions)
            bump = np.sin(np.pi * np.linspace(0, 1, 50))[:, None]
            start = numbers.integers(0, len(positions) - 50)
            positions[start : start + 50, seen.names.index(name)] += bump * by
            for told in advice(seen.with_positions(positions)).values():
                right = f"probably {_spoken(name)}: " in told
                counts["right" if right else "wrong" if "probably" in told else "none"] += 1
    assert counts["right"] > 40
    assert counts["wrong"] <= 0.15 * (counts["right"] + counts["wrong"])


def marching(shortened: float, longer: float = 0.0, lifted: slice = slice(30, 120)) -> Markers:
    """The right thigh is held forwards for most of two seconds, and is seen shorter there.

    It may be longer by another factor throughout.
    """
    places = {**LEG, **{f"L{name[1:]}": (x, y, -z) for name, (x, y, z) in LEG.items()}}
    positions = np.tile(np.array(list(places.values())), (120, 1, 1))
    thigh = np.tile([0.0, -0.4 * (1 + longer), 0.0], (120, 1))
    thigh[lifted] = [0.4 * (1 + longer) * (1 - shortened), 0.0, 0.0]
    positions[:, 1] = positions[:, 0] + thigh
    positions[:, 2] = positions[:, 1] - np.array([0.0, 0.4, 0.0])
    return Markers(tuple(places), np.arange(120) / 60, positions)


STANDING = marching(0.0, lifted=slice(0, 0))


def told_of(recording: Markers) -> tuple[list[str], list[str]]:
    """Of the sides and of the static trial."""
    one = sides(recording, SUBJECT)
    other = static_against_trial(Evidence(SUBJECT, recording, STANDING))
    assert one is not None
    assert other is not None
    return [finding.message for finding in one], [finding.message for finding in other]


def test_a_thigh_that_shortens_as_it_is_lifted_is_as_long_as_the_other() -> None:
    assert told_of(marching(0.3)) == ([], [])


def test_a_thigh_that_is_longer_throughout_is_told_of_though_it_is_lifted() -> None:
    # at rest 0.4 * 1.4 against 0.4 m; lifted 0.39 m, as the left
    of_sides, of_static = told_of(marching(0.3, longer=0.4))
    assert of_sides == ["the right thigh is 0.56 m long, the left 0.40 m"]
    assert "the right thigh is 0.56 m long in the movement, 0.40 m in the static trial" in of_static


def test_a_thigh_that_is_only_seen_where_it_is_lifted_is_judged_there() -> None:
    recording = marching(0.3)
    positions = np.array(recording.positions)
    positions[:30, 1] = np.nan
    of_sides, _ = told_of(recording.with_positions(positions))
    assert of_sides == ["the right thigh is 0.28 m long, the left 0.40 m"]


def test_a_person_who_is_never_seen_whole_is_judged_by_what_is_seen() -> None:
    gone = STANDING.with_positions(np.full_like(STANDING.positions, np.nan))
    assert list(sides(gone, SUBJECT) or ()) == []
    assert static_against_trial(Evidence(SUBJECT, gone, STANDING)) is None


def squatting(right: float, left: float) -> Markers:
    """Thighs that are seen shorter by these shares as the knees bend, twice in two seconds."""
    recording = marching(0.0, lifted=slice(0, 0))
    bent = np.sin(np.pi * np.arange(120) / 60) ** 4
    positions = np.array(recording.positions)
    for side, share in (("R", right), ("L", left)):
        positions[:, recording.names.index(f"{side}Hip"), 1] -= 0.4 * share * bent
    return recording.with_positions(positions)


def test_thighs_that_shorten_together_are_told_once() -> None:
    (found,) = list(lengths_over_time(squatting(0.32, 0.34), SUBJECT) or ())
    assert found.where == ("right thigh", "left thigh")
    # the low-pass takes 2 mm off the shortest, 0.264 m
    assert found.message.startswith("both thighs are 0.27 to 0.40 m long within the recording")
    assert "right and left change alike" in found.advice
    (start, end), *_ = found.spans_s
    assert 0.0 < start < 0.5 < end < 1.0


def test_thighs_that_shorten_by_turns_or_by_another_grade_are_told_one_by_one() -> None:
    together, later = squatting(0.32, 0.32), squatting(0.32, 0.0)
    positions = np.array(later.positions)
    left = later.names.index("LHip")
    positions[:, left] = np.roll(together.positions[:, left], 30, axis=0)
    by_turns = later.with_positions(positions)
    for recording in (by_turns, squatting(0.32, 0.6)):
        found = list(lengths_over_time(recording, SUBJECT) or ())
        assert sorted(one.where for one in found) == [("left thigh",), ("right thigh",)]
