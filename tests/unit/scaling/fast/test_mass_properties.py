"""Masses and inertias of scaled bodies."""

from __future__ import annotations

import numpy as np
import pytest

from kinebench.scaling.mass_properties import MassProperties, scaled_mass_properties


def cylinder(mass: float, radius: float, length: float, axis: int) -> MassProperties:
    moments = np.full(3, mass * (length**2 / 12 + radius**2 / 4))
    moments[axis] = mass * radius**2 / 2
    return MassProperties(mass, (*moments, 0.0, 0.0, 0.0))


@pytest.mark.parametrize("with_volume", [True, False])
def test_equal_factors_scale_every_moment(with_volume: bool) -> None:
    body = MassProperties(3.0, (0.3, 0.2, 0.4, 0.01, -0.02, 0.03))
    scaled = body.scaled((1.2, 1.2, 1.2), with_volume)
    volume = 1.2**3 if with_volume else 1.0
    assert scaled.mass_kg == pytest.approx(3.0 * volume)
    assert scaled.inertia == pytest.approx(np.array(body.inertia) * volume * 1.44)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("with_volume", [True, False])
def test_a_cylinder_stays_one(axis: int, with_volume: bool) -> None:
    factors = [1.1, 1.1, 1.1]
    factors[axis] = 0.8
    scaled = cylinder(2.0, 0.05, 0.4, axis).scaled(
        (factors[0], factors[1], factors[2]), with_volume
    )
    mass = 2.0 * (1.1 * 1.1 * 0.8 if with_volume else 1.0)
    expected = cylinder(mass, 0.05 * 1.1, 0.4 * 0.8, axis)
    assert scaled.mass_kg == pytest.approx(expected.mass_kg)
    assert scaled.inertia == pytest.approx(expected.inertia)


def test_products_of_inertia_follow_their_axes() -> None:
    body = MassProperties(2.0, (0.1, 0.2, 0.2, 0.01, 0.02, 0.03))
    products = body.scaled((1.0, 2.0, 3.0), False).inertia[3:]
    assert products == pytest.approx((0.01 * 2, 0.02 * 3, 0.03 * 6))


def test_a_mirrored_body_keeps_a_positive_mass() -> None:
    assert cylinder(2.0, 0.05, 0.4, 1).scaled((1.0, 1.5, -1.0), True).mass_kg == 3.0


def test_a_flat_body_has_no_length() -> None:
    # less across than a disc of that radius has: no cylinder, whose length would be imaginary
    scaled = MassProperties(1.0, (0.1, 0.1, 0.3, 0, 0, 0)).scaled((1.0, 2.0, 1.0), False)
    assert np.isfinite(scaled.inertia).all()


def test_a_massless_body_has_no_inertia() -> None:
    assert MassProperties(0.0, (1.0,) * 6).scaled((1.0, 2.0, 1.0), True).inertia == (0.0,) * 6


def test_total_mass_is_reached_with_shares_kept() -> None:
    generic = {"a": cylinder(2.0, 0.05, 0.4, 0), "b": cylinder(6.0, 0.05, 0.4, 1)}
    factors = {"a": (2.0, 2.0, 2.0), "b": (1.0, 1.0, 1.0)}
    kept = scaled_mass_properties(generic, factors, 16.0, True)
    assert (kept["a"].mass_kg, kept["b"].mass_kg) == pytest.approx((4.0, 12.0))
    assert kept["b"].inertia == pytest.approx(np.array(generic["b"].inertia) * 2)
    grown = scaled_mass_properties(generic, factors, 11.0, False)
    assert (grown["a"].mass_kg, grown["b"].mass_kg) == pytest.approx((8.0, 3.0))


def test_without_a_total_masses_stay() -> None:
    generic = {"a": cylinder(2.0, 0.05, 0.4, 0)}
    scaled = scaled_mass_properties(generic, {"a": (1.0, 1.0, 1.0)}, 0.0, True)
    assert scaled["a"] == generic["a"]
