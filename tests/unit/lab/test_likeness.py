from __future__ import annotations

from dataclasses import replace

import pytest

from kinebench.lab import Population, VirtualSubject, generic_body
from kinebench.lab.likeness import person_like

LIMBS = ("trunk", "thigh_r", "thigh_l", "shank_r", "shank_l", "foot", "upper_arm", "forearm")


@pytest.mark.parametrize("index", [0, 3, 8])
def test_a_person_is_found_again_in_the_own_model(index: int) -> None:
    """Up to the one freedom there is: height and proportions change together."""
    person = replace(Population().subject(index), pelvis=1.0, marker_shifts=())
    body = generic_body()
    found = person_like(person.body(body).model, "again", body)
    for limb in LIMBS:
        size = getattr(person, limb) * person.height_m
        # thighs end at the joint centres, which move by some mm where sides differ
        assert getattr(found, limb) * found.height_m == pytest.approx(size, rel=2e-3), limb
    assert found.mass_kg == pytest.approx(person.mass_kg, rel=1e-6)


def test_average_legs_tell_the_height() -> None:
    person = VirtualSubject("tall", "female", 1.91, 80.0)
    found = person_like(person.body().model, "again", generic_body())
    assert found.height_m == pytest.approx(1.91)
    assert found.thigh_r == pytest.approx(1.0)
