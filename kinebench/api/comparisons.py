"""Two recordings of one trial: `compare` and `validate`, as the commands of these names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike as PathLikeType
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

from kinebench.api.options import PathLike, explaining, given, tell_doubts
from kinebench.errors import ValueRangeError

if TYPE_CHECKING:
    from kinebench.api.results import ComparisonResult, ValidationResult
    from kinebench.comparison import Procedure
    from kinebench.core.markers import Markers
    from kinebench.core.motion import Motion

_OF_PAIRS = (
    "pairs", "match", "event_markers", "margin", "recordings", "motions", "model", "trials", "pool"
)  # fmt: skip
"""Options of files, or of many of them; values are one pair that is read already."""


def compare(
    reference: PathLike | Motion | Markers | None = None,
    *estimates: PathLike | Motion | Markers,
    pairs: PathLike | None = None,
    preset: str = "default",
    align: str | float | None = None,
    space: Literal["rigid", "vertical"] | None = None,
    window: tuple[float, float] | None = None,
    coordinates: Sequence[str] | None = None,
    match: Mapping[str, str] | None = None,
    events: PathLike | None = None,
    walking_direction: tuple[float, float] | None = None,
    event_markers: PathLike | None = None,
    margin: float | None = None,
    group: str | None = None,
    recordings: PathLike | None = None,
    motions: PathLike | None = None,
    model: PathLike | None = None,
    trials: str | None = None,
    pool: bool = False,
) -> ComparisonResult:
    """How far estimates are from a reference, as ``kinebench compare``; clocks count as one.

    Parameters
    ----------
    reference : path, Motion or Markers
        A file, a folder, or a value; a value goes with one estimate, a value or a file.
    *estimates : the same kind
        Several are several methods, or pipelines (.toml), which are run on `recordings`.
    pairs : path
        A CSV instead of both.
    preset : str
        A published procedure.
    align : str or float
        ``"none"``, seconds that the estimate is late, ``"signal"`` or ``"minimise"``.
    space : {"rigid", "vertical"}
        For markers.
    window : (float, float)
        Part that counts, s.
    coordinates : sequence of str
        Score these only.
    match : mapping of str to str
        The estimate's name of a marker by the reference's, where they differ.
    events : str or path
        ``"squat"``, ``"sts"``, ``"gait"``, ``"jump"``, or a CSV: repetitions one by one.
    walking_direction : (float, float)
        Forward along X and Z, for gait of markers.
    event_markers : path
        TRC for events that a motion does not show.
    margin : float
        For a test of equivalence, °.
    group : str
        Part of the body whose mean `align` minimises, and by which several methods are ranked.
    recordings, motions : path
        Of pipelines: what they are run on, and where to keep what they give.
    model : path
        The scaled model, or a folder with one per subject: for joint centres, on the page.
    trials : str
        Only these, by name, such as ``"squat*"``.
    pool : bool
        Average over unlike trials, such as squats and walks; by default each kind apart.

    Returns
    -------
    ComparisonResult
        `print` shows the table; with `to_dataframe()` and `report(path)`.

    Examples
    --------
    >>> import kinebench as kb
    >>> trial = kb.virtual_trial("one squat")
    >>> result = kb.run(trial, body="lab", augmenter="lab-1", warm_up=1.0, engine="fast")
    >>> found = kb.compare(trial.reference_motion, result.motion)
    >>> table = found.to_dataframe().query("metric == 'rmse'").set_index("coordinate")
    >>> bool(table.loc["knee_angle_r", "value"] < 10)
    True
    >>> table.loc["knee_angle_r", "unit"]
    '°'
    """
    from kinebench.api.results import ComparisonResult
    from kinebench.cli import compare as command
    from kinebench.cli.compare_methods import files_of, matches
    from kinebench.comparison import compare_methods, compare_pairs

    options = {
        "pairs": pairs, "preset": preset, "align": align, "space": space, "window": window,
        "coordinates": coordinates, "match": match, "events": events,
        "walking_direction": walking_direction, "event_markers": event_markers,
        "margin": margin, "group": group, "recordings": recordings, "motions": motions,
        "model": model, "trials": trials, "pool": pool,
    }  # fmt: skip
    named_ones = [one for one in (reference, *estimates) if one is not None]
    places = [one for one in named_ones if isinstance(one, str | PathLikeType)]
    if len(places) < len(named_ones):
        how = command.procedure_of(given("compare", (), options).arguments)
        return _compared_values(reference, estimates, how, options)
    asked = given("compare", places, options)
    with TemporaryDirectory(prefix="kinebench-") as made, explaining(asked):
        found, how, margin_rad, said = command.asked_of(asked.arguments, Path(made))
        named = matches(asked.arguments.match)
        if len(found) > 1:
            ranked = compare_methods(found, how, named, said.kinds)
            return ComparisonResult(ranked, tuple(files_of(found)), margin_rad, said.models)
        (one,) = found.values()
        compared = compare_pairs(one.pairs, how, named, one.excluded, said.kinds)
        return ComparisonResult(compared, tuple(files_of({"": one})), margin_rad, said.models)


def _compared_values(
    reference: Any, estimates: Sequence[Any], how: Procedure, options: Mapping[str, Any]
) -> ComparisonResult:
    from kinebench.api.results import ComparisonResult
    from kinebench.comparison import Comparison, compare_recordings
    from kinebench.core.markers import Markers
    from kinebench.core.motion import Motion
    from kinebench.validation.sources import read_recording

    useless = [name for name in _OF_PAIRS if options[name]]
    if useless:
        raise ValueRangeError(f"{', '.join(useless)}: only with files, not with values")
    both = [
        read_recording(Path(one)) if isinstance(one, str | PathLikeType) else one
        for one in (reference, *estimates)
    ]
    if len(both) == 2:
        one, other = both
        if isinstance(one, Motion) and isinstance(other, Motion):
            return ComparisonResult(
                Comparison(how, (compare_recordings(one, other, how, trial="values"),))
            )
        if isinstance(one, Markers) and isinstance(other, Markers):
            return ComparisonResult(
                Comparison(how, (compare_recordings(one, other, how, trial="values"),))
            )
    found = ", ".join(type(one).__name__ for one in both)
    raise ValueRangeError(f"as values compare two motions, or two of markers; found {found}")


def validate(
    mocap: PathLike,
    video: PathLike,
    trial: str | None = None,
    *,
    variant: str | None = None,
    static_mocap: PathLike | None = None,
    scaled_model: PathLike | None = None,
    map: str | None = None,
    axes: str | None = None,
    video_axes: str | None = None,
    body: Literal["opencap", "lab"] = "opencap",
    engine: str = "opensim",
    mass: float | str | None = None,
    height: float | str | None = None,
    sure: bool = False,
    lag: float | None = None,
    frame: Literal["estimate", "same"] = "estimate",
    window: tuple[float, float] | None = None,
    events: str | None = None,
    coordinates: Sequence[str] | None = None,
    pool: bool = False,
) -> ValidationResult:
    """Mocap against video of two laboratories, as ``kinebench validate``.

    Marker names, axes, units, clock and frame are found, told, and refused where they are doubtful.

    Parameters
    ----------
    mocap : path
        .c3d, .trc, .mot or .sto, or a folder of them.
    video : path
        An OpenCap session, a Pose2Sim project, or a .mot, .sto or .trc; beside a folder of mocap a
        session, or a folder of sessions or files.
    trial, variant : str
        Of the session or project.
    static_mocap, scaled_model : path
        To scale a model on, or the scaled model itself, where the mocap is markers.
    map : str
        Of marker names: ``"plug-in-gait"``, …, or a .toml.
    axes, video_axes : str
        ``"y-up"``, ``"z-up"``, or forward, up and right such as ``"+x+z-y"``.
    body, engine : str
        Whose model, and what scales and solves.
    mass, height : float or str
        kg and m, or with their units; a session brings its own.
    sure : bool
        Mass and height are as stated, though unlikely.
    lag : float
        Seconds by which the video is late, if known.
    frame : {"estimate", "same"}
    window, events, coordinates, pool
        As of `compare`.

    Returns
    -------
    ValidationResult
        `print` shows the table; with `remarks`, `to_dataframe()` and `report(path)`.
    """
    from kinebench.api.results import ValidationResult
    from kinebench.cli import validate as command

    options = {
        "trial": trial, "variant": variant, "static_mocap": static_mocap,
        "scaled_model": scaled_model, "map": map, "axes": axes, "video_axes": video_axes,
        "body": body, "engine": engine, "mass": mass, "height": height, "sure": sure, "lag": lag,
        "frame": frame, "window": window, "events": events, "coordinates": coordinates,
        "pool": pool,
    }  # fmt: skip
    asked = given("validate", (mocap, video), options)
    with explaining(asked):
        result = ValidationResult(command.validated(asked.arguments))
    tell_doubts(result.remarks)
    return result
