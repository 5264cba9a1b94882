"""What recordings, bodies and people can be: one table of ranges, each with its source."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Range:
    """From the least to the most that is plausible, both included.

    Parameters
    ----------
    low, high : float
        In `unit`.
    unit : str
    source : str
        Why these limits.
    """

    low: float
    high: float
    unit: str
    source: str

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int | float) and self.low <= value <= self.high


PLAUSIBLE: Mapping[str, Range] = MappingProxyType(
    {
        "height": Range(
            0.5,
            2.6,
            "m",
            "a newborn at term measures 0.5 m; only the tallest known stood above 2.6 m",
        ),
        "body-mass index": Range(
            8.0,
            44.0,
            "kg/m²",
            "hardly anybody survives an index below 8; a mass in lb taken as kg has 2.2 times the"
            " true index, above 44 from 20 on",
        ),
        "height of anybody": Range(
            0.3, 3.0, "m", "shorter than any newborn at term; the tallest known stood 2.72 m"
        ),
        "body-mass index of anybody": Range(
            4.0, 300.0, "kg/m²", "the body-mass index of the heaviest known was about 250 kg/m²"
        ),
        "extent of a body over its height": Range(
            0.35,
            1.6,
            "1",
            "28 public recordings, of squats, jumps, walking and sitting down, have 0.67 to 0.88; a"
            " person curled up stays above 0.4, and nobody reaches 1.6",
        ),
        "time": Range(
            -60.0,
            1e7,
            "s",
            "a video put on the clock of another system begins seconds before that one's 0 (-1.3 s"
            " in a public recording): a minute is no such offset any more; beyond 1e7 s, four"
            " months, times are dates or counted in ms or µs",
        ),
        "time between frames": Range(
            1e-6, 3600.0, "s", "a million frames a second; one frame an hour"
        ),
        "sampling rate": Range(
            4.0, 2000.0, "Hz", "slower shows no movement; 60 Hz in minutes are 3600 a second"
        ),
        "frame interval over the usual one": Range(
            0.0,
            2.5,
            "1",
            "one dropped frame, twice the usual interval, is common, and an LSTM hardly notices",
        ),
        "distance of a marker": Range(0.0, 1e4, "m", "no camera sees 10 km"),
        "spread of all markers": Range(
            0.02, 50.0, "m", "a hand is larger than 0.02 m, a gait laboratory smaller than 50 m"
        ),
        "translation": Range(-100.0, 100.0, "m", "nobody walks farther within a laboratory's view"),
        "angle": Range(
            -8 * math.pi, 8 * math.pi, "rad", "four turns on the spot, counted without a break"
        ),
    }
)
"""By what is measured; outside of them a reader warns or refuses, and nothing is changed."""
