from __future__ import annotations

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.colors import to_rgb

from kinebench.reports.player.colours import DARK, LEVELS, LIGHT, colour_rules, level_of


def luminance(colour: str) -> float:
    channels = np.array(to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("colours", "places"),
    [(LIGHT, np.linspace(0.97, 0.22, LEVELS)), (DARK, np.linspace(0.2, 0.98, LEVELS))],
)
def test_they_are_those_of_magma(colours: tuple[str, ...], places: np.ndarray) -> None:
    expected = colormaps["magma"](places)[:, :3]
    found = np.array([to_rgb(colour) for colour in colours])
    assert np.abs(found - expected).max() < 0.02


@pytest.mark.parametrize(("colours", "ground"), [(LIGHT, "#ffffff"), (DARK, "#16181b")])
def test_more_error_stands_out_more(colours: tuple[str, ...], ground: str) -> None:
    steps = np.diff([contrast(colour, ground) for colour in colours])
    assert (steps > 0).all()
    assert contrast(colours[0], ground) < 1.7
    assert contrast(colours[-1], ground) > 10


def test_levels() -> None:
    assert [level_of(error, 10.0) for error in (0.0, 5.0, 10.0, 99.0, -1.0)] == [0, 16, 31, 31, 0]
    assert level_of(float("nan"), 10.0) == -1


def test_every_level_has_its_rule() -> None:
    rules = colour_rules(LIGHT)
    assert rules.count("{fill:#") == LEVELS
    assert f".player .e31{{fill:{LIGHT[31]}}}" in rules
