"""On which part of a static trial was a model scaled? Its scale factors tell."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.markers import Markers
from kinebench.core.model import Document, Model
from kinebench.errors import ScalingError
from kinebench.scaling.lean_model import lean_template
from kinebench.scaling.recipe import TIME_DECIMALS, body_factors, read_recipe
from kinebench.scaling.window import GivenWindow

_LONGEST_S = 2.0  # OpenCap's own rule looks for 1 s


def window_of_factors(
    setup: Document,
    marker_set: Document | None,
    generic: Model,
    static: Markers,
    published: Mapping[str, tuple[float, float, float]],
) -> tuple[GivenWindow, float]:
    """The window whose scale factors are nearest to published ones, and how near they are.

    A factor is a mean over frames, so those of single frames give those of every window of two
    frames or more.

    Parameters
    ----------
    setup : Document
        ScaleTool set-up.
    marker_set : Document, optional
    generic : Model
    static : Markers
        Those on which the model was scaled.
    published : mapping of str to (float, float, float)
        Scale factors of its bodies.

    Returns
    -------
    GivenWindow, float
        And the largest relative difference between a factor and the published one.

    Raises
    ------
    ScalingError
        When nothing can be compared.
    """
    template = lean_template(generic, marker_set)
    bodies = tuple(name for name in template.bodies if name in published)
    if not bodies or static.n_frames < 2:
        raise ScalingError(
            f"no static window to be found: {len(bodies)} bodies to compare,"
            f" {static.n_frames} frames"
        )
    recipe = read_recipe(setup)
    frames = []
    # as in the file through which ScaleTool gets them: else a range reaches one frame beyond
    times = np.round(static.times, TIME_DECIMALS).tolist()
    for time in times:
        factors = body_factors(recipe, bodies, template.places, static, (time, time))
        frames.append([factors[name] for name in bodies])
    ratios = np.array(frames) / np.array([published[name] for name in bodies])
    first, last, misfit = _nearest_to_one(ratios.reshape(static.n_frames, -1), static.rate_hz)
    return GivenWindow(times[first], times[last]), misfit


def _nearest_to_one(ratios: FloatArray, rate_hz: float) -> tuple[int, int, float]:
    """First and last row whose mean (n_ratios,) is nearest to one, and its largest distance."""
    n_frames = len(ratios)
    sums = np.concatenate([np.zeros((1, ratios.shape[1])), np.cumsum(ratios, axis=0)])
    best = (0, n_frames - 1, np.inf)
    for length in range(2, min(n_frames, round(_LONGEST_S * rate_hz) + 1) + 1):
        means = (sums[length:] - sums[:-length]) / length
        misfits = np.abs(means - 1).max(axis=1)
        start = int(np.argmin(misfits))
        if misfits[start] < best[2]:
            best = (start, start + length - 1, float(misfits[start]))
    return best
