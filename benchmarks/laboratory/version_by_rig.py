"""Which augmenter version is better, preset by preset: writes version_by_rig.md.

kinebench study run benchmarks/laboratory/version_by_rig.toml --out FOLDER
python -m benchmarks.laboratory.version_by_rig FOLDER
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.laboratory.camera import table
from kinebench.io.atomic import write_atomically
from kinebench.statistics import mean_interval

PAGE = Path(__file__).with_name("version_by_rig.md")
_METRICS = {"rmse": "RMSE", "offset_removed_rmse": "RMSE without offset"}
# Without a marker of their own (toes), or with other poses at the same cost (arms).
_LEFT_OUT = ("mtp", "arm_", "elbow", "pro_sup")
_PREAMBLE = """# Augmenter v0.1 against v0.3, camera preset by camera preset

Made by `kinebench study run benchmarks/laboratory/version_by_rig.toml --out FOLDER` and
`python -m benchmarks.laboratory.version_by_rig FOLDER`: mean over angles of legs, pelvis and trunk,
degrees; four virtual people whom no other study has, on LaiUhlrich2022, OpenCap's set-up without
warm-up, 60 Hz. Change: v0.1 minus v0.3, with Student's interval over people: four, so that it is
wide. "none" are the model's own OpenPose markers, which lie beside the joints.

"""

Changes = Mapping[tuple[str, str], Sequence[tuple[float, float]]]


def changes(path: Path, metric: str) -> Changes:
    """By camera and activity, for each person: the error with v0.3, and with v0.1, degrees."""
    errors: dict[tuple[str, str], dict[str, dict[str, list[float]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            wanted = row["kind"] == "coordinate" and row["metric"] == metric
            if wanted and row["unit"] == "rad" and not row["item"].startswith(_LEFT_OUT):
                place = errors[row["camera"], row["activity"]]
                place[row["subject"]][row["augmenter"]].append(np.degrees(float(row["value"])))
    return {
        key: [(float(np.mean(one["v0.3"])), float(np.mean(one["v0.1"]))) for one in people.values()]
        for key, people in errors.items()
    }


def page(results: Path) -> str:
    """The whole text."""
    text = _PREAMBLE
    for metric, title in _METRICS.items():
        found = changes(results, metric)
        activities = list(dict.fromkeys(activity for _, activity in found))
        lines, ranges = [], defaultdict(list)
        for camera in dict.fromkeys(camera for camera, _ in found):
            cells = [camera]
            for activity in activities:
                pairs = np.array(found[camera, activity])
                differences = pairs[:, 1] - pairs[:, 0]
                mean, about = float(differences.mean()), mean_interval(differences)
                cells += [
                    f"{pairs[:, 0].mean():.2f}",
                    f"{mean:+.2f} [{about.low:+.2f}, {about.high:+.2f}]",
                ]
                if camera.startswith("plausible"):
                    ranges[activity].append(mean)
            lines.append(cells)
        spans = [["", f"{min(ranges[a]):+.2f} to {max(ranges[a]):+.2f}"] for a in activities]
        lines.append(["range over plausible presets", *(cell for span in spans for cell in span)])
        head = ["", *(cell for a in activities for cell in (f"{a}: v0.3", f"{a}: change"))]
        text += f"## {title}\n\n{table(head, lines)}\n"
    return text.rstrip("\n") + "\n"


if __name__ == "__main__":
    write_atomically(PAGE, page(Path(sys.argv[1]) / "results.csv"))
