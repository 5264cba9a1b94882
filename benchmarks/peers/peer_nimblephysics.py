"""nimblephysics: `Skeleton.fitMarkersToWorldPositions`, frame after frame, from the last pose.

The compiled library is imported without the package around it, which wants PyTorch for other
things. With OpenCap's weights as they are it runs away from the first frame (loss 10¹³ and
growing); divided by the largest, which leaves the minimum where it is, it converges.
"""

import time

import measured
import nimblephysics_libs._nimblephysics as nimble
import numpy as np


def main() -> None:
    folder = measured.folder_of_problem()
    read = nimble.biomechanics.OpenSimParser.parseOsim(
        str(folder / "model.osim"), ignoreGeometry=True
    )
    skeleton, known = read.skeleton, read.markersMap
    start_s = time.process_time()
    names, _, positions, weights = measured.markers_of(folder)
    pairs = [known[name] for name in names]
    relative = np.array([weights[name] for name in names])
    relative /= relative.max()

    def solve(frame: int) -> np.ndarray:
        seen = ~np.isnan(positions[frame, :, 0])
        there = pairs if seen.all() else [pairs[i] for i in np.flatnonzero(seen)]
        target = np.ascontiguousarray(positions[frame][seen].ravel())
        skeleton.fitMarkersToWorldPositions(there, target, relative[seen])
        return np.asarray(skeleton.getPositions()).copy()

    found, seconds = measured.frame_by_frame(solve, len(positions))
    dofs = [skeleton.getDofByIndex(i).getName() for i in range(skeleton.getNumDofs())]
    measured.write_answer(
        "nimblephysics",
        start_s,
        float(seconds.sum()),
        seconds,
        "weights divided by the largest",
        names=np.array(dofs),
        values=np.array(found),
    )


if __name__ == "__main__":
    main()
