"""The virtual laboratory: bodies, subjects, motions and cameras whose truth is known.

::

    subject = Population().subject(1)
    trial = record(subject, Squat(), two_phones())
    static = record(subject, StaticPose(), two_phones())
    trial.as_trial("squat 1", "squat", static)      # what a pipeline may see, and the truth
"""

from kinebench.lab.anatomy import Anatomy
from kinebench.lab.body import Body, generic_body
from kinebench.lab.movement import Movement
from kinebench.lab.opencap_body import opencap_body
from kinebench.lab.population import PEOPLE, Population
from kinebench.lab.recording import Recording, record
from kinebench.lab.setups import ik_tasks, scaling_setup
from kinebench.lab.static_poses import STATIC_POSES, StaticPose, TrialStart
from kinebench.lab.subjects import VirtualSubject, read_subjects, write_subjects
from kinebench.lab.tissue import SoftTissue

__all__ = [
    "PEOPLE",
    "STATIC_POSES",
    "Anatomy",
    "Body",
    "Movement",
    "Population",
    "Recording",
    "SoftTissue",
    "StaticPose",
    "TrialStart",
    "VirtualSubject",
    "generic_body",
    "ik_tasks",
    "opencap_body",
    "read_subjects",
    "record",
    "scaling_setup",
    "write_subjects",
]
