"""Time alignment: four policies, each a stage that says what it did.

``policy(reference, estimate) -> Aligned``: both on the reference's frames that both cover. The lag
is the lateness of the estimate's clock, ``estimate(t + lag) ≈ reference(t)``.

None of them is right by itself. Recordings with one clock need none; a lag that minimises the
error flatters the estimate, which is why `MinimiseLag` leaves a flag in the record.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from kinebench.alignment.clock import SAME_TRIAL
from kinebench.alignment.lags import curves_at_lag, error_of_lag, lag_signals, rival_lag
from kinebench.alignment.records import Aligned, AlignmentRecord, Recording
from kinebench.alignment.resampling import Interpolation, at_reference_times
from kinebench.errors import AlignmentError, ValueRangeError
from kinebench.signals.lag import correlation_at, lag_by_correlation

_CONTRADICTED = 0.1
"""So much better the angles follow one another at another lag than at one that they contradict: of
knees that move as a sine at 1 Hz, half a stride costs 2, and 0.05 s less than 0.05."""


@dataclass(frozen=True, slots=True)
class NoAlignment:
    """One clock: the overlap of the two, the estimate at the reference's times.

    Parameters
    ----------
    interpolation : {"cubic", "linear"}
    """

    interpolation: Interpolation = "cubic"
    policy: ClassVar[str] = "none"

    def __post_init__(self) -> None:
        _require_interpolation(self.interpolation)

    def __call__(self, reference: Recording, estimate: Recording) -> Aligned[Recording]:
        return _aligned(self, reference, estimate, 0.0)


@dataclass(frozen=True, slots=True)
class GivenLag:
    """A lag that a person or a file states.

    Parameters
    ----------
    lag_s : float
        Positive when the estimate is late.
    interpolation : {"cubic", "linear"}
    """

    lag_s: float
    interpolation: Interpolation = "cubic"
    policy: ClassVar[str] = "given"

    def __post_init__(self) -> None:
        _require_interpolation(self.interpolation)
        if not math.isfinite(self.lag_s):
            raise ValueRangeError(f"the lag must be a finite number of seconds, found {self.lag_s}")

    def __call__(self, reference: Recording, estimate: Recording) -> Aligned[Recording]:
        return _aligned(self, reference, estimate, self.lag_s)


@dataclass(frozen=True, slots=True)
class SignalLag:
    """The lag at which one signal correlates best, to a fraction of a frame.

    Parameters
    ----------
    signal : str, optional
        A coordinate, or a marker whose height is taken. By default ``pelvis_ty`` of motions, the
        mean speed of markers. A signal that tells the lag must not be scored.
    max_lag_s : float
        Largest lag that is tried, either way. In cyclic movement a lag of a whole cycle fits as
        well: keep it below half a cycle, or heed the flag.
    interpolation : {"cubic", "linear"}
    """

    signal: str | None = None
    max_lag_s: float = 1.0
    interpolation: Interpolation = "cubic"
    policy: ClassVar[str] = "signal"

    def __post_init__(self) -> None:
        _require_interpolation(self.interpolation)
        _require_reach(self.max_lag_s)

    def __call__(self, reference: Recording, estimate: Recording) -> Aligned[Recording]:
        rate_hz = max(reference.rate_hz, estimate.rate_hz)
        one, other, name = lag_signals(reference, estimate, self.signal, rate_hz)
        lag = lag_by_correlation(one, other, rate_hz, self.max_lag_s)
        correlation = correlation_at(one[:, None], other[:, None], lag * rate_hz)
        rival = rival_lag(one, other, rate_hz, self.max_lag_s, lag)
        flags = []
        if rival is not None:
            flags.append(f"ambiguous: a lag of {rival:.3f} s correlates nearly as well")
        if correlation < SAME_TRIAL:
            flags.append(f"doubtful: the signals correlate by {correlation:.2f} only")
        curves = curves_at_lag(reference, estimate, rate_hz, self.max_lag_s, lag)
        if curves is not None and curves.best_correlation - curves.correlation > _CONTRADICTED:
            flags.append(
                f"doubtful: at this lag, {lag:.3f} s, the angles correlate by"
                f" {curves.correlation:.2f}; at {curves.best_lag_s:.3f} s by"
                f" {curves.best_correlation:.2f}"
            )
        return _aligned(
            self, reference, estimate, lag, signal=name, correlation=correlation, flags=tuple(flags)
        )


@dataclass(frozen=True, slots=True)
class MinimiseLag:
    """The lag that minimises an error, as several published studies chose it.

    For replication: it forgives any delay of the estimate, and always leaves a flag. A comparison
    minimises the very figure that it reports (`of`).

    Parameters
    ----------
    max_lag_s : float
    error : {"rmse", "offset_removed_rmse"}
        Over all angles of motions, or all markers, that both have.
    interpolation : {"cubic", "linear"}
        Of the result; the search itself interpolates linearly.
    """

    max_lag_s: float = 0.5
    error: Literal["rmse", "offset_removed_rmse"] = "rmse"
    interpolation: Interpolation = "cubic"
    policy: ClassVar[str] = "minimise"

    def __post_init__(self) -> None:
        _require_interpolation(self.interpolation)
        _require_reach(self.max_lag_s)
        if self.error not in ("rmse", "offset_removed_rmse"):
            raise ValueRangeError(
                f"error must be 'rmse' or 'offset_removed_rmse', found {self.error!r}"
            )

    def __call__(self, reference: Recording, estimate: Recording) -> Aligned[Recording]:
        loss = error_of_lag(reference, estimate, self.error == "offset_removed_rmse")
        what = f"the error of all angles or markers that both have ({self.error})"
        return self.of(reference, estimate, loss, what)

    def of(
        self,
        reference: Recording,
        estimate: Recording,
        loss: Callable[[float], float],
        what: str,
    ) -> Aligned[Recording]:
        """The lag that minimises another loss than this policy's own.

        Parameters
        ----------
        reference, estimate : Motion or Markers
        loss : callable
            Of a lag, s; infinite where it cannot be had. The result is never above its value at
            any whole frame within `max_lag_s`.
        what : str
            What the loss is, for the flag.

        Raises
        ------
        AlignmentError
            No lag has a finite loss.
        """
        from scipy.optimize import minimize_scalar

        step = 1.0 / max(reference.rate_hz, estimate.rate_hz)
        reach = max(1, math.floor(self.max_lag_s / step + 1e-9))
        grid = step * np.arange(-reach, reach + 1)
        losses = np.array([loss(float(lag)) for lag in grid])
        if not np.isfinite(losses).any():
            raise AlignmentError(
                f"no lag within ±{self.max_lag_s:g} s makes half of the reference's frames overlap"
                f" with the estimate"
            )
        # of equal lags the smallest: two recordings at rest have no lag
        best = int(np.lexsort((np.abs(grid), losses))[0])
        bounds = (float(grid[max(best - 1, 0)]), float(grid[min(best + 1, len(grid) - 1)]))
        found = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-5})
        lag = float(found.x) if found.fun < losses[best] else float(grid[best])
        flags = [f"the lag minimises {what}"]
        if best in (0, len(grid) - 1):
            flags.append(
                f"the lag is the largest that was tried, {lag:.3f} s: the true one may lie beyond,"
                " and the figures are not to be used"
            )
        return _aligned(self, reference, estimate, lag, flags=tuple(flags))


TimeAlignment = NoAlignment | GivenLag | SignalLag | MinimiseLag


def _aligned(
    stage: TimeAlignment, reference: Recording, estimate: Recording, lag_s: float, **told: Any
) -> Aligned[Recording]:
    common, moved = at_reference_times(reference, estimate, lag_s, stage.interpolation)
    record = AlignmentRecord(
        policy=stage.policy,
        stage=stage,
        lag_s=lag_s,
        start_s=float(common.times[0]),
        end_s=float(common.times[-1]),
        n_frames=common.n_frames,
        n_reference_frames=reference.n_frames,
        **told,
    )
    return Aligned(common, moved, record)


def _require_interpolation(interpolation: str) -> None:
    if interpolation not in ("cubic", "linear"):
        raise ValueRangeError(f"interpolation must be 'cubic' or 'linear', found {interpolation!r}")


def _require_reach(max_lag_s: float) -> None:
    if not (math.isfinite(max_lag_s) and max_lag_s > 0):
        raise ValueRangeError(f"max_lag_s must be a number above 0 s, found {max_lag_s}")
