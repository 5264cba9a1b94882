"""The scaled model: its legs, its mass, what it was scaled from and how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from kinebench.core.model import Model
from kinebench.core.results import ScalingResult
from kinebench.core.segments import typical_lengths
from kinebench.errors import KinebenchError
from kinebench.kinematics import forward_kinematics, read_tree
from kinebench.osim.edits import shared_root
from kinebench.osim.made import known_of
from kinebench.posture.standing import standing_quality
from kinebench.quality.evidence import Evidence
from kinebench.quality.finding import Finding, graded
from kinebench.scaling.setup import swapped_side_pairs

# The mass is an input of scaling: a model of the same session meets it to a gram.
_AMBER_MASS, _RED_MASS = 0.02, 0.15
# Legs of healthy adults differ by 1 to 2 %; by 3 % at most on 80 virtual subjects.
_AMBER_SIDES, _RED_SIDES = 0.05, 0.12
# Model leg over that of the keypoints.
_AMBER_SIZE, _RED_SIZE = 0.15, 0.28
# Marker placer: 30 mm RMS and 62 mm at most on 80 sound static trials of two phones.
_AMBER_STATIC_M, _RED_STATIC_M = 0.035, 0.060
_SCALED = 1e-6


def side_ratios(factors: Mapping[str, tuple[float, float, float]]) -> dict[str, float]:
    """Right over left scale factor along the body's y axis, its length, per pair of bodies."""
    return {
        name.removesuffix("_r"): factor[1] / factors[name.removesuffix("_r") + "_l"][1]
        for name, factor in factors.items()
        if name.endswith("_r") and name.removesuffix("_r") + "_l" in factors
    }


def model_mass(model: Model) -> float:
    """Sum of the bodies' masses, kg."""
    known = known_of(model)
    if known is not None:
        return known.mass_kg
    bodies = shared_root(model).iterfind(".//BodySet/objects/Body")
    return sum(float(body.findtext("mass") or 0.0) for body in bodies)


def leg_lengths(model: Model) -> dict[str, float]:
    """Thighs and shanks, m, from joint to joint in the default pose; empty for other models."""
    try:
        tree = read_tree(model)
    except KinebenchError:
        return {}
    chain = [(f"femur_{side}", f"tibia_{side}", f"talus_{side}") for side in "rl"]
    if not {name for names in chain for name in names} <= set(tree.bodies):
        return {}
    _, p = forward_kinematics(tree, tree.defaults)
    found = {}
    for side, names in zip(("right", "left"), chain, strict=True):
        hip, knee, ankle = (p[tree.body_index(name)] for name in names)
        found[f"{side} thigh"] = float(np.linalg.norm(knee - hip))
        found[f"{side} shank"] = float(np.linalg.norm(ankle - knee))
    return found


def model_mass_mismatch(evidence: Evidence) -> tuple[Finding, ...] | None:
    """The model's mass against the subject's."""
    if evidence.run is None:
        return None
    mass, stated = model_mass(evidence.run.scaling.model), evidence.subject.mass_kg
    severity = graded(abs(mass / stated - 1), _AMBER_MASS, _RED_MASS)
    if severity == "green":
        return ()
    return (
        Finding(
            "model mass",
            severity,
            f"the scaled model weighs {mass:.1f} kg, the subject {stated:.1f} kg",
            measured=mass,
            limit=stated * (1 + _AMBER_MASS),
            unit="kg",
            advice="the model is another subject's, or one of the masses is wrong",
        ),
    )


def model_sides(evidence: Evidence) -> tuple[Finding, ...] | None:
    """Right leg of the model against the left."""
    if evidence.run is None:
        return None
    lengths = leg_lengths(evidence.run.scaling.model)
    return tuple(_asymmetry(lengths)) if lengths else None


def _asymmetry(lengths: Mapping[str, float]) -> Iterator[Finding]:
    for part in ("thigh", "shank"):
        right, left = lengths[f"right {part}"], lengths[f"left {part}"]
        off = max(right / left, left / right) - 1
        severity = graded(off, _AMBER_SIDES, _RED_SIDES)
        if severity != "green":
            yield Finding(
                "model sides",
                severity,
                f"the model's right {part} is {right * 1e3:.0f} mm long, the left"
                f" {left * 1e3:.0f} mm",
                where=(f"right {part}", f"left {part}"),
                measured=off,
                limit=_AMBER_SIDES,
                unit="1",
                advice="the static pose was not seen alike on both sides: scale on another part",
            )


def model_size(evidence: Evidence) -> tuple[Finding, ...] | None:
    """The model's legs against those of the keypoints."""
    if evidence.run is None:
        return None
    ours = leg_lengths(evidence.run.scaling.model)
    theirs = typical_lengths(evidence.recorded)
    shared = [name for name in ours if np.isfinite(theirs.get(name, np.nan))]
    if not shared:
        return None
    model, person = (sum(one[name] for name in shared) for one in (ours, theirs))
    ratio = model / person
    severity = graded(max(ratio, 1 / ratio) - 1, _AMBER_SIZE, _RED_SIZE)
    if severity == "green":
        return ()
    return (
        Finding(
            "model size",
            severity,
            f"the model's legs are {(ratio - 1) * 100:+.0f} % as long as those of the recording"
            f" ({model / len(shared):.2f} against {person / len(shared):.2f} m a segment)",
            measured=ratio,
            limit=1 + _AMBER_SIZE,
            unit="1",
            advice="the model is not scaled to this person",
        ),
    )


def unscaled(evidence: Evidence) -> tuple[Finding, ...] | None:
    """A model that is still generic, by its scale factors or by the length of its legs."""
    if evidence.run is None:
        return None
    scaling = evidence.run.scaling
    ratios = [factor for three in scaling.body_scale_factors.values() for factor in three]
    if not ratios and evidence.generic is not None:
        ours, generic = leg_lengths(scaling.model), leg_lengths(evidence.generic)
        ratios = [ours[name] / generic[name] for name in ours if name in generic]
    if not ratios:
        return None
    if np.abs(np.array(ratios) - 1).max() > _SCALED:
        return ()
    return (
        Finding(
            "unscaled model",
            "red",
            "every part of the model is exactly as large as in the generic one",
            measured=1.0,
            limit=1.0,
            unit="1",
            advice="this is the generic model: scale it on a static trial",
        ),
    )


def static_pose(evidence: Evidence) -> tuple[Finding, ...] | None:
    """Marker errors of the static pose, and whether somebody stood there."""
    run = evidence.run
    if run is None or not np.isfinite(run.scaling.window_s).all():
        return None
    where = "movement" if evidence.static is None else "static"
    found = [one.of(where) for one in _static_errors(run.scaling)]
    standing = evidence.static if evidence.static is not None else evidence.recorded
    try:
        quality = standing_quality(standing, run.scaling.window_s)
    except KinebenchError:
        quality = None  # the window is not in this recording, as with given static markers
    faults = quality.faults() if quality is not None else ()
    if faults:
        start, end = run.scaling.window_s
        found.append(
            Finding(
                "static pose",
                "amber",
                f"no standing in the static window {start:.2f} to {end:.2f} s: {', '.join(faults)}",
                spans_s=((start, end),),
                advice="what is bent there becomes a constant error of the angles",
                recording=where,
            )
        )
    return tuple(found)


def _static_errors(scaling: ScalingResult) -> Iterator[Finding]:
    errors = scaling.marker_errors
    if not errors.size:
        return
    rms = float(np.sqrt(np.mean(errors**2)))
    severity = graded(rms, _AMBER_STATIC_M, _RED_STATIC_M)
    if severity != "green":
        worst = scaling.marker_names[int(errors.argmax())]
        yield Finding(
            "static pose",
            severity,
            f"static marker error {rms * 1e3:.0f} mm RMS, largest {errors.max() * 1e3:.0f} mm"
            f" ({worst})",
            where=(worst,),
            measured=rms * 1e3,
            limit=_AMBER_STATIC_M * 1e3,
            unit="mm",
            advice="the model does not fit the pose that it was scaled on",
        )


def static_trial(evidence: Evidence) -> tuple[Finding, ...]:
    """Whether there is a static trial at all."""
    run = evidence.run
    scaled = run is None or np.isfinite(run.scaling.window_s).all()
    if evidence.static is not None or not scaled:
        return ()
    return (
        Finding(
            "static trial",
            "amber",
            "there is no static trial: the model is scaled on the movement itself",
            advice="record one: whatever the subject bends there becomes a constant error of the"
            " angles",
        ),
    )


def setup_slips(evidence: Evidence) -> tuple[Finding, ...] | None:
    """Measurements of the scaling set-up that reach from one side to the other."""
    if evidence.scaling_setup is None:
        return None
    pairs = swapped_side_pairs(evidence.scaling_setup)
    if not pairs:
        return ()
    return (
        Finding(
            "set-up slips",
            "amber",
            f"{evidence.scaling_setup.name} measures between {'; '.join(map(' and '.join, pairs))}",
            where=tuple(name for pair in pairs for name in pair),
            advice="one is on the right, the other on the left: a slip in the file",
        ),
    )
