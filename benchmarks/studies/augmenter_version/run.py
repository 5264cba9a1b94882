"""Which augmenter version? ``python -m benchmarks.studies.augmenter_version.run``

Needs OpenCap's files and the optical motions: ``kinebench data fetch``, or a mirror.
"""

from __future__ import annotations

from benchmarks.studies.rendering import StudyFolder, run_and_render

if __name__ == "__main__":
    run_and_render(
        StudyFolder(
            "augmenter_version",
            "Augmenter version",
            "Which augmenter version, with or without warm-up and at which frame rate, gives the"
            " truest joint angles?",
        )
    )
