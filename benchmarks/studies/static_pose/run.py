"""What do bad static poses do to the joint angles? ``python -m benchmarks.studies.static_pose.run``

Needs OpenCap's model and augmenter (`kinebench data fetch opencap-core`, or a mirror).
"""

from __future__ import annotations

from benchmarks.studies.rendering import arguments, run_and_render
from kinebench.augmentation.augmenter import LSTMAugmenter
from kinebench.ik.fast import FastIK
from kinebench.lab import STATIC_POSES, Population
from kinebench.lab.camera.presets import two_phones
from kinebench.lab.motions.jumps import CounterMovementJump
from kinebench.lab.motions.sit_to_stand import SitToStand
from kinebench.lab.motions.squat import Squat
from kinebench.lab.motions.standing import ArmRaise
from kinebench.pipeline.opencap import opencap_setup
from kinebench.pipeline.pipeline import Pipeline
from kinebench.scaling.fast_scaler import FastScaler
from kinebench.scaling.standing import StandingWindow
from kinebench.studies.design import Factor, Level, Study
from kinebench.studies.laboratory import LabSource

ACTIVITIES = {
    "squat": Squat(),
    "sit-to-stand": SitToStand(),
    "counter-movement jump": CounterMovementJump(),
    "arm raise": ArmRaise(),
}


def study(n_subjects: int) -> Study:
    """Static pose × scaling set-up, on virtual subjects filmed by two phones."""
    upright = opencap_setup("augmented", "upright")
    any_pose = opencap_setup("augmented", "any_pose")
    base = Pipeline(
        generic=upright.generic,
        augment=LSTMAugmenter("v0.3", warm_up_s=1.0),
        # noise moves even an ideal pose by more than OpenCap's rule allows in some subjects
        scale=FastScaler(upright.scaling, upright.marker_set, StandingWindow(avoid_start_s=0.0)),
        solve=FastIK(upright.ik),
    )
    poses = tuple(Level(name, pose) for name, pose in STATIC_POSES.items())
    factors = (
        Factor("static pose", "data.static", (*poses, Level("trial start", "trial start"))),
        Factor(
            "scaling set-up",
            "scale.setup",
            (Level("upright", upright.scaling), Level("any pose", any_pose.scaling)),
        ),
    )
    population = Population()
    sources = tuple(
        LabSource(population.subject(index), motion, activity, two_phones())
        for index in range(n_subjects)
        for activity, motion in ACTIVITIES.items()
    )
    return Study(
        "static-pose",
        "How much do bad static poses change the joint angles, and does the any-pose scaling"
        " set-up help?",
        base,
        factors,
        sources,
    )


if __name__ == "__main__":
    options = arguments(__doc__ or "", n_subjects=20)
    run_and_render(
        study(options.subjects), options, "static-pose.html", "benchmarks.studies.static_pose.run"
    )
