"""Procedures: every decision that turns a pair of recordings into figures, under one name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from kinebench.alignment import MinimiseLag, NoAlignment, SpatialAlignment, TimeAlignment
from kinebench.errors import require_names

__all__ = ["LOWER_BODY_21", "PROCEDURES", "Procedure", "procedure"]

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
    time : TimeAlignment
    space : SpatialAlignment, optional
        For markers.
    coordinates : tuple of str, optional
        Coordinates or markers to score; None scores all that both have.
    window_s : (float, float), optional
        Part of the reference that counts.
    pooling : str
        Name in `kinebench.statistics.POOLINGS`, for several trials.
    headline : str
        The metric that stands for the pair.
    remove_translation_offset : bool
        Take the mean difference out of pelvis_tx, _ty and _tz before anything is computed.
    differs : tuple of str
        How this departs from kinebench's default, and from the procedure it replicates.
    source : str
        What it replicates.
    """

    name: str = "default"
    time: TimeAlignment = field(default_factory=NoAlignment)
    space: SpatialAlignment | None = None
    coordinates: tuple[str, ...] | None = None
    window_s: tuple[float, float] | None = None
    pooling: str = "hierarchical"
    headline: str = "rmse"
    remove_translation_offset: bool = False
    differs: tuple[str, ...] = ()
    source: str = ""


PROCEDURES: Mapping[str, Procedure] = MappingProxyType(
    {
        "default": Procedure(),
        "opencap-2023": Procedure(
            name="opencap-2023",
            coordinates=LOWER_BODY_21,
            pooling="pooled_trials",
            headline="mae",
            remove_translation_offset=True,
            differs=(
                "21 coordinates only: no arms, no toes",
                "trials are pooled as independent, whoever they belong to; kinebench averages"
                " per subject first",
                "the constant offset of the pelvis translations is removed; the authors take it"
                " from the markers, here it is the mean difference of each translation",
                "the authors choose the best of three candidate lags by marker error; motion files"
                " have no markers, so the clocks are taken as one",
            ),
            source="Uhlrich et al. 2023, PLOS Comput Biol 19(10):e1011462, and opencap-core",
        ),
        "opencapbench": Procedure(
            name="opencapbench",
            time=MinimiseLag(),
            coordinates=LOWER_BODY_21,
            pooling="pooled_trials",
            differs=(
                "the lag is the one that minimises the error itself, which flatters the estimate",
                "trials are pooled as independent; kinebench averages per subject first",
            ),
            source="Gozlan et al. 2025, OpenCapBench, arXiv 2406.09788",
        ),
    }
)
"""Named procedures: kinebench's own, and replications of published ones."""


def procedure(name: str) -> Procedure:
    """The procedure of that name, or a `NameNotFoundError` that lists the names."""
    require_names([name], PROCEDURES, "preset", "kinebench compare")
    return PROCEDURES[name]
