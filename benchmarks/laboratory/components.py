"""How much of an error belongs to the person, the trial and the noise: writes components.md.

kinebench study run benchmarks/laboratory/components.toml --out FOLDER
python -m benchmarks.laboratory.components FOLDER

Needs OpenCap's files, as the study does: in the cache, in the mirror that KINEBENCH_MIRROR names,
or from the network.
"""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from scipy.special import chdtri, fdtri

from benchmarks.laboratory.camera import table
from kinebench.core.arrays import FloatArray
from kinebench.errors import NameNotFoundError, ValueRangeError
from kinebench.io.atomic import write_atomically
from kinebench.statistics.power import DifferenceComponents, components_of
from kinebench.statistics.samples import Interval, finite_array
from kinebench.studies.files.study_file import read_study
from kinebench.studies.sources.laboratory import LabSource

PAGE = Path(__file__).with_name("components.md")
STUDY = Path(__file__).with_name("components.toml")
LEGS = tuple(
    f"{angle}_{side}"
    for angle in ("hip_flexion", "hip_adduction", "hip_rotation", "knee_angle", "ankle_angle",
                  "subtalar_angle")
    for side in "rl"
)  # fmt: skip
RMSE, BIAS, PEAK = "RMSE of the legs", "bias of knee_angle_r", "true peak of knee_angle_r"
_KNEE = "knee_angle_r"
_HEAD = (
    "", "mean", "person", "share", "95 % of person", "trial", "share", "noise", "share", "d.f.",
)  # fmt: skip

Figures = Mapping[tuple[str, str], FloatArray]
"""Activity and figure to its values (people, trials, noise seeds) in degrees."""


def parts(values: FloatArray) -> DifferenceComponents:
    """Variance components of values (people, trials, noise seeds); noise is the repetition."""
    people, trials, noise = np.indices(values.shape).reshape(3, -1)
    del noise  # repetitions need no name
    return components_of(values.ravel(), people.astype(str).tolist(), trials.astype(str).tolist())


def person_interval(values: FloatArray, level: float = 0.95) -> Interval:
    """Interval of the standard deviation between people (Williams 1962, Tukey 1951).

    The mean square of people estimates more than the person's variance; its ratio to that of
    trials says how much of it is left, at either end. Covers slightly more than its level.

    Parameters
    ----------
    values : (n_people, n_trials, n_seeds)
        Balanced; two people and two trials or more.
    level : float

    Raises
    ------
    ValueRangeError
        For fewer, or values that are not finite.
    """
    values = finite_array(values, 3, "values", at_least=2)
    n, trials, _ = values.shape
    if trials < 2:
        raise ValueRangeError(f"an interval needs two trials per person or more, found {trials}")
    means = values.mean(axis=2)
    of_people = float(means.mean(axis=1).var(ddof=1))
    of_trials = float(means.var(axis=1, ddof=1).mean()) / trials
    freedom, within = n - 1, n * (trials - 1)

    def bound(beyond: float) -> float:
        # chdtri takes the probability above, fdtri the one below
        ratio = float(fdtri(freedom, within, 1 - beyond))
        left = of_people - ratio * of_trials
        return math.sqrt(max(0.0, freedom * left / float(chdtri(freedom, beyond))))

    tail = (1 - level) / 2
    return Interval(bound(tail), bound(1 - tail), level)


def row(name: str, values: FloatArray) -> list[str]:
    """A line of the table: standard deviations, and shares of the variance of one value."""
    found, about = parts(values), person_interval(values)
    sizes = [found.subject, found.trial, found.repetition]
    total = sum(size**2 for size in sizes)
    n, trials, seeds = values.shape
    freedom = [n - 1, n * (trials - 1), n * trials * (seeds - 1)]
    cells = []
    for size, degrees in zip(sizes, freedom, strict=True):
        # an estimate of exactly 0 is one that would have been negative
        text = "none" if degrees == 0 else f"{size:.2f}" if size > 0 else "0 (negative)"
        cells.append((text, f"{100 * size**2 / total:.0f} %"))
    person, trial, noise = cells
    return [
        name, f"{found.bias:.2f}", *person, f"{about.low:.2f} to {about.high:.2f}", *trial, *noise,
        ", ".join(str(degrees) for degrees in freedom),
    ]  # fmt: skip


def command(values: FloatArray) -> str:
    """What is handed to the planner: one recording of each trial holds its noise."""
    found = parts(values)
    trial = math.hypot(found.trial, found.repetition)
    return (
        f"kinebench power --margin 5 --bias {found.bias:.2f} --subject-sd {found.subject:.2f}"
        f" --trial-sd {trial:.2f}"
    )


_PREAMBLE = """# Person, trial and noise

Made by `kinebench study run benchmarks/laboratory/components.toml --out FOLDER` and
`python -m benchmarks.laboratory.components FOLDER`: {people} varied people, each before a plausible
rig of their own, {trials} trials of each activity (three squats, two times sit-to-stand, three
strides) that the person does differently, each recorded under {seeds} noise seeds.
Pipeline as in the studies: fast engine, LaiUhlrich2022 (truth on the same model), OpenCap's set-up
with augmenter v0.3 without warm-up, 60 Hz.

Standard deviations in degrees and their shares of the variance of one recording, by nested analysis
of variance (method of moments, `kinebench.statistics.power.components_of`: what
`kinebench power --pilot` uses).
"0 (negative)": the estimate was below 0. "None": the truth has no noise; nothing was estimated.
D.f.: degrees of freedom of person, trial and noise. Interval of the person's standard deviation: by
chi-squared, after Williams and Tukey; it takes values as normal and then covers 96 % (simulated for
ten people, two trials, two seeds); with so few people it is wide.
The RMSE of the legs is the mean of those of twelve angles: hips, knees, ankles and subtalar joints.

"""

_PLANNING = """
## Handed to `kinebench power`

Only a difference with a sign can be planned with, here the bias of knee_angle_r. A trial that is
recorded once holds its noise, which no repetition within it averages out: `--trial-sd` is
√(trial² + noise²). The margin of 5° is an example; put your own. Pessimistic plans take the upper
end of the person's interval for `--subject-sd`.

"""

_LIMITS = """
A pilot of your own goes in as `--pilot FILE.csv`, columns subject, trial and difference.

## What the parts hold

- *Person*: movement, body, and the rig with its calibration and the detector's
  bias for this person: another camera set-up per person, so that people before one and the same
  rig may differ less.
- *Trial*: how the person moves and stands this time. Each trial here has a static trial of its own;
  in a session of OpenCap one static trial serves all, and what it does belongs to the person.
- *Noise*: pixel noise, slow wandering and synchronisation, in the trial and its static trial, and
  the detector's bias of the trial, which the laboratory draws with them.
"""


def page(figures: Figures) -> str:
    """The whole text."""
    first = figures[next(iter(figures))]
    people, trials, seeds = first.shape
    text = _PREAMBLE.format(people=people, trials=trials, seeds=seeds)
    for figure in dict.fromkeys(name for _, name in figures):
        lines = [row(who, values) for (who, name), values in figures.items() if name == figure]
        text += f"## {figure[0].upper()}{figure[1:]}, degrees\n\n{table(_HEAD, lines)}\n"
    planned = [[who, f"`{command(v)}`"] for (who, name), v in figures.items() if name == BIAS]
    commands = "".join(f"- {who}: {text}\n" for who, text in planned)
    return text.rstrip("\n") + "\n" + _PLANNING + commands + _LIMITS


def measured(results: Path) -> Figures:
    """Figures of the study's trials, from its results.csv; the true peak from the trials.

    Raises
    ------
    NameNotFoundError
        When a trial of the study has no result.
    """
    wanted = {("rmse", angle) for angle in LEGS} | {("bias", _KNEE)}
    found: dict[tuple[str, str, str, str], float] = {}
    with results.open(newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            if line["kind"] == "coordinate" and (line["metric"], line["item"]) in wanted:
                where = (line["subject"], line["trial"], line["metric"], line["item"])
                found[where] = math.degrees(float(line["value"]))
    sources = [one for one in read_study(STUDY).sources if isinstance(one, LabSource)]
    cells: dict[tuple[str, str], dict[tuple[str, int, int], float]] = {}
    for source in sources:
        for name, value in _figures(source, found):
            place = (source.subject, source.number, source.noise)
            cells.setdefault((source.activity, name), {})[place] = value
    people = len({source.subject for source in sources})
    trials = max(source.number for source in sources)
    # sources come person by person, trial by trial, noise seed by noise seed
    return {
        key: np.array(list(cells[key].values())).reshape(people, trials, -1)
        for name in (RMSE, BIAS, PEAK)
        for key in cells
        if key[1] == name
    }


def _figures(
    source: LabSource, found: Mapping[tuple[str, str, str, str], float]
) -> Iterator[tuple[str, float]]:
    try:
        errors = [found[source.subject, source.name, "rmse", angle] for angle in LEGS]
        yield BIAS, found[source.subject, source.name, "bias", _KNEE]
    except KeyError as error:
        lacking = " ".join(error.args[0])
        raise NameNotFoundError(f"no result for {lacking}: run the study to its end") from None
    yield RMSE, float(np.mean(errors))
    if source.noise == 0:
        truth = source({}).reference_motion
        assert truth is not None
        yield PEAK, math.degrees(float(truth.value(_KNEE).max()))


if __name__ == "__main__":
    write_atomically(PAGE, page(measured(Path(sys.argv[1]) / "results.csv")))
