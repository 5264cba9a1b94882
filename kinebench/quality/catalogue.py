"""All checks by name, and `assess`, which makes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kinebench.core.markers import Markers
from kinebench.core.subject import Subject
from kinebench.quality import (
    anatomy,
    courses,
    filtering,
    model,
    naming,
    physics,
    provenance,
    result,
    stream,
    world,
)
from kinebench.quality.evidence import Check, Evidence, on_recordings
from kinebench.quality.finding import Assessment, Finding


@dataclass(frozen=True, slots=True)
class Entry:
    """A check, what it is about in words, and what it needs besides the recording."""

    check: Check
    title: str
    needs: str = "keypoints by OpenPose's names"


def _mass(evidence: Evidence) -> Iterator[Finding]:
    return world.mass(evidence.subject)


_RUN = "a result of the pipeline"

CHECKS: Mapping[str, Entry] = MappingProxyType(
    {
        "size": Entry(on_recordings(world.size), "size against the stated height"),
        "mass": Entry(_mass, "mass against height"),
        "axes": Entry(on_recordings(world.axes), "upright along +Y"),
        "left and right": Entry(on_recordings(world.handedness), "left and right not exchanged"),
        "names": Entry(on_recordings(naming.names), "keypoints under their own names"),
        "tilt": Entry(on_recordings(physics.tilt), "the floor level, as the feet rest"),
        "gravity": Entry(on_recordings(physics.gravity), "free fall as on earth", "a jump"),
        "travel": Entry(on_recordings(physics.travel), "walking forwards", "keypoints that travel"),
        "zeros": Entry(on_recordings(world.zeros), "no zeros for missing values"),
        "far points": Entry(on_recordings(world.far_points), "every keypoint near the body"),
        "sampling rate": Entry(on_recordings(stream.rate), "frames per second"),
        "time stamps": Entry(on_recordings(stream.time_stamps), "even time stamps"),
        "gaps": Entry(on_recordings(stream.gaps), "no long gaps"),
        "resolution": Entry(on_recordings(stream.resolution), "places told finely"),
        "straight lines": Entry(on_recordings(stream.straight_lines), "no gaps filled unsaid"),
        "frozen": Entry(on_recordings(stream.frozen), "no keypoint frozen"),
        "speed": Entry(on_recordings(courses.speed), "plausible speed of the hips"),
        "spikes": Entry(on_recordings(courses.spikes), "no spikes"),
        "jumps": Entry(on_recordings(courses.jumps), "no jumps of keypoints"),
        "tremble": Entry(on_recordings(courses.tremble), "little noise"),
        "segment lengths": Entry(on_recordings(anatomy.lengths_over_time), "constant segments"),
        "left against right": Entry(on_recordings(anatomy.sides), "equal sides"),
        "side swaps": Entry(on_recordings(anatomy.swaps), "no swaps of sides"),
        "movement against static": Entry(
            anatomy.static_against_trial, "one person in both trials", "a static trial"
        ),
        "static trial": Entry(model.static_trial, "a static trial"),
        "static pose": Entry(model.static_pose, "standing for scaling", "a model scaled here"),
        "model mass": Entry(model.model_mass_mismatch, "mass of the model", _RUN),
        "model sides": Entry(model.model_sides, "legs of the model alike", _RUN),
        "model size": Entry(model.model_size, "model of the person's size", _RUN),
        "unscaled model": Entry(model.unscaled, "a scaled model", "a model whose size can be read"),
        "set-up slips": Entry(model.setup_slips, "set-up without slips", "a scaling set-up"),
        "augmenter version": Entry(
            provenance.augmenter_version, "augmenter as stated", "augmented markers of a session"
        ),
        "cut-off": Entry(filtering.cutoff, "cut-off above the movement", "cleaning"),
        "filters in series": Entry(
            filtering.filters_in_series, "effective cut-off", "a low-pass of fixed cut-off"
        ),
        "marker error": Entry(result.marker_errors, "marker errors in the mean", _RUN),
        "largest marker error": Entry(
            result.largest_marker_error, "marker errors at their largest", _RUN
        ),
        "joint limits": Entry(result.joint_limits, "no joint at its limit", _RUN),
        "joint jumps": Entry(result.joint_jumps, "no jumps of angles", "a motion"),
        "wraps": Entry(result.wraps, "no filtered wraps", "a motion"),
        "rival poses": Entry(result.rivals, "one pose per frame", "a solver that looks for rivals"),
        "convergence": Entry(result.convergence, "every frame solved", _RUN),
        "floor": Entry(result.floor, "feet on the floor", "augmented markers"),
    }
)
"""Checks in the order in which a person should read them: what comes first explains the rest."""


def assess(evidence: Evidence) -> Assessment:
    """Make every check that can be made."""
    findings: list[Finding] = []
    made: list[str] = []
    not_made: dict[str, str] = {}
    for name, entry in CHECKS.items():
        found = entry.check(evidence)
        if found is None:
            not_made[name] = f"needs {entry.needs}"
        else:
            made.append(name)
            findings += found
    order = {"red": 0, "amber": 1, "green": 2}
    findings.sort(key=lambda finding: order[finding.severity])
    return Assessment(tuple(findings), tuple(made), not_made)


def assess_recording(
    recorded: Markers, subject: Subject, static: Markers | None = None
) -> Assessment:
    """The checks that need no pipeline."""
    return assess(Evidence(subject, recorded, static))
