"""Is it the same trial of the same person? What the clock and both models' sizes say.

Somebody else who does the same movement passes every check of correlation: squats are like squats.
Two things still tell. Both recordings of one trial keep their lag from stretch to stretch, whatever
is wrong with their angles, while two trials have two tempos; and two people have two lengths of
thigh and shank. ``python -m benchmarks.same_trial`` chose and judged both limits.
"""

from __future__ import annotations

import math

import numpy as np

from kinebench.alignment.clock import Clock
from kinebench.core.model import Model
from kinebench.quality.model import leg_lengths
from kinebench.remarks import Remark

_SHAPE, _WANDER, _CONSTANT = -2.5, 5.1, 31.7
"""Log odds of another trial, from Fisher's z of the correlation and the logarithm of the wander
(s): logistic regression on 40 virtual people's squats, sit-to-stands, walks and jumps, motions and
markers alike."""

_MOST_ODDS = 1.0
"""Of those people's own pairs 2 % lie above it."""

_MOST_SIZE = 0.05
"""Root mean square of the relative differences of thighs and shanks. Video scales them with an
error of 3 to 4 %; people differ by 6 %."""

RATES = {"another trial": (95, 2), "another body": (73, 4)}
"""What is refused or told so of pairs of two people's trials, and what is told of one trial, in %
of virtual people who chose nothing: `reports/same-trial.md`; the second of what is not refused.
Its false alarms are 0 of 24 people there, and 2 of 24 in a first round."""


def _rates(code: str) -> str:
    hits, alarms = RATES[code]
    return f"of virtual people {hits} % of others' trials are found so, and {alarms} % of their own"


def trial_odds(clock: Clock) -> float:
    """Log odds that the recordings are of two trials; NaN where they are too short to tell."""
    if clock.wander_s is None:
        return math.nan
    # 0.1 ms and a correlation of 0.9999 are what noise leaves of identical recordings
    z = math.atanh(min(clock.signals[0].correlation, 0.9999))
    return _SHAPE * z + _WANDER * math.log(max(clock.wander_s, 1e-4)) + _CONSTANT


def size_difference(reference: Model, estimate: Model) -> float:
    """Root mean square of ln(estimate / reference) of thighs and shanks; NaN of other models."""
    one, other = leg_lengths(reference), leg_lengths(estimate)
    ratios = [math.log(other[name] / one[name]) for name in one.keys() & other.keys()]
    return float(np.sqrt(np.mean(np.square(ratios)))) if ratios else math.nan


def doubts(
    clock: Clock, reference: Model | None = None, estimate: Model | None = None
) -> tuple[Remark, ...]:
    """What speaks against the clock, and against one trial of one person.

    Parameters
    ----------
    clock : Clock
    reference, estimate : Model, optional
        Scaled ones, where both are known.
    """
    told = []
    if clock.doubts and not clock.given:
        told.append(
            Remark(
                "uncertain clock",
                "warning",
                f"confidence in the video's clock is low: at {clock.lag_s:+.3f} s,"
                f" {'; '.join(clock.doubts)}",
                advice="look at the waveforms, or state the lag with --lag",
            )
        )
    if trial_odds(clock) > _MOST_ODDS:
        assert clock.wander_s is not None
        told.append(
            Remark(
                "another trial",
                "warning",
                "this may be another trial, or another person's, of the same movement: the lag"
                f" wanders by {clock.wander_s * 1e3:.0f} ms from stretch to stretch with"
                f" {clock.signals[0].name} correlating by {clock.signals[0].correlation:.3f}",
                advice=f"{_rates('another trial')}; look up which files belong together",
            )
        )
    apart = size_difference(reference, estimate) if reference and estimate else math.nan
    if apart > _MOST_SIZE:
        told.append(
            Remark(
                "another body",
                "warning",
                "the two models' thighs and shanks differ by"
                f" {100 * apart:.0f} % (root mean square)",
                advice=f"{_rates('another body')}; is it the same person?",
            )
        )
    return tuple(told)
