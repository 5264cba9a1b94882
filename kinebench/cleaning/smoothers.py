"""Smoothing stages other than low-pass filters.

All of them keep names, times and confidence, leave gaps as gaps, and raise a `CleaningError` for
markers without any position and, unless told to keep them, for runs that are too short.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from kinebench.cleaning.columns import WINDOW, filterable_positions, frames_of
from kinebench.core.limits import Limit, require_within
from kinebench.core.markers import Markers
from kinebench.core.notation import Syntax
from kinebench.core.references import Reference
from kinebench.errors import ValueRangeError
from kinebench.signals import kalman, smoothing
from kinebench.signals.runs import ShortRuns

_SAVITZKY = Reference(
    "Savitzky A, Golay MJE (1964). Smoothing and differentiation of data by simplified"
    " least squares procedures. Analytical Chemistry 36(8): 1627–1639.",
    "10.1021/ac60214a047",
)
_WOLTRING_1985 = Reference(
    "Woltring HJ (1985). On optimal smoothing and derivative estimation from noisy"
    " displacement data in biomechanics. Human Movement Science 4(3): 229–245.",
    "10.1016/0167-9457(85)90004-1",
)
_WOLTRING_1986 = Reference(
    "Woltring HJ (1986). A Fortran package for generalized, cross-validatory spline"
    " smoothing and differentiation. Advances in Engineering Software 8(2): 104–113.",
    "10.1016/0141-1195(86)90098-7",
)
_RAUCH = Reference(
    "Rauch HE, Tung F, Striebel CT (1965). Maximum likelihood estimates of linear dynamic"
    " systems. AIAA Journal 3(8): 1445–1450.",
    "10.2514/3.3166",
)

_DEGREE = Limit(0, 9, reason="a polynomial of higher degree follows the noise")
_PENALTY = Limit(1e-12, 1e6, "s³", "beyond, a spline is the data themselves or a straight line")
_JERK = Limit(1e-9, 1e9, "m²/s⁵", "beyond, nobody moves or nothing is smoothed")
_NOISE = Limit(1e-6, 1, "m", "a keypoint that is off by more, or by less than dust, is none")


@dataclass(frozen=True, slots=True)
class SavitzkyGolay:
    """Local polynomials (Savitzky & Golay 1964).

    Parameters
    ----------
    window_s : float
        Window, s; rounded to an odd number of frames.
    degree : int
    short_runs : {"raise", "keep"}
        What to do with runs shorter than the window.
    """

    title: ClassVar[str] = "a Savitzky–Golay filter"
    syntax: ClassVar[tuple[Syntax, ...]] = (
        Syntax("savgol", "local polynomials", ("window_s", "degree")),
    )
    citation: ClassVar[tuple[Reference, ...]] = (_SAVITZKY,)

    limits: ClassVar[Mapping[str, Limit]] = {"window_s": WINDOW, "degree": _DEGREE}

    window_s: float = 0.25
    degree: int = 3
    short_runs: ShortRuns = "raise"

    def __post_init__(self) -> None:
        require_within(self)

    def __call__(self, markers: Markers) -> Markers:
        window = frames_of(self.window_s, markers.rate_hz, odd=True)
        positions = filterable_positions(
            markers, f"a Savitzky–Golay filter of {self.window_s:g} s", window, self.short_runs
        )
        smoothed = smoothing.savitzky_golay(positions, window, self.degree, self.short_runs)
        return markers.with_positions(smoothed)


@dataclass(frozen=True, slots=True)
class Median:
    """Running median; near gaps and ends the window shrinks, so that runs may be short.

    Parameters
    ----------
    window_s : float
        Window, s; rounded to an odd number of frames.
    """

    title: ClassVar[str] = "a running median"
    syntax: ClassVar[tuple[Syntax, ...]] = (Syntax("median", "running median", ("window_s",)),)

    limits: ClassVar[Mapping[str, Limit]] = {"window_s": WINDOW}

    window_s: float = 0.1

    def __post_init__(self) -> None:
        require_within(self)

    def __call__(self, markers: Markers) -> Markers:
        window = frames_of(self.window_s, markers.rate_hz, odd=True)
        positions = filterable_positions(markers, f"a median of {self.window_s:g} s", 1)
        return markers.with_positions(smoothing.median(positions, window))


@dataclass(frozen=True, slots=True)
class SmoothingSpline:
    """Cubic smoothing spline (Woltring 1985).

    Parameters
    ----------
    penalty_s3 : float, optional
        Weight of ∫ (second time derivative)² against the sum of squared deviations, s³; without
        it generalised cross-validation chooses one per marker and axis.
    short_runs : {"raise", "keep"}
        What to do with runs of fewer than five frames.
    """

    title: ClassVar[str] = "a smoothing spline"
    syntax: ClassVar[tuple[Syntax, ...]] = (
        Syntax("spline", "cubic spline, cross-validated", ("penalty_s3",)),
    )
    citation: ClassVar[tuple[Reference, ...]] = (
        _WOLTRING_1985,
        _WOLTRING_1986,
    )

    limits: ClassVar[Mapping[str, Limit]] = {"penalty_s3": _PENALTY}

    penalty_s3: float | None = None
    short_runs: ShortRuns = "raise"

    def __post_init__(self) -> None:
        require_within(self)

    def __call__(self, markers: Markers) -> Markers:
        positions = filterable_positions(
            markers, "a smoothing spline", smoothing.SPLINE_SHORTEST, self.short_runs
        )
        penalty = None if self.penalty_s3 is None else self.penalty_s3 * markers.rate_hz**3
        return markers.with_positions(
            smoothing.smoothing_spline(positions, penalty, self.short_runs)
        )


@dataclass(frozen=True, slots=True)
class KalmanSmoother:
    """Rauch–Tung–Striebel smoother; constant acceleration, disturbed by white-noise jerk.

    Unlike the filters it carries information across gaps, though gaps stay gaps.

    Parameters
    ----------
    jerk_density : float, optional
        Spectral density of the jerk, m²/s⁵; estimated by maximum likelihood without it.
    measurement_m : float, optional
        Standard deviation of the keypoints' noise, m; estimated without it.
    """

    title: ClassVar[str] = "a Kalman smoother"
    syntax: ClassVar[tuple[Syntax, ...]] = (
        Syntax("kalman", "RTS smoother", ("jerk_density", "measurement_m")),
    )
    citation: ClassVar[tuple[Reference, ...]] = (_RAUCH,)

    limits: ClassVar[Mapping[str, Limit]] = {"jerk_density": _JERK, "measurement_m": _NOISE}

    jerk_density: float | None = None
    measurement_m: float | None = None

    def __post_init__(self) -> None:
        require_within(self)
        if self.jerk_density is not None and self.measurement_m is None:
            raise ValueRangeError("a KalmanSmoother with a jerk_density needs a measurement_m too")

    def __call__(self, markers: Markers) -> Markers:
        return self.resolve(markers)._smoothed(markers)

    def resolve(self, markers: Markers) -> KalmanSmoother:
        """The smoother with the noise that is most likely on this recording."""
        if self.jerk_density is not None:
            return self
        positions = filterable_positions(markers, "a Kalman smoother", 1)
        noise = kalman.estimate_noise(positions, markers.rate_hz, self.measurement_m)
        return KalmanSmoother(noise.jerk_density, noise.measurement)

    def _smoothed(self, markers: Markers) -> Markers:
        assert self.jerk_density is not None
        assert self.measurement_m is not None
        positions = filterable_positions(markers, "a Kalman smoother", 1)
        noise = kalman.KalmanNoise(self.jerk_density, self.measurement_m)
        return markers.with_positions(kalman.kalman_smooth(positions, markers.rate_hz, noise))
