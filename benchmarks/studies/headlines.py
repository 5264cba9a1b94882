"""Results per activity at OpenCap's own set-up, from what the committed reports carry.

``python -m benchmarks.studies.headlines`` reads the tables inside `reports/*.html`, runs nothing,
and writes `reports/headlines.md`. The table by camera is of a page that is not committed:
``--by-camera REPORT`` first keeps its runs as `version_by_camera.csv`. No mean over activities or
set-ups: a level that means one thing in a squat and another in a walk has no mean.
"""

from __future__ import annotations

import argparse
import base64
import csv
import gzip
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kinebench.io.atomic import write_atomically
from kinebench.statistics import equivalence, mean_interval

__all__ = ["effect", "page", "runs"]

_BY_CAMERA = Path(__file__).with_name("version_by_camera.csv")
REPORTS = Path(__file__).parents[2] / "reports"
Row = Mapping[str, str]
_VIRTUAL, _DRIVEN = "Virtual subjects", "Mocap-driven trials"
_ACTIVITIES = ("squat", "sit-to-stand", "counter-movement jump", "gait")


def runs(report: Path) -> list[Row]:
    """Runs that a report carries as a download.

    Parameters
    ----------
    report : Path
        HTML.
    """
    text = report.read_text(encoding="utf-8")
    for link in re.findall(r"<a [^>]*download=[^>]*>", text):
        name = re.search(r'download="([^"]+-runs\.csv(?:\.gz)?)"', link)
        data = re.search(r"base64,([^\"]+)", link)
        if name and data:
            content = base64.b64decode(data[1])
            content = gzip.decompress(content) if name[1].endswith(".gz") else content
            rows = csv.DictReader(io.StringIO(content.decode("utf-8")))
            return [row for row in rows if row["status"] == "done"]
    raise ValueError(f"{report.name} carries no runs")


MARGIN_DEG = 0.5
"""Of equivalence, as the study files state it."""


class Effect(NamedTuple):
    """What a level does.

    Parameters
    ----------
    base : float
        Mean error at the baseline.
    change : float
        Mean over subjects.
    interval : (float, float)
        95 %, Student's, of the mean; NaN for one subject.
    n_subjects : int
    equivalent : bool
        Whether two one-sided tests at 5 % show a change within `MARGIN_DEG`.
    """

    base: float
    change: float
    interval: tuple[float, float]
    n_subjects: int
    equivalent: bool = False


def effect(
    rows: Sequence[Row], factor: str, level: str, baseline: str, figure: str = "mean_error_deg"
) -> Effect:
    """Mean error at the baseline, mean change with the level, its interval, and subjects.

    Every subject counts once: the mean over what is otherwise alike. The interval is Student's, of
    the mean over subjects; NaN for a single one.
    """
    pairs: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row[factor] in (level, baseline):
            pairs[row["subject"]][row[factor]].append(float(row[figure]))
    both = [found for found in pairs.values() if found[level] and found[baseline]]
    changes = [float(np.mean(one[level]) - np.mean(one[baseline])) for one in both]
    base = float(np.mean([np.mean(one[baseline]) for one in both]))
    if len(changes) < 2:
        return Effect(base, changes[0], (np.nan, np.nan), len(changes))
    found = mean_interval(changes)
    alike = equivalence(np.zeros(len(changes)), changes, MARGIN_DEG).equivalent
    return Effect(base, float(np.mean(changes)), (found.low, found.high), len(changes), alike)


def _cell(
    rows: Sequence[Row], factor: str, level: str, baseline: str, figure: str = "mean_error_deg"
) -> str:
    if not {level, baseline} <= {row[factor] for row in rows}:
        return "—"
    _, change, (low, high), _, equivalent = effect(rows, factor, level, baseline, figure)
    beyond = "" if low > 0 or high < 0 or np.isnan(low) else " (not beyond chance)"
    if equivalent and figure == "mean_error_deg":  # the margin is one of angles
        beyond = " (equivalent)"
    digits = 2 if figure == "mean_error_deg" else 1
    interval = "" if np.isnan(low) else f" [{low:+.{digits}f}, {high:+.{digits}f}]"
    return f"{change:+.{digits}f}{interval}{beyond}".replace("-", "−")


def _table(
    rows: Sequence[Row], factor: str, levels: Sequence[str], baseline: str,
    driven: Sequence[Row], figure: str,
) -> Iterator[str]:  # fmt: skip
    names = [name for name in (*_ACTIVITIES, "one squat", "one sit-to-stand")
             if any(row["trial"] == name for row in rows)]  # fmt: skip
    yield f"| against {baseline} | {' | '.join(names)} | mocap-driven, 3 people |"
    yield f"|---|{'---|' * (len(names) + 1)}"
    bases = [
        effect(_of(rows, name), factor, baseline, baseline, figure).base
        if _of(rows, name)
        else np.nan
        for name in names
    ]
    base = effect(driven, factor, baseline, baseline, figure).base
    unit = {"mean_error_deg": "°", "velocity_rmse_deg_per_s": "°/s"}.get(figure, "°/s²")
    yield f"| error, {unit} | {' | '.join(f'{value:.2f}' for value in (*bases, base))} |"
    for level in levels:
        cells = [_cell(_of(rows, name), factor, level, baseline, figure) for name in names]
        of_driven = _cell(driven, factor, level, baseline, figure)
        yield f"| {level} | {' | '.join(cells)} | {of_driven} |"


def _of(rows: Sequence[Row], trial: str) -> list[Row]:
    return [row for row in rows if row["trial"] == trial]


def _chosen(rows: Sequence[Row], part: str, keep: Callable[[Row], bool]) -> list[Row]:
    return [row for row in rows if row["on"] == part and keep(row)]


def _is_at(levels: Mapping[str, str], row: Row) -> bool:
    return all(row[name] == level for name, level in levels.items())


def _study(
    title: str, report: str, factor: str, baseline: str, keep: Callable[[Row], bool],
    figure: str = "mean_error_deg",
) -> list[str]:  # fmt: skip
    rows = runs(REPORTS / report)
    virtual, driven = (_chosen(rows, part, keep) for part in (_VIRTUAL, _DRIVEN))
    levels = [level for level in dict.fromkeys(row[factor] for row in virtual) if level != baseline]
    return [f"## {title}", "", *_table(virtual, factor, levels, baseline, driven, figure), ""]


def _by_camera() -> Iterator[str]:
    """Versions with and without errors of the keypoints, on nine other virtual subjects."""
    rows: list[Row] = list(csv.DictReader(_BY_CAMERA.read_text(encoding="utf-8").splitlines()))
    yield "## v0.1 against v0.3, by the errors of the keypoints"
    yield ""
    yield (
        f"`kinebench study run benchmarks/studies/{_BY_CAMERA.stem}.toml`; nine virtual subjects"
        " that no other study has, 60 Hz, no warm-up, upright set-up."
    )
    yield ""
    yield f"| v0.1 − v0.3, ° | {' | '.join(_ACTIVITIES[:3])} |"
    yield "|---|---|---|---|"
    for camera in dict.fromkeys(row["camera"] for row in rows):
        cells = [
            _cell([row for row in _of(rows, name) if row["camera"] == camera],
                  "augmenter", "v0.1", "v0.3")
            for name in _ACTIVITIES[:3]
        ]  # fmt: skip
        title = "no errors" if camera == "none" else camera
        yield f"| {title} | {' | '.join(cells)} |"
    yield ""


def page() -> str:
    """All tables."""
    faults: list[str] = []
    for factor, baseline in (
        ("static pose", "ideal"), ("camera tilt", "level"), ("right side", "seen"),
        ("augmenter", "v0.3"),
    ):  # fmt: skip
        usual = {"static pose": "ideal", "camera tilt": "level", "right side": "seen",
                 "augmenter": "v0.3"}  # fmt: skip
        others = {name: level for name, level in usual.items() if name != factor}
        faults += _study(
            f"Right side: {factor}, all else as it should be",
            "right-side-sinks.html", factor, baseline,
            partial(_is_at, others),
        )  # fmt: skip
    return "\n".join(
        [
            _HEAD,
            *_study("Static pose, upright set-up", "static-pose.html", "static pose", "ideal",
                    lambda row: row["scaling set-up"] == "upright"),
            *_study("Any-pose set-up, ideal static pose", "static-pose.html", "scaling set-up",
                    "upright", lambda row: row["static pose"] == "ideal"),
            *_study("Any-pose set-up, no static trial", "static-pose.html", "scaling set-up",
                    "upright", lambda row: row["static pose"] == "trial start"),
            *_study("Filter", "filtering.html", "filter", "none",
                    lambda row: True),
            *_study("Filter, angular velocity", "filtering.html", "filter", "none",
                    lambda row: True, "velocity_rmse_deg_per_s"),
            *_study("Filter, angular acceleration", "filtering.html", "filter", "none",
                    lambda row: True, "acceleration_rmse_deg_per_s2"),
            *_study("Augmenter, 60 Hz, no warm-up (OpenCap's own)", "augmenter-version.html",
                    "augmenter", "v0.3",
                    lambda row: row["warm-up"] == "none" and row["frame rate"] == "60 Hz"),
            *_study("Augmenter, 60 Hz, 1 s of warm-up", "augmenter-version.html", "augmenter",
                    "v0.3", lambda row: row["warm-up"] == "1 s" and row["frame rate"] == "60 Hz"),
            *_study("Warm-up, v0.3, 60 Hz", "augmenter-version.html", "warm-up", "none",
                    lambda row: row["augmenter"] == "v0.3" and row["frame rate"] == "60 Hz"),
            *_study("Frame rate, v0.3, no warm-up", "augmenter-version.html", "frame rate",
                    "60 Hz", lambda row: row["augmenter"] == "v0.3" and row["warm-up"] == "none"),
            *_by_camera(),
            *faults,
        ]
    )  # fmt: skip


_HEAD = """\
# Results per activity, at OpenCap's own set-up

Made by `python -m benchmarks.studies.headlines` from the tables inside the committed reports;
nothing is run. Error: mean RMSE of legs, pelvis and trunk, degrees. A change is that of the error
against the first row's level, mean over virtual subjects (static pose and filter 12, augmenter
and right side 8), with Student's 95 % interval of the mean; mocap-driven: seven trials of three
people (five of one), each person counting once. Virtual subjects move and are built differently,
and each is filmed by another rig of cameras that recordings allow, so that the intervals hold what
differs between people and what is not known about cameras (`benchmarks/laboratory/people.md`,
`rigs.md`).
`lab-1` was trained in this laboratory, with the older preset of cameras. *Equivalent*: two
one-sided tests at 5 % show a change within ± 0.5°, a quarter of the 2° that McGinley et al. (2009)
take for small. Intervals and tests are not corrected for how many there are. Real recordings are
not here: their reference is OpenCap's own result, made with v0.1 or older.
"""


def kept(rows: Sequence[Row]) -> str:
    """The columns of runs that the table by camera needs, as CSV."""
    names = ("subject", "trial", "augmenter", "camera")
    errors = ("mean_error_deg", "offset_removed_deg")
    lines = [",".join((*names, *errors))]
    for row in rows:
        figures = (f"{float(row[name]):.4f}" for name in errors)
        lines.append(",".join((*(row[name] for name in names), *figures)))
    return "\n".join(lines) + "\n"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--by-camera", type=Path, metavar="REPORT")
    arguments = parser.parse_args()
    if arguments.by_camera:
        write_atomically(_BY_CAMERA, kept(runs(arguments.by_camera)))
    write_atomically(REPORTS / "headlines.md", page())


if __name__ == "__main__":
    main()
