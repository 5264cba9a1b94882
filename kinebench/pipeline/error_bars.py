"""Error bars of a run: which errors its markers have, and what these say of the angles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from kinebench.core.body_groups import BODY_GROUPS, TRANSLATIONS, group_of
from kinebench.core.ik_tasks import IKTasks
from kinebench.core.motion import Motion
from kinebench.core.results import PipelineRun
from kinebench.errors import KinebenchError
from kinebench.pipeline.plan import Plan
from kinebench.pipeline.spec import PipelineSpec
from kinebench.uncertainty.band import Band, band_of
from kinebench.uncertainty.marker_errors import learnt_errors
from kinebench.uncertainty.travel import movement_of

_ERRORS = {"augmented": "augmented", "stored": "augmented", "mocap": "optical"}
_LEARNT_WITH = {"augmented": "v0.3", "laboratory": "lab-1"}
_OTHER = "what these markers are off by has not been learnt"


@dataclass(frozen=True, slots=True)
class ErrorBars:
    """The band of a run, or why there is none.

    Parameters
    ----------
    band : Band, optional
    about : str
        What the errors of the markers were learnt on; without a band, the reason.
    """

    band: Band | None
    about: str

    @property
    def standard_error(self) -> Motion | None:
        """Standard error of each coordinate, where it is known."""
        return None if self.band is None else self.band.standard_error

    def as_dict(self) -> dict[str, Any]:
        """What run.json holds."""
        if self.band is None:
            return {"none_because": self.about}
        return {
            "file": "kinematics_se.sto",
            "holds": "standard errors; the 95 % band is 1.96 of them to both sides",
            "marker_errors": self.band.errors,
            "learnt_on": self.about,
            "median_half_width": dict(self.half_widths()),
            "unknown": list(self.band.unknown),
        }

    def half_widths(self) -> Mapping[str, float]:
        """Median half-width of the 95 % band per group, degrees, or mm of translations."""
        if self.band is None:
            return {}
        found = {}
        groups = [group_of(c.name, c.unit) for c in self.band.standard_error.coordinates]
        for group in BODY_GROUPS:
            own = self.band.half_width[:, [g == group for g in groups]]
            if np.isfinite(own).any():
                middle = float(np.nanmedian(own))
                found[group] = round(
                    1e3 * middle if group == TRANSLATIONS else float(np.degrees(middle)), 2
                )
        return found

    def in_words(self) -> str:
        """For a person: how wide, or why there are none."""
        if self.band is None:
            return f"no error bars: {self.about}"
        widths = [
            f"{group} ±{width:.0f} {'mm' if group == TRANSLATIONS else '°'}"
            for group, width in self.half_widths().items()
        ]
        return f"95 % error bars, median: {', '.join(widths)}".replace(" °", "°")


def error_bars(plan: Plan, run: PipelineRun) -> ErrorBars:
    """Error bars of a run of a plan."""
    known = _errors_of(plan.spec)
    tasks = getattr(plan.pipeline.solve, "tasks", None)
    if known is None or not isinstance(tasks, IKTasks):
        return ErrorBars(None, _OTHER)
    try:
        errors = learnt_errors(f"{known}, {movement_of(run.augmented)}")
        band = band_of(run.scaling.model, tasks, run.solution, run.augmented, errors)
    except KinebenchError as error:
        return ErrorBars(None, str(error))
    return ErrorBars(band, errors.about + _doubt(known, plan))


def _doubt(known: str, plan: Plan) -> str:
    """What is to be said of markers that come from elsewhere than those that were learnt on."""
    wanted = _LEARNT_WITH.get(known)
    if wanted is None:
        return ""
    if not plan.spec.augments:
        return "; the stored markers that were tracked may be of another version"
    version = getattr(plan.pipeline.augment, "version", "another")
    name = getattr(version, "name", version)
    return "" if name == wanted else f"; the augmenter was {name}, of which nothing was learnt"


def _errors_of(spec: PipelineSpec) -> str | None:
    if spec.body == "lab":
        return "laboratory" if spec.augments else None
    return _ERRORS.get(spec.track)
