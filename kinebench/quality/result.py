"""What inverse kinematics leaves behind: marker errors, limits, jumps, rivals, a floor."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kinebench.core.arrays import FloatArray
from kinebench.core.display import counted
from kinebench.core.motion import Coordinate, Motion
from kinebench.core.results import IKSolution
from kinebench.quality.evidence import Evidence
from kinebench.quality.finding import Finding, graded, spans_of
from kinebench.signals.runs import runs

# OpenSim's best practice for inverse kinematics: RMS within 20 mm, largest within 40 mm. The RMS
# is that of the trial. Single frames above 40 mm occur in sound recordings of two phones, so the
# largest counts where it is twice that, or where a quarter of the frames are above.
_AMBER_RMS_M, _RED_RMS_M = 0.020, 0.040
_LARGEST_M, _AMBER_LARGEST_M, _RED_LARGEST_M, _SHARE = 0.040, 0.080, 0.200, 0.25
# Fractions of a degree: solvers stop at a limit to 1e-6 rad, files carry fewer digits.
_AT_LIMIT = np.radians(0.1)
_AMBER_REST_S, _AMBER_REST, _RED_REST = 0.25, 0.10, 0.50
# Knees and elbows of the models end where healthy ones do, straight; the forearm's turn is hardly
# determined by markers; no marker sits on the toes.
_LOWER_EXEMPT = ("knee_angle", "elbow_flex")
_EXEMPT = ("mtp_angle", "pro_sup")
# At 60 Hz 50° a frame are 3000° a second: no joint of a leg or trunk does that.
_JUMP = np.radians(50.0)
_ARMS = ("arm_", "elbow_", "pro_sup", "wrist_")
# A whole turn, within so many degrees, in so short a time and not in one step: a wrap that was
# smoothed over. Arms that are thrown up turn by 280° in that time, where Euler angles are steep.
_SMEARED_S, _WITHIN = 0.25, np.radians(35.0)
# The lowest marker of the feet, 10 mm above the floor at its lowest: 72 mm in the median of 160
# recordings at most, drop jumps from a box included.
_AMBER_FLOOR_M, _RED_FLOOR_M = 0.10, 0.20
_FEET = ("_calc_study", "_toe_study", "_5meta_study", "Heel", "BigToe", "SmallToe")


def marker_errors(evidence: Evidence) -> Iterator[Finding] | None:
    """Distances of model markers from measured ones."""
    run = evidence.run
    if run is None or not np.isfinite(run.solution.marker_errors).any():
        return None
    return _marker_errors(run.solution)


def _marker_errors(solution: IKSolution) -> Iterator[Finding]:
    per_frame = solution.rms_errors
    times = solution.motion.times
    rms = float(np.nanmean(per_frame))
    severity = graded(rms, _AMBER_RMS_M, _RED_RMS_M)
    if severity != "green":
        yield Finding(
            "marker error",
            severity,
            f"RMS marker error {rms * 1e3:.0f} mm in the mean, {np.nanmax(per_frame) * 1e3:.0f} mm"
            " at most",
            spans_s=spans_of(per_frame > _AMBER_RMS_M, times),
            measured=rms * 1e3,
            limit=_AMBER_RMS_M * 1e3,
            unit="mm",
            advice="the model does not follow the markers: the angles are not those of the person",
        )


def largest_marker_error(evidence: Evidence) -> Iterator[Finding] | None:
    """Single markers far from where the model has them."""
    run = evidence.run
    if run is None or not np.isfinite(run.solution.marker_errors).any():
        return None
    return _largest(run.solution)


def _largest(solution: IKSolution) -> Iterator[Finding]:
    errors = np.where(np.isfinite(solution.marker_errors), solution.marker_errors, 0.0)
    times = solution.motion.times
    largest = errors.max(axis=1)
    frame, column = np.unravel_index(errors.argmax(), errors.shape)
    share = float((largest > _LARGEST_M).mean())
    most = float(largest[frame])
    severity = graded(most, _AMBER_LARGEST_M, _RED_LARGEST_M)
    if severity == "green" and share > _SHARE:
        severity = "amber"
    if severity != "green":
        yield Finding(
            "largest marker error",
            severity,
            f"{solution.marker_names[column]} is {most * 1e3:.0f} mm off at {times[frame]:.2f} s;"
            f" some marker is over {_LARGEST_M * 1e3:.0f} mm off in {share * 100:.0f} % of frames",
            where=(solution.marker_names[column],),
            spans_s=spans_of(largest > _LARGEST_M, times),
            measured=most * 1e3,
            limit=_LARGEST_M * 1e3,
            unit="mm",
            advice="look at these frames before using them",
        )


def joint_limits(evidence: Evidence) -> Iterator[Finding] | None:
    """Coordinates that rest on their limits."""
    return None if evidence.run is None else _joint_limits(evidence.run.solution)


def _joint_limits(solution: IKSolution) -> Iterator[Finding]:
    motion = solution.motion
    if motion.n_frames < 2:
        return
    step = 1 / motion.rate_hz
    for column, coordinate in enumerate(motion.coordinates):
        if coordinate.range is None or coordinate.name.startswith(_EXEMPT):
            continue
        if solution.observed is not None and not solution.observed[:, column].any():
            continue
        for limit in _limits(coordinate):
            at = np.abs(motion.values[:, column] - limit) < _AT_LIMIT
            longest = max((stop - start for start, stop in runs(at)), default=0) * step
            if longest < _AMBER_REST_S or at.mean() < _AMBER_REST:
                continue
            arm = coordinate.name.startswith(_ARMS)
            yield Finding(
                "joint limits",
                "red" if at.mean() > _RED_REST and not arm else "amber",
                f"{coordinate.name} rests on its limit of {_degrees(coordinate, limit)} in"
                f" {at.mean() * 100:.0f} % of frames",
                where=(coordinate.name,),
                spans_s=spans_of(at, motion.times),
                measured=float(at.mean()),
                limit=_AMBER_REST,
                unit="1",
                advice="the markers ask for a pose that the model cannot take",
            )


def _limits(coordinate: Coordinate) -> tuple[float, ...]:
    assert coordinate.range is not None
    low, high = coordinate.range
    if low == high:
        return ()
    return (high,) if coordinate.name.startswith(_LOWER_EXEMPT) else (low, high)


def _degrees(coordinate: Coordinate, value: float) -> str:
    if coordinate.kind == "rotational":
        return f"{np.degrees(value):.0f}°"
    return f"{value:.2f} m"


def joint_jumps(evidence: Evidence) -> Iterator[Finding] | None:
    """Angles that jump between frames; whole turns are no jumps."""
    # where there is no result of ours, the session's own is judged
    motion = evidence.motion if evidence.run is None else evidence.run.motion
    return None if motion is None or motion.n_frames < 2 else _joint_jumps(motion)


def _joint_jumps(motion: Motion) -> Iterator[Finding]:
    for name, steps in _steps(motion).items():
        far = np.abs(steps) > _JUMP
        if not far.any():
            continue
        most = float(np.degrees(np.abs(steps).max()))
        arm = name.startswith(_ARMS)
        yield Finding(
            "joint jumps",
            "amber" if arm else "red",
            f"{name} jumps by up to {most:.0f}° from one frame to the next,"
            f" {int(far.sum())} time{'s' if far.sum() > 1 else ''}",
            where=(name,),
            spans_s=spans_of(np.append(far, False), motion.times),
            measured=most,
            limit=float(np.degrees(_JUMP)),
            unit="deg",
            advice="the solver changed to another pose, or keypoints jumped",
        )


def _steps(motion: Motion) -> dict[str, FloatArray]:
    """Changes from frame to frame, rad, of each angle, without whole turns."""
    found = {}
    for coordinate, course in zip(motion.coordinates, motion.values.T, strict=True):
        if coordinate.kind == "rotational":
            step = np.diff(course)
            found[coordinate.name] = step - 2 * np.pi * np.round(step / (2 * np.pi))
            found[coordinate.name] = np.where(np.isfinite(step), found[coordinate.name], 0.0)
    return found


def wraps(evidence: Evidence) -> tuple[Finding, ...] | None:
    """Angles that turn once around within a few frames: filtered over a wrap."""
    motions = [evidence.motion, None if evidence.run is None else evidence.run.motion]
    known = [motion for motion in motions if motion is not None and motion.n_frames > 2]
    if not known:
        return None
    return tuple(finding for motion in known for finding in smeared_wraps(motion))


def smeared_wraps(motion: Motion) -> Iterator[Finding]:
    """The same for any motion."""
    width = max(2, round(_SMEARED_S * motion.rate_hz))
    for coordinate, course in zip(motion.coordinates, motion.values.T, strict=True):
        if coordinate.kind != "rotational" or len(course) <= width:
            continue
        turn = np.abs(course[width:] - course[:-width])
        # a wrap that nobody filtered is one step of a whole turn
        whole = np.abs(np.diff(course)) > np.radians(300.0)
        stepped = np.lib.stride_tricks.sliding_window_view(whole, width).any(axis=1)
        smeared = (np.abs(turn - 2 * np.pi) < _WITHIN) & ~stepped
        if not smeared.any():
            continue
        mask = np.zeros(len(course), bool)
        for first in np.flatnonzero(smeared):
            mask[first : first + width] = True
        spans = spans_of(mask, motion.times)
        yield Finding(
            "wraps",
            "red",
            f"{coordinate.name} turns once around within {_SMEARED_S:g} s, at {spans[0][0]:.2f} s",
            where=(coordinate.name,),
            spans_s=spans,
            measured=float(np.degrees(turn[smeared].max())),
            limit=float(np.degrees(2 * np.pi - _WITHIN)),
            unit="deg",
            advice="a low-pass ran over a jump of ±180°: unwrap before filtering",
        )


def rivals(evidence: Evidence) -> Iterator[Finding] | None:
    """Frames in which another pose fits as well, where the solver says so."""
    rival = None if evidence.run is None else getattr(evidence.run.solution, "rival_deg", None)
    if evidence.run is None or rival is None:
        return None
    return _rivals(np.asarray(rival, dtype=float), evidence.run.motion.times)


def _rivals(rival_deg: FloatArray, times: FloatArray) -> Iterator[Finding]:
    far = np.nan_to_num(rival_deg) > 0
    if far.any():
        yield Finding(
            "rival poses",
            "amber",
            f"in {counted(int(far.sum()), 'frame')} another pose, up to"
            f" {np.nanmax(rival_deg):.0f}° away, fits the markers as well",
            spans_s=spans_of(far, times),
            measured=float(np.nanmax(rival_deg)),
            limit=0.0,
            unit="deg",
            advice="which of them was taken is not determined by the markers",
        )


def convergence(evidence: Evidence) -> Iterator[Finding] | None:
    """Frames that the solver gave up."""
    return None if evidence.run is None else _convergence(evidence.run.solution)


def _convergence(solution: IKSolution) -> Iterator[Finding]:
    lost = ~solution.converged
    if lost.any():
        yield Finding(
            "convergence",
            "red" if lost.mean() > 0.05 else "amber",
            f"the solver did not converge in {counted(int(lost.sum()), 'frame')}",
            spans_s=spans_of(lost, solution.motion.times),
            measured=float(lost.sum()),
            limit=0.0,
            unit="frames",
        )


def floor(evidence: Evidence) -> Iterator[Finding] | None:
    """Whether the feet stand on the floor for most of the trial."""
    run = evidence.run
    if run is None:
        return None
    feet = [name for name in run.augmented.names if name.endswith(_FEET)]
    if not feet:
        return None
    heights = run.augmented.select(feet).positions[..., 1]
    known = heights[np.isfinite(heights).all(axis=1)]
    return _floor(known.min(axis=1), run.augmented.times) if len(known) else None


def _floor(lowest: FloatArray, times: FloatArray) -> Iterator[Finding]:
    usual = float(np.median(lowest))
    severity = graded(abs(usual), _AMBER_FLOOR_M, _RED_FLOOR_M)
    if severity != "green":
        yield Finding(
            "floor",
            severity,
            f"the lower foot is {usual * 1e3:.0f} mm above the floor for half of the trial",
            measured=usual * 1e3,
            limit=_AMBER_FLOOR_M * 1e3,
            unit="mm",
            advice="a single low point set the floor, the floor is tilted, or its height is off",
        )
