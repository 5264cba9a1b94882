"""Low-pass stages: fixed cut-off, and cut-offs that the recording suggests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from kinebench.cleaning.columns import filterable_positions
from kinebench.core.arrays import FloatArray
from kinebench.core.limits import Limit, require_within
from kinebench.core.markers import Markers
from kinebench.core.notation import Syntax
from kinebench.core.references import Reference
from kinebench.errors import ValueRangeError
from kinebench.signals.butterworth import butterworth, shortest_run
from kinebench.signals.cutoffs import (
    AutocorrelationCurve,
    ResidualCurve,
    autocorrelation_curve,
    cutoff_grid,
    filter_residuals,
    residual_curve,
)
from kinebench.signals.runs import ShortRuns

WINTER = Reference(
    "Winter DA (2009). Biomechanics and motor control of human movement, 4th edition. Wiley.",
    "10.1002/9780470549148",
)
_ROBERTSON = Reference(
    "Robertson DGE, Dowling JJ (2003). Design and responses of Butterworth and critically"
    " damped digital filters. Journal of Electromyography and Kinesiology 13(6): 569–573.",
    "10.1016/S1050-6411(03)00080-4",
)
_CHALLIS = Reference(
    "Challis JH (1999). A procedure for the automatic determination of filter cutoff"
    " frequency for the processing of biomechanical data. Journal of Applied Biomechanics"
    " 15(3): 303–317.",
    "10.1123/jab.15.3.303",
)

_Cutoffs = float | tuple[float, ...] | tuple[tuple[float, float, float], ...]
_Scope = Literal["axis", "marker", "common"]

_CUTOFF = Limit(0.01, 5_000, "Hz", "what people do lies between slow sway and impacts")
_STEEPEST = 20


@dataclass(frozen=True, slots=True)
class Butterworth:
    """Zero-lag Butterworth low-pass: one filter run forwards, then backwards.

    Parameters
    ----------
    cutoff_hz : float, or tuple per marker, or tuple of three per marker
        Cut-off of each pass, Hz; in the order of the markers.
    order : int
        **Of both passes together**, as the field counts: ``order=4`` runs a filter of order 2
        twice. Even. What other software calls a filter of order 4 run both ways is ``order=8``.
    corrected : bool
        Without it each pass has −3 dB at the cut-off and the result −6 dB, as in OpenCap and
        Pose2Sim; with it the result has −3 dB there.
    short_runs : {"raise", "keep"}
        What to do with runs between gaps that are not longer than the padding of
        3 (order / 2 + 1) frames: raise, or leave them unfiltered.

    Notes
    -----
    Gaps stay gaps, each run between them is filtered on its own; confidence is kept.

    Raises
    ------
    CleaningError
        On call: cut-off at or above Nyquist, run not longer than the padding, marker without any
        position.
    """

    title: ClassVar[str] = "a zero-lag Butterworth filter"
    syntax: ClassVar[tuple[Syntax, ...]] = (
        Syntax(
            "butterworth",
            "zero-lag low-pass; ORDER of both passes together, 4 by default",
            ("cutoff_hz", "order"),
            least=1,
        ),
    )
    citation: ClassVar[tuple[Reference, ...]] = (
        WINTER,
        _ROBERTSON,
    )

    limits: ClassVar[Mapping[str, Limit]] = {"cutoff_hz": _CUTOFF}

    cutoff_hz: _Cutoffs = 6.0
    order: int = 4
    corrected: bool = False
    short_runs: ShortRuns = "raise"

    def __post_init__(self) -> None:
        _require_even_order(self.order)
        require_within(self)

    def __call__(self, markers: Markers) -> Markers:
        what = f"a Butterworth filter of order {self.order} (two passes of {self.order // 2})"
        shortest = shortest_run(self.order // 2)
        positions = filterable_positions(markers, what, shortest, self.short_runs)
        filtered = butterworth(
            positions,
            markers.rate_hz,
            self._cutoffs(len(markers.names)),
            self.order // 2,
            self.corrected,
            self.short_runs,
        )
        return markers.with_positions(filtered)

    def _cutoffs(self, n_markers: int) -> FloatArray | float:
        cutoffs = np.asarray(self.cutoff_hz, dtype=np.float64)
        if cutoffs.ndim == 0:
            return float(cutoffs)
        if cutoffs.shape not in ((n_markers,), (n_markers, 3)):
            raise ValueRangeError(
                f"a Butterworth filter with cut-offs for {len(cutoffs)} markers met a recording"
                f" of {n_markers}; give one number, one per marker, or three per marker"
            )
        columns = cutoffs if cutoffs.ndim == 2 else cutoffs[:, None]
        return np.broadcast_to(columns, (n_markers, 3))


@dataclass(frozen=True, slots=True)
class ResidualAnalysis:
    """Butterworth low-pass whose cut-off comes from residual analysis after Winter.

    The RMS difference of raw and filtered positions is drawn over the cut-off; a line through its
    straight part estimates, where it meets 0 Hz, the RMS of the noise; the cut-off is where the
    curve has that value.

    Parameters
    ----------
    scope : {"axis", "marker", "common"}
        What shares a cut-off: nothing, the three axes of a marker, or all markers.
    fit_range : (float, float)
        Straight part of the curve, as fractions of the Nyquist frequency.
    order, corrected, short_runs
        As for `Butterworth`. With `corrected`, the cut-off found is that of both passes.

    Notes
    -----
    The method assumes white noise below and above the signal's band. Keypoints that were smoothed
    before have none at high frequencies: the noise is then underestimated and the cut-off high.

    Source: Winter (2009), Biomechanics and motor control of human movement, section 3.4.4.3.
    """

    title: ClassVar[str] = "a Butterworth filter with cut-offs by residual analysis"
    syntax: ClassVar[tuple[Syntax, ...]] = (
        Syntax("residual", "Butterworth, cut-off by residual analysis after Winter", ("scope",)),
    )
    citation: ClassVar[tuple[Reference, ...]] = (WINTER,)

    scope: _Scope = "axis"
    fit_range: tuple[float, float] = (0.4, 0.8)
    order: int = 4
    corrected: bool = False
    short_runs: ShortRuns = "raise"

    def __post_init__(self) -> None:
        _require_even_order(self.order)
        _require_scope(self.scope)
        low, high = self.fit_range
        if not 0 < low < high < 1:
            raise ValueRangeError(
                "fit_range of ResidualAnalysis must be two increasing fractions of Nyquist"
                f" between 0 and 1, found {self.fit_range}"
            )

    def __call__(self, markers: Markers) -> Markers:
        return self.resolve(markers)(markers)

    def resolve(self, markers: Markers) -> Butterworth:
        """The Butterworth filter with the cut-offs found on this recording."""
        cutoffs = _as_tuples(self.curve(markers).cutoff_hz)
        return Butterworth(cutoffs, self.order, self.corrected, self.short_runs)

    def curve(self, markers: Markers) -> ResidualCurve:
        """Residual curves, noise lines and cut-offs, for plotting.

        One per marker and axis (n_markers, 3), per marker (n_markers,), or a single one ().
        """
        residuals, tried = _residuals(self, markers, highest=max(0.95, self.fit_range[1]))
        nyquist = markers.rate_hz / 2
        fit_range_hz = (self.fit_range[0] * nyquist, self.fit_range[1] * nyquist)
        return residual_curve(residuals, tried, fit_range_hz, _pool(self.scope))


@dataclass(frozen=True, slots=True)
class Challis:
    """Butterworth low-pass whose residual is as close to white noise as can be.

    Parameters
    ----------
    scope : {"axis", "marker", "common"}
        What shares a cut-off: nothing, the three axes of a marker, or all markers.
    order, corrected, short_runs
        As for `Butterworth`.

    Notes
    -----
    Cut-offs are tried from 0.5 Hz to a quarter of the sampling rate, as the author did. Noise that
    is not white misleads the criterion.

    Source: Challis (1999), Journal of Applied Biomechanics 15, 303–317.
    """

    title: ClassVar[str] = "a Butterworth filter with cut-offs by autocorrelation"
    syntax: ClassVar[tuple[Syntax, ...]] = (
        Syntax("challis", "Butterworth, cut-off by autocorrelation after Challis", ("scope",)),
    )
    citation: ClassVar[tuple[Reference, ...]] = (_CHALLIS,)

    scope: _Scope = "axis"
    order: int = 4
    corrected: bool = False
    short_runs: ShortRuns = "raise"

    def __post_init__(self) -> None:
        _require_even_order(self.order)
        _require_scope(self.scope)

    def __call__(self, markers: Markers) -> Markers:
        return self.resolve(markers)(markers)

    def resolve(self, markers: Markers) -> Butterworth:
        """The Butterworth filter with the cut-offs found on this recording."""
        cutoffs = _as_tuples(self.curve(markers).cutoff_hz)
        return Butterworth(cutoffs, self.order, self.corrected, self.short_runs)

    def curve(self, markers: Markers) -> AutocorrelationCurve:
        """Scores over cut-offs, for plotting; shapes as in `ResidualAnalysis.curve`."""
        residuals, tried = _residuals(self, markers, highest=0.5)
        return autocorrelation_curve(residuals, tried, _pool(self.scope))


def _require_even_order(order: int) -> None:
    """Raise a `ValueRangeError` unless two passes can share the order."""
    if order < 2 or order % 2:
        raise ValueRangeError(
            "the order of a zero-lag Butterworth filter counts both passes and must be even:"
            f" 2, 4, 6, …; found {order}"
        )
    if order > _STEEPEST:
        raise ValueRangeError(
            f"the order of a Butterworth filter must be {_STEEPEST} or less, found {order}: steeper"
            " ones ring, and lose their precision"
        )


def _require_scope(scope: str) -> None:
    if scope not in ("axis", "marker", "common"):
        raise ValueRangeError(f"scope can be 'axis', 'marker' or 'common', found {scope!r}")


def _residuals(
    stage: ResidualAnalysis | Challis, markers: Markers, highest: float
) -> tuple[FloatArray, FloatArray]:
    """Residuals (n_cutoffs, n_frames, n_markers, 3) m and the cut-offs tried, Hz."""
    per_pass = stage.order // 2
    positions = filterable_positions(
        markers, f"{type(stage).__name__}", shortest_run(per_pass), stage.short_runs
    )
    tried = cutoff_grid(markers.rate_hz, highest)
    residuals = filter_residuals(
        positions, markers.rate_hz, tried, per_pass, stage.short_runs, stage.corrected
    )
    return residuals, tried


def _pool(scope: _Scope) -> tuple[int, ...]:
    return {"axis": (), "marker": (3,), "common": (2, 3)}[scope]


def _as_tuples(cutoffs: FloatArray) -> _Cutoffs:
    if cutoffs.ndim == 0:
        return float(cutoffs)
    if cutoffs.ndim == 1:
        return tuple(float(cutoff) for cutoff in cutoffs)
    return tuple((float(x), float(y), float(z)) for x, y, z in cutoffs)
