"""Procedures: every decision that turns a pair of recordings into figures, under one name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from kinebench.alignment import NoAlignment, SpatialAlignment, TimeAlignment
from kinebench.alignment.joint_frames import LAI_RAJAGOPAL, JointFrame
from kinebench.comparison.asked import PARTS
from kinebench.comparison.best_lags import MeanOfBestLags
from kinebench.comparison.by_index import IndexResampling
from kinebench.errors import ValueRangeError, require_names
from kinebench.events import ManualEvent
from kinebench.metrics import metrics_of
from kinebench.statistics import POOLINGS

EVENT_KINDS = ("squat", "sts", "gait", "jump")

_LEG = ("hip_flexion", "hip_adduction", "hip_rotation", "knee_angle", "ankle_angle")

LOWER_BODY_21 = (
    "pelvis_tilt", "pelvis_list", "pelvis_rotation", "pelvis_tx", "pelvis_ty", "pelvis_tz",
    *(f"{name}_{side}" for side in "rl" for name in (*_LEG, "subtalar_angle")),
    "lumbar_extension", "lumbar_bending", "lumbar_rotation",
)  # fmt: skip
"""The 21 coordinates that OpenCap's team scores: no arms, no toes."""


@dataclass(frozen=True, slots=True)
class Procedure:
    """How recordings are compared.

    Parameters
    ----------
    name : str
    time : TimeAlignment, MeanOfBestLags or IndexResampling
    space : SpatialAlignment, optional
        For markers.
    coordinates : tuple of str, optional
        Coordinates or markers to score; None scores all that both have.
    all_must_exist : bool
        Whether a coordinate that neither recording has is an error (a person asked for it) or
        not (a preset lists what it would score).
    window_s : (float, float), optional
        Part of the reference that counts.
    events : str or tuple of ManualEvent, optional
        Repetitions that are scored one by one besides the whole trial: "squat", "sts", "gait",
        "jump", or intervals that a person named.
    walking_direction : (float, float), optional
        Forward along X and Z, for gait cycles of markers; by default as the feet point.
    pooling : str
        Name in `kinebench.statistics.POOLINGS`, for several trials.
    pool_kinds : bool
        Whether figures over subjects pool unlike trials, such as squats and walks; by default each
        kind has its own.
    headline : str
        The waveform metric that stands for the pair.
    group : str, optional
        Part of the body whose mean stands for the pair where one number must: what a lag of lowest
        error minimises, and what methods are ranked by; None for the first that is scored, legs
        before pelvis, trunk, arms and translations.
    joints : tuple of JointFrame
        Joints of three angles, of the model that the motions belong to: their constant rotations
        are taken away for one figure of each angle.
    bias_interval : {"effective", "independent"}
        How the interval of a trial's bias counts frames: by effective sample size, or, to
        replicate what is often printed, as independent.
    remove_translation_offset : bool
        Take the mean difference out of pelvis_tx, _ty and _tz before anything is computed.
    differs : tuple of str
        How this departs from kinebench's default, and from the procedure it replicates.
    source : str
        What it replicates.
    """

    name: str = "default"
    time: TimeAlignment | MeanOfBestLags | IndexResampling = field(default_factory=NoAlignment)
    space: SpatialAlignment | None = None
    coordinates: tuple[str, ...] | None = None
    all_must_exist: bool = True
    window_s: tuple[float, float] | None = None
    events: str | tuple[ManualEvent, ...] | None = None
    walking_direction: tuple[float, float] | None = None
    pooling: str = "hierarchical"
    pool_kinds: bool = False
    headline: str = "rmse"
    group: str | None = None
    joints: tuple[JointFrame, ...] = LAI_RAJAGOPAL
    bias_interval: Literal["effective", "independent"] = "effective"
    remove_translation_offset: bool = False
    differs: tuple[str, ...] = ()
    source: str = ""

    @property
    def of_motions(self) -> bool:
        """Whether it means nothing to markers: it lists coordinates, or aligns by them."""
        by_motions = isinstance(self.time, MeanOfBestLags | IndexResampling)
        return by_motions or not self.all_must_exist

    def __post_init__(self) -> None:
        require_names([self.pooling], POOLINGS, "pooling", "kinebench.statistics")
        waveform = [metric.name for metric in metrics_of("waveform")]
        require_names([self.headline], waveform, "metric", "the catalogue of waveform metrics")
        if self.group is not None:
            require_names([self.group], PARTS, "part of the body", "kinebench compare")
        if isinstance(self.events, str):
            require_names([self.events], EVENT_KINDS, "kind of events", "kinebench compare")
        if self.walking_direction is not None and self.events != "gait":
            raise ValueRangeError("a walking direction is for gait cycles: name events 'gait'")
        if self.window_s is not None and not self.window_s[0] < self.window_s[1]:
            raise ValueRangeError(
                f"a window must end after its start, found {self.window_s[0]:g} to"
                f" {self.window_s[1]:g} s"
            )


# of the two studies by OpenCap's authors
_OPENCAP_DIFFERS = (
    "21 coordinates only: no arms, no toes; kinebench scores all that both have",
    "trials and coordinates are pooled as independent, whoever they belong to, so that left and"
    " right count twice; kinebench averages per subject first",
    "the constant offset of the pelvis translations is removed; the authors take it from the"
    " markers, here it is the mean difference of each translation",
)

PROCEDURES: Mapping[str, Procedure] = MappingProxyType(
    {
        "default": Procedure(),
        "opencap-2023": Procedure(
            name="opencap-2023",
            coordinates=LOWER_BODY_21,
            all_must_exist=False,
            pooling="pooled_repetitions",
            headline="mae",
            remove_translation_offset=True,
            differs=(
                *_OPENCAP_DIFFERS,
                "the authors choose the best of three candidate lags by marker error; motion files"
                " have no markers, so the clocks are taken as one",
                "the authors list trials to leave out; here none is",
            ),
            source="Uhlrich et al. 2023, PLOS Comput Biol 19(10):e1011462, and opencap-core",
        ),
        "falisse-2025": Procedure(
            name="falisse-2025",
            coordinates=LOWER_BODY_21,
            all_must_exist=False,
            pooling="pooled_repetitions",
            remove_translation_offset=True,
            differs=(
                *_OPENCAP_DIFFERS,
                "the abstract says mean error: that it is the root mean square was read in a script"
                " of the authors, which computes the mean absolute error as well; kinebench's"
                " default is the root mean square too",
            ),
            source="Falisse et al. 2025, IEEE Trans Biomed Eng 72(6):2013, doi"
            " 10.1109/TBME.2025.3530848",
        ),
        "opencapbench": Procedure(
            name="opencapbench",
            time=MeanOfBestLags(("knee_angle_r", "knee_angle_l")),
            coordinates=tuple(
                name
                for name in LOWER_BODY_21
                if not name.startswith("pelvis_t") or name == "pelvis_tilt"
            ),
            all_must_exist=False,
            pooling="pooled_trials",
            differs=(
                "the lag is the mean of the two at which the right and the left knee differ least,"
                " which flatters the estimate; kinebench takes the clocks as one",
                "the authors compare frames of equal time stamps alone; here the estimate is"
                " interpolated at the reference's times",
                "18 angles only: no translations, no arms, no toes; kinebench scores all that both"
                " have",
                "trials are pooled as independent; kinebench averages per subject first",
            ),
            source="Gozlan et al. 2025, OpenCapBench, arXiv 2406.09788, and its code",
        ),
        "lbmc-2025": Procedure(
            name="lbmc-2025",
            time=IndexResampling(100),
            bias_interval="independent",
            differs=(
                "both recordings become 100 points by sample number, time stamps are ignored;"
                " kinebench interpolates the estimate at the reference's times",
                "points beside a missing sample are left out after that, so that fewer than 100"
                " may remain",
                "the interval of the bias takes the points as independent, 1.96 SD / √n;"
                " kinebench counts effective samples",
            ),
            source="LBMC 2025, Benchmarking platform for markerless motion capture analysis,"
            " doi 10.57745/LQI2MJ",
        ),
    }
)
"""Named procedures: kinebench's own, and replications of published ones."""


def procedure(name: str) -> Procedure:
    """The procedure of that name, or a `NameNotFoundError` that lists the names."""
    require_names([name], PROCEDURES, "preset", "kinebench compare")
    return PROCEDURES[name]
