"""Optical motions played in the laboratory: real movement, exact truth, virtual cameras."""

from __future__ import annotations

from dataclasses import replace

from kinebench.datasets import load
from kinebench.errors import DatasetError
from kinebench.lab import VirtualSubject, opencap_body
from kinebench.lab.camera.chain import CameraError
from kinebench.lab.likeness import person_like
from kinebench.lab.motions.replay import Replay
from kinebench.studies.evidence import EvidenceKind
from kinebench.studies.sources.laboratory import LabSource


def recorded_motion(dataset: str, sample: str) -> Replay:
    """The reference motion of a sample, to be played by any virtual subject.

    Raises
    ------
    DatasetError
        When the sample has no reference motion.
    """
    motions = load(dataset, sample).motions
    if "reference" not in motions:
        held = ", ".join(motions) or "none"
        raise DatasetError(f"{dataset}/{sample} has no reference motion; its motions: {held}")
    return Replay(motions["reference"])


def mocap_driven(
    dataset: str, sample: str, subject: str, activity: str, errors: CameraError
) -> LabSource:
    """A sample's own motion on a virtual subject with that person's limbs.

    The limbs are those of the sample's scaled model; where it has none, average ones at the
    stated height. The reference is the played motion: inverse kinematics of optical markers.

    Parameters
    ----------
    dataset, sample : str
    subject, activity : str
        Labels of the results.
    errors : CameraError
    """
    held = load(dataset, sample)
    if "scaled" in held.models:
        person = person_like(held.models["scaled"], subject, opencap_body())
    elif held.subject is not None:
        person = VirtualSubject(subject, "male", held.subject.height_m, held.subject.mass_kg)
    else:
        raise DatasetError(f"{dataset}/{sample} has neither a scaled model nor mass and height")
    return replace(
        LabSource(person, recorded_motion(dataset, sample), activity, errors),
        evidence=EvidenceKind.MOCAP_DRIVEN,
    )
