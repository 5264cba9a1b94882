"""Mocap against video: what a person checks and aligns by hand before two files can be compared.

`kinebench.comparison` scores recordings that are on one clock, in one frame and in one unit.
Nothing here scores: names, axes, units, clocks and frames of two laboratories are found, told, and
refused where they are doubtful.
"""

from kinebench.alignment.clock import Clock, find_clock, given_clock
from kinebench.alignment.joint_frames import (
    LAI_RAJAGOPAL,
    JointFrame,
    joint_frames,
    with_constant_rotations,
)
from kinebench.alignment.laboratory_frame import LaboratoryFrame, find_frame, in_frame
from kinebench.validation.files import Stated, TrialValidation, validate_files
from kinebench.validation.marker_maps import MarkerMap, built_in_maps, marker_map
from kinebench.validation.trials import ManyValidations, find_trials, validate_many
from kinebench.validation.validate import Validation, validate_recordings

__all__ = [
    "LAI_RAJAGOPAL",
    "Clock",
    "JointFrame",
    "LaboratoryFrame",
    "ManyValidations",
    "MarkerMap",
    "Stated",
    "TrialValidation",
    "Validation",
    "built_in_maps",
    "find_clock",
    "find_frame",
    "find_trials",
    "given_clock",
    "in_frame",
    "joint_frames",
    "marker_map",
    "validate_files",
    "validate_many",
    "validate_recordings",
    "with_constant_rotations",
]
