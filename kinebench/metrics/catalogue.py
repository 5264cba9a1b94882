"""Every metric by name: unit, better direction, perfect value, source.

A metric exists when it has a row here; the conformance test reads this table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from kinebench.core.extensions import Catalogue, of_type
from kinebench.errors import require_names
from kinebench.metrics import (
    attribution,
    cmc,
    derivatives,
    extremes,
    ground,
    joint_rotation,
    markers,
    residuals,
    sides,
    similarity,
    tilt,
    waveform,
)

Better = Literal["zero", "lower", "higher", "one", "hundred", "none"]
Family = Literal["waveform", "joint", "cycles", "marker", "pose", "residual", "side"]

_DIRECTIONS: dict[Better, str] = {
    "zero": "nearer to 0 is better",
    "lower": "lower is better",
    "higher": "higher is better",
    "one": "nearer to 1 is better",
    "hundred": "nearer to 100 is better",
    "none": "neither is better",
}
_UNITS = ("coordinate", "coordinate/s", "coordinate/s²", "rad", "m", "s", "1", "%")
_NEEDS = ("times", "minimum_range")
_SIGNED: tuple[Better, ...] = ("zero", "one", "hundred")


@dataclass(frozen=True, slots=True)
class Metric:
    """A row of the catalogue.

    Parameters
    ----------
    name : str
    title : str
        For tables and axes.
    unit : str
        "coordinate" (rad or m, as the coordinate), "coordinate/s", "coordinate/s²", "rad", "m",
        "s", "1" or "%".
    better : str
        "zero": nearer to 0, signed; "lower", "higher"; "one": nearer to 1; "hundred"; "none".
    perfect : float or None
        Value of a perfect estimate; None when it has none.
    function : callable
        ``function(reference, estimate, *needs)``.
    source : str
        Where the formula stands.
    family : str
        What it applies to: "waveform" (coordinates over time), "joint" (the three angles of a
        joint together), "cycles" (time-normalised repetitions), "marker" and "pose" (positions),
        "residual" (marker errors of inverse kinematics), "side" (does one side sink).
    needs : tuple of str
        Further arguments: "times", "minimum_range".
    parts : tuple of str
        Fields of the function's result, where it is a named tuple; a figure is then named
        ``metric.part``, and a part that ends in ``_s`` is in s.
    without_offset : str
        Name of the metric that is this one after a constant offset is taken out; empty when there
        is none.

    Raises
    ------
    NameNotFoundError
        When unit, better, family or what it needs is none of these words.
    """

    name: str
    title: str
    unit: str
    better: Better
    perfect: float | None
    function: Callable[..., Any]
    source: str
    family: Family = "waveform"
    needs: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    without_offset: str = ""

    def __post_init__(self) -> None:
        for what, given, known in (
            ("unit", (self.unit,), _UNITS),
            ("better", (self.better,), get_args(Better)),
            ("family", (self.family,), get_args(Family)),
            ("needs", self.needs, _NEEDS),
        ):
            require_names(given, known, what, f"the catalogue of metrics ('{self.name}')")

    @property
    def direction(self) -> str:
        """``lower is better``."""
        return _DIRECTIONS[self.better]

    @property
    def higher_is_better(self) -> bool:
        """Whether a larger figure is a better one."""
        return self.better == "higher"

    @property
    def label(self) -> str:
        """The metric as it is judged: ``RMSE``, ``|bias|``, ``|LFM slope − 1|``."""
        if self.better not in _SIGNED:
            return self.title
        return f"|{self.title} − {self.perfect:g}|" if self.perfect else f"|{self.title}|"

    def judged(self, value: float) -> float:
        """A signed metric is judged by its size, one that should be 1 by its distance from it.

        Signs must not cancel: a bias of +5° on the left and −5° on the right is no 0°.
        """
        return abs(value - (self.perfect or 0.0)) if self.better in _SIGNED else value

    def unit_for(self, coordinate_unit: str) -> str:
        """Unit of its values for coordinates in rad or in m."""
        return self.unit.replace("coordinate", coordinate_unit)


WILLMOTT = "Willmott & Matsuura 2005, Clim Res 30:79"
BLAND = "Bland & Altman 1986, Lancet 327:307"
IOSA = "Iosa et al. 2014, BioMed Res Int 2014:214156"
SPRAGUE = "Sprague & Geers 2003, J Comput Phys 184:149; Schwer 2007, Eng Comput 23:295"
FERRARI = "Ferrari et al. 2010, Gait Posture 31:540"
KADABA = "Kadaba et al. 1989, J Orthop Res 7:849"
IONESCU = "Ionescu et al. 2014, IEEE TPAMI 36:1325"
HERE = "definition of kinebench"

_WAVEFORM = (
    Metric("bias", "bias", "coordinate", "zero", 0.0, waveform.bias, BLAND),
    Metric("mae", "MAE", "coordinate", "lower", 0.0, waveform.mean_absolute_error, WILLMOTT),
    Metric(
        "rmse",
        "RMSE",
        "coordinate",
        "lower",
        0.0,
        waveform.rmse,
        WILLMOTT,
        without_offset="offset_removed_rmse",
    ),
    Metric(
        "offset_removed_rmse",
        "RMSE, offset removed",
        "coordinate",
        "lower",
        0.0,
        waveform.offset_removed_rmse,
        "standard deviation of the error, " + BLAND,
    ),
    Metric(
        "velocity_rmse",
        "RMSE of velocity",
        "coordinate/s",
        "lower",
        0.0,
        derivatives.velocity_rmse,
        HERE,
        needs=("times",),
    ),
    Metric(
        "acceleration_rmse",
        "RMSE of acceleration",
        "coordinate/s²",
        "lower",
        0.0,
        derivatives.acceleration_rmse,
        HERE,
        needs=("times",),
    ),
    Metric(
        "max_error", "max |error|", "coordinate", "lower", 0.0, waveform.max_absolute_error, HERE
    ),
    Metric(
        "max_error_time",
        "time of max |error|",
        "s",
        "none",
        None,
        waveform.time_of_max_error,
        HERE,
        needs=("times",),
    ),
    Metric(
        "nrmse",
        "RMSE / range",
        "1",
        "lower",
        0.0,
        waveform.nrmse,
        HERE,
        needs=("minimum_range",),
    ),
    Metric(
        "rom_error",
        "range of motion error",
        "coordinate",
        "zero",
        0.0,
        extremes.range_of_motion_error,
        HERE,
    ),
    Metric("peak_error", "peak error", "coordinate", "zero", 0.0, extremes.peak_error, HERE),
    Metric(
        "peak_timing_error",
        "peak timing error",
        "s",
        "zero",
        0.0,
        extremes.peak_timing_error,
        HERE,
        needs=("times",),
    ),
    Metric("trough_error", "trough error", "coordinate", "zero", 0.0, extremes.trough_error, HERE),
    Metric(
        "trough_timing_error",
        "trough timing error",
        "s",
        "zero",
        0.0,
        extremes.trough_timing_error,
        HERE,
        needs=("times",),
    ),
    Metric(
        "pearson_r",
        "Pearson r",
        "1",
        "higher",
        1.0,
        similarity.pearson_r,
        "Pearson 1895, Proc R Soc Lond 58:240",
    ),
    Metric("r_squared", "R²", "1", "higher", 1.0, similarity.r_squared, "r of Pearson, squared"),
    Metric(
        "determination",
        "coefficient of determination",
        "1",
        "higher",
        1.0,
        similarity.coefficient_of_determination,
        "Nash & Sutcliffe 1970, J Hydrol 10:282",
    ),
    Metric("lfm_slope", "LFM slope", "1", "one", 1.0, similarity.lfm_slope, IOSA),
    Metric("lfm_offset", "LFM offset", "coordinate", "zero", 0.0, similarity.lfm_offset, IOSA),
    Metric("lfm_r_squared", "LFM R²", "1", "higher", 1.0, similarity.lfm_r_squared, IOSA),
    Metric(
        "sprague_geers_m",
        "Sprague–Geers M",
        "1",
        "zero",
        0.0,
        similarity.sprague_geers_magnitude,
        SPRAGUE,
    ),
    Metric(
        "sprague_geers_p",
        "Sprague–Geers P",
        "1",
        "lower",
        0.0,
        similarity.sprague_geers_phase,
        SPRAGUE,
    ),
    Metric(
        "sprague_geers_c",
        "Sprague–Geers C",
        "1",
        "lower",
        0.0,
        similarity.sprague_geers_combined,
        SPRAGUE,
    ),
    Metric("cmc", "CMC (Ferrari, one cycle)", "1", "higher", 1.0, cmc.cmc_of_pair, FERRARI),
)

_JOINT = (
    Metric(
        "rotation_removed_rmse",
        "RMSE, joint rotation removed",
        "coordinate",
        "lower",
        0.0,
        joint_rotation.rotation_removed_rmse,
        "chordal mean, Moakher 2002, SIAM J Matrix Anal Appl 24:1",
        "joint",
    ),
)

_CYCLES = (
    Metric(
        "cmc_within_protocol",
        "CMC within protocol (Kadaba)",
        "1",
        "higher",
        1.0,
        cmc.cmc_within_protocol,
        KADABA,
        "cycles",
    ),
    Metric(
        "cmc_between_protocols",
        "CMC between protocols (Ferrari)",
        "1",
        "higher",
        1.0,
        cmc.cmc_between_protocols,
        FERRARI,
        "cycles",
    ),
)


def _distance(
    name: str,
    title: str,
    function: Callable[..., Any],
    family: Family = "marker",
    without_offset: str = "",
) -> Metric:
    source = IONESCU if family == "pose" else HERE
    return Metric(
        name, title, "m", "lower", 0.0, function, source, family, without_offset=without_offset
    )


def _offset(name: str) -> str:
    return f"offset_removed_{name}"


_DISTANCES = (
    ("distance_mean", "mean distance", markers.distance_mean, markers.offset_removed_distance_mean),
    ("distance_rms", "RMS distance", markers.distance_rms, markers.offset_removed_distance_rms),
    ("distance_max", "max distance", markers.distance_max, markers.offset_removed_distance_max),
    (
        "distance_p95",
        "95th percentile of distance",
        markers.distance_p95,
        markers.offset_removed_distance_p95,
    ),
)

_MARKER = (
    *(
        _distance(name, title, function, without_offset=_offset(name))
        for name, title, function, _ in _DISTANCES
    ),
    *(
        _distance(_offset(name), f"{title}, offset removed", function)
        for name, title, _, function in _DISTANCES
    ),
    _distance("mpjpe", "MPJPE", markers.mpjpe, "pose"),
    _distance("pa_mpjpe", "PA-MPJPE", markers.pa_mpjpe, "pose"),
)

_RESIDUAL = (
    Metric(
        "residual_rms",
        "RMS marker error",
        "m",
        "lower",
        0.0,
        residuals.residual_rms,
        "present markers only: opensim-core#2058",
        "residual",
    ),
    Metric(
        "residual_max",
        "max marker error",
        "m",
        "lower",
        0.0,
        residuals.residual_max,
        "OpenSim user guide, inverse kinematics best practices",
        "residual",
    ),
)


def _side(
    name: str, title: str, unit: str, function: Callable[..., Any], parts: tuple[str, ...] = ()
) -> Metric:
    return Metric(name, title, unit, "zero", 0.0, function, HERE, "side", parts=parts)


_TILT = tilt.Tilt._fields


_SIDE = (
    _side("side_drop", "side drop", "m", sides.side_drop),
    Metric(
        "right_minus_left",
        "right minus left height",
        "m",
        "none",
        None,
        sides.right_minus_left,
        HERE,
        "side",
    ),
    _side("pelvis_list_bias", "pelvis list bias", "rad", waveform.bias),
    _side("pelvis_list_at_depth", "pelvis list error at the depth", "rad", sides.error_at_events),
    _side("ground_height", "ground height", "m", ground.ground_height),
    _side(
        "floor_contact",
        "penetration and floating",
        "m",
        ground.floor_contact,
        ground.FloorContact._fields,
    ),
    _side("world_tilt", "world tilt", "rad", tilt.world_tilt, _TILT),
    _side("floor_tilt", "tilt against the floor", "rad", tilt.floor_tilt, _TILT),
    Metric(
        "leg_length_ratio",
        "leg-length ratio, right/left",
        "%",
        "hundred",
        100.0,
        sides.leg_length_ratio,
        HERE,
        "side",
        parts=sides.LegLengths._fields,
    ),
    _side(
        "side_error_difference",
        "right minus left bias",
        "coordinate",
        sides.side_error_difference,
    ),
    _side(
        "offset_fragility",
        "fragility of the offset",
        "m",
        ground.offset_fragility,
        ("without_frame_m", "without_marker_m"),
    ),
    Metric(
        "attribution",
        "share of a cause",
        "coordinate",
        "zero",
        None,
        attribution.shapley,
        "Shapley 1953, Contributions to the Theory of Games II, 307",
        "side",
    ),
)

_ALL = _WAVEFORM + _JOINT + _CYCLES + _MARKER + _RESIDUAL + _SIDE

CATALOGUE: Catalogue[Metric] = Catalogue(
    {metric.name: metric for metric in _ALL},
    "metric",
    lambda value: {of_type(Metric, value).name: value},
)
"""Name to row: kinebench's metrics and those of other packages."""


def metrics_of(family: Family) -> tuple[Metric, ...]:
    """Rows of one family, in order."""
    return tuple(metric for metric in CATALOGUE.values() if metric.family == family)
