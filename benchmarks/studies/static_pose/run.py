"""What do bad static poses do to the joint angles? ``python -m benchmarks.studies.static_pose.run``

Needs OpenCap's files and the optical motions: ``kinebench data fetch``, or a mirror.
"""

from __future__ import annotations

from benchmarks.studies.rendering import StudyFolder, run_and_render

if __name__ == "__main__":
    run_and_render(
        StudyFolder(
            "static_pose",
            "Static pose",
            "What do bad static poses do to the joint angles, and does the any-pose scaling set-up"
            " help?",
        )
    )
