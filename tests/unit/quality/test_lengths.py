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
from kinebench.quality.anatomy import _spoken, lengths_over_time

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
