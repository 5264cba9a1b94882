"""Pose2Sim's marker augmentation and kinematics of one recording; runs in Pose2Sim's environment.

python estimate.py KEYPOINTS.trc MASS_KG HEIGHT_M OUT.mot [--simple]
"""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path

# no window is opened
os.environ["MPLBACKEND"] = "Agg"

from Pose2Sim import Pose2Sim
from Pose2Sim.common import read_trc, write_trc

# A recording may hold anatomical markers of an earlier augmentation; Pose2Sim adds its own.
KEYPOINTS = (
    "Nose", "Head", "Neck", "Hip",
    *(side + name for name in ("Shoulder", "Elbow", "Wrist", "Hip", "Knee", "Ankle", "Heel",
                               "BigToe", "SmallToe") for side in "RL"),
)  # fmt: skip
# Pose2Sim's model bends in six joints of the spine, by shares of one angle each.
SPINE = {
    "lumbar_extension": "Flex_Ext",
    "lumbar_bending": "Lat_Bending",
    "lumbar_rotation": "axial_rotation",
}
# Coordinates that OpenCap's model has not.
OTHERS = re.compile(r"L\d_|Abs_|neck_|wrist_|knee_angle_[rl]_beta")


def project(keypoints: Path, mass_kg: float, height_m: float, simple: bool) -> dict:
    """Pose2Sim's folders and what Config.toml would say; all else is its default."""
    folder = Path("project").resolve()
    (folder / "pose-3d").mkdir(parents=True)
    write_keypoints(keypoints, folder / "pose-3d" / "trial.trc")
    return {
        "project": {
            "project_dir": str(folder),
            "participant_height": height_m,
            "participant_mass": mass_kg,
            "frame_range": "all",
        },
        "pose": {"pose_model": "Body_with_feet"},
        "markerAugmentation": {"make_c3d": False},
        "kinematics": {"use_augmentation": True, "use_simple_model": simple},
    }


def write_keypoints(given: Path, out: Path) -> None:
    """The keypoints that Pose2Sim knows, with the header that it expects."""
    data, frames, times, names, header = read_trc(given)
    kept = [name for name in names if name in KEYPOINTS]
    counts = header[2].rstrip("\n").split("\t")
    counts[3] = str(len(kept))
    axes = "\t".join(f"X{i}\tY{i}\tZ{i}" for i in range(1, len(kept) + 1))
    lines = ["\t".join(counts), "Frame#\tTime\t" + "\t\t\t".join(kept) + "\t\t\t", f"\t\t{axes}\t"]
    write_trc(out, data[kept], frames, times, header[:2] + [line + "\n" for line in lines])


def in_our_names(text: str) -> str:
    """A .mot with the sums of the spine's angles, in degrees, and without what OpenCap has not."""
    head, table = text.split("endheader\n")
    names, *rows = (line.split() for line in table.splitlines() if line.strip())
    kept = [i for i, name in enumerate(names) if not OTHERS.match(name)]
    spine = {
        name: [i for i, one in enumerate(names) if re.fullmatch(rf"L\d_(L|S|T)\d+_{ending}", one)]
        for name, ending in SPINE.items()
    }
    lines = [[names[i] for i in kept] + list(spine)]
    for row in rows:
        sums = [sum(float(row[i]) for i in columns) for columns in spine.values()]
        lines.append([row[i] for i in kept] + [f"{angle:.8f}" for angle in sums])
    head = re.sub(r"nColumns=\d+", f"nColumns={len(lines[0])}", head)
    return head + "endheader\n" + "".join("\t".join(line) + "\n" for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("keypoints", type=Path)
    parser.add_argument("mass_kg", type=float)
    parser.add_argument("height_m", type=float)
    parser.add_argument("out", type=Path)
    parser.add_argument("--simple", action="store_true", help="the model without muscles")
    given = parser.parse_args()
    config = project(given.keypoints, given.mass_kg, given.height_m, given.simple)
    Pose2Sim.markerAugmentation(config)
    Pose2Sim.kinematics(config)
    found = Path(config["project"]["project_dir"]) / "kinematics" / "trial_LSTM.mot"
    given.out.write_text(in_our_names(found.read_text()))


if __name__ == "__main__":
    main()
