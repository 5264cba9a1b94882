"""Validation and benchmarking of markerless-motion pipelines of the OpenCap kind.

::

    import kinebench as kb

    result = kb.run("OpenCapData_1234", "squats", out="results")
    result.motion.to_dataframe(degrees=True)
    kb.plot(result, "knees.svg", names=["knee_angle_r", "knee_angle_l"])
    print(kb.compare("mocap.mot", result.motion))

What is named here is imported when it is used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.2.0"

if TYPE_CHECKING:
    from kinebench import datasets as data
    from kinebench.api.comparisons import compare, validate
    from kinebench.api.files import write
    from kinebench.api.gates import check, study
    from kinebench.api.plotting import plot
    from kinebench.api.stages import augment, clean, scale, solve
    from kinebench.api.trials import audit, run, why
    from kinebench.core import Markers, Model, Motion, Subject, Trial
    from kinebench.errors import KinebenchError
    from kinebench.io.keypoint_files import read_markers
    from kinebench.io.models import read_model
    from kinebench.io.mot import motion, read_motion
    from kinebench.io.session import read_session
    from kinebench.testing.virtual_trial import virtual_trial

__all__ = [
    "KinebenchError",
    "Markers",
    "Model",
    "Motion",
    "Subject",
    "Trial",
    "audit",
    "augment",
    "check",
    "clean",
    "compare",
    "data",
    "motion",
    "plot",
    "read_markers",
    "read_model",
    "read_motion",
    "read_session",
    "run",
    "scale",
    "solve",
    "study",
    "validate",
    "virtual_trial",
    "why",
    "write",
]

# module -> what it offers here; the imports above say the same to a type checker
_HOMES = {
    "kinebench.api.comparisons": ("compare", "validate"),
    "kinebench.api.files": ("write",),
    "kinebench.api.gates": ("check", "study"),
    "kinebench.api.plotting": ("plot",),
    "kinebench.api.stages": ("augment", "clean", "scale", "solve"),
    "kinebench.api.trials": ("audit", "run", "why"),
    "kinebench.core": ("Markers", "Model", "Motion", "Subject", "Trial"),
    "kinebench.errors": ("KinebenchError",),
    "kinebench.io.keypoint_files": ("read_markers",),
    "kinebench.io.models": ("read_model",),
    "kinebench.io.session": ("read_session",),
    "kinebench.io.mot": ("motion", "read_motion"),
    "kinebench.testing.virtual_trial": ("virtual_trial",),
}


if not TYPE_CHECKING:  # to a type checker, what is not named above is not there

    def __getattr__(name: str) -> Any:
        if name == "data":
            found: Any = import_module("kinebench.datasets")
        else:
            home = next((module for module, names in _HOMES.items() if name in names), None)
            if home is None:
                raise AttributeError(f"module 'kinebench' has no attribute '{name}'")
            found = getattr(import_module(home), name)
        globals()[name] = found  # from now on without this function
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
