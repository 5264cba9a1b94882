"""A figure in one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kinebench.api.options import PathLike
from kinebench.api.results import ComparisonResult
from kinebench.core.markers import Markers
from kinebench.core.motion import Motion
from kinebench.core.results import IKSolution, PipelineRun
from kinebench.errors import ValueRangeError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from kinebench.pipeline.run_result import RunResult

_ENDINGS = (".svg", ".pdf", ".png")
_DOTS_PER_INCH = 300  # what journals ask of pixels


@dataclass(frozen=True, slots=True, eq=False)
class Plot:
    """A drawn figure: a notebook shows it, `save` writes it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    """

    figure: Figure

    def save(self, path: PathLike) -> None:
        """Write SVG, PDF or PNG (300 dots per inch), whole or not at all."""
        from kinebench.io.atomic import atomic_path, write_atomically
        from kinebench.reports.figures.style import as_svg, styled

        place = Path(path)
        ending = place.suffix.lower()
        if ending not in _ENDINGS:
            raise ValueRangeError(
                f"{place.name}: a figure is saved as {', '.join(_ENDINGS)}, not '{ending}'"
            )
        if ending == ".svg":
            write_atomically(place, as_svg(self.figure))
            return
        with atomic_path(place) as scratch, styled():
            self.figure.savefig(scratch, format=ending[1:], dpi=_DOTS_PER_INCH)

    def _repr_svg_(self) -> str:
        from kinebench.reports.figures.style import as_svg

        return as_svg(self.figure)


def plot(
    what: Motion | Markers | IKSolution | PipelineRun | RunResult | ComparisonResult,
    path: PathLike | None = None,
    *,
    names: Sequence[str] | None = None,
) -> Plot:
    """Draw a recording or result over time, and save it where a path is given.

    Parameters
    ----------
    what : Motion, Markers or a result
        A motion: right and left together, in ° and mm; of `kb.run` with its 95 % band. Markers: x,
        y and z in m. Of `kb.compare`: reference and estimate of its first pair.
    path : path, optional
        .svg, .pdf or .png.
    names : sequence of str, optional
        Coordinates or markers; by default all.

    Examples
    --------
    >>> import kinebench as kb
    >>> trial = kb.virtual_trial("one squat")
    >>> _ = kb.plot(trial.reference_motion, "knees.svg", names=["knee_angle_r", "knee_angle_l"])
    """
    drawn = Plot(_figure(what, names))
    if path is not None:
        drawn.save(path)
    return drawn


def _figure(what: object, names: Sequence[str] | None) -> Figure:
    from kinebench.pipeline.run_result import RunResult
    from kinebench.reports.figures.courses import markers_figure, motion_figure

    if isinstance(what, Motion):
        return motion_figure(what, names)
    if isinstance(what, Markers):
        return markers_figure(what, names)
    if isinstance(what, RunResult):
        return motion_figure(what.motion, names, what.standard_error)
    if isinstance(what, IKSolution | PipelineRun):
        return motion_figure(what.motion, names)
    if isinstance(what, ComparisonResult):
        return _of_comparison(what, names)
    raise ValueRangeError(
        f"a Motion, Markers, or a result of kb.run, kb.solve or kb.compare can be drawn, found"
        f" {type(what).__name__}"
    )


def _of_comparison(result: ComparisonResult, names: Sequence[str] | None) -> Figure:
    from kinebench.comparison import Comparison
    from kinebench.reports.figures.waveforms import waveform_figure

    found = result.comparison
    pair = (found if isinstance(found, Comparison) else next(iter(found.methods.values()))).pairs[0]
    if not (isinstance(pair.reference, Motion) and isinstance(pair.estimate, Motion)):
        raise ValueRangeError("of a comparison only motions can be drawn; draw the markers")
    bars = pair.standard_error
    return waveform_figure(pair.reference, pair.estimate, names, standard_error=bars)
