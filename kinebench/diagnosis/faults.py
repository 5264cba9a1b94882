"""Faults by name: how likely each is, what shows it, what to do, and what would tell more."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from kinebench.diagnosis.features import FEATURES
from kinebench.diagnosis.suspicion import ANYTHING, Learnt, learnt, probabilities

LIKELY = 0.5
"""A cause is called likely wrong from this probability on, more likely than not; what clean
sessions resemble, from a higher one (`Learnt.likely`): under no camera preset are more than 1.2 %
of the clean learning sessions accused of one cause, judged by what other people's taught."""

_WHOLE = "no single number of the recording is unusual, all of them together are"
# Spreads from what is usual that are worth a word.
_ODD = 1.5

UNDECIDABLE = (
    "which augmenter version is nearer to the truth: this depends on the errors of the keypoints",
    "the size of the reconstruction against a wrong stated height, when the static trial was filmed"
    " in the same set-up: a tape measure on the floor tells",
    "a bias of the detector that both sides have, or that every recording of the person has:"
    " optical markers tell",
    "a tilted pelvis over straight legs in the static trial: keypoints have no point on it",
)
"""What no recording of this kind decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseWords:
    """What is to be said of a cause.

    Parameters
    ----------
    advice : str
        What to do when it is there.
    apart : str
        What would tell it from others that look alike.
    picture : {"stance", "lengths", "heights", "feet", "noise", "none"}
        Which picture of the recording shows it.
    telling : mapping of str to tuple of str
        Kind ("" for a cause of one kind) to the features that say it in words, in this order.
    swap : str
        Cause of `kinebench.diagnosis.swaps` that does without it; empty for none.
    title : str
        What readers are told as its name, with the words of its swap; empty for the name itself.
    run_setting : bool
        Whether it is a setting of the run, and nothing that is wrong with the recording.
    """

    advice: str
    apart: str
    picture: str
    telling: Mapping[str, tuple[str, ...]]
    swap: str = ""
    title: str = ""
    run_setting: bool = False


_AGAIN = "record a static trial again, standing upright with straight knees"
_OTHER_SIDE = (
    "record again with the cameras on the other side: an error of the keypoints changes with them,"
    " a person does not"
)
_TAPE = "measure both legs with a tape"

CAUSES: Mapping[str, CauseWords] = MappingProxyType(
    {
        "static pose": CauseWords(
            advice=_AGAIN,
            apart="a second static trial: a pose changes, a bias of the keypoints stays",
            picture="stance",
            telling={
                "one knee": ("static uneven, own", "static uneven"),
                "both knees": ("static bent, own", "static bent"),
                "trunk": ("static lean, own", "static lean"),
            },
        ),
        "static window": CauseWords(
            advice="scale on another window (--window), the straightest one",
            apart="look at the static trial there",
            picture="stance",
            telling={"": ("window knee", "window lean")},
            swap="static window",
        ),
        "no static trial": CauseWords(
            advice="record a static trial: the model is scaled on the movement itself",
            apart="a static trial",
            picture="stance",
            telling={"": ("no static trial",)},
        ),
        "tilt sideways": CauseWords(
            advice="level the keypoints (--clean level), or calibrate the cameras again",
            apart="film a level table or a hanging string; of people a few lean",
            picture="heights",
            telling={"": ("tilt sideways", "trunk to the right", "tilt sideways, movement")},
            swap="camera tilt",
            title="camera tilt sideways",
        ),
        "tilt forwards": CauseWords(
            advice="level the keypoints (--clean level), or calibrate the cameras again",
            apart="film a level table or a hanging string; or turn round and record again",
            picture="feet",
            telling={"": ("tilt forwards", "heel over toes", "tilt forwards, movement")},
            swap="camera tilt",
            title="camera tilt forwards",
        ),
        "size": CauseWords(
            advice="calibrate again, and record a static trial in the same set-up as the movement",
            apart="measure a known length in both recordings",
            picture="lengths",
            telling={"": ("size, change",)},
        ),
        "size or height": CauseWords(
            advice="check the stated height, and the checkerboard's size in the calibration",
            apart="a tape measure: the height, or a length on the floor",
            picture="lengths",
            telling={"": ("size, static", "size, movement")},
        ),
        "limb length": CauseWords(
            advice="look for a side that was hidden, and calibrate again",
            apart=f"{_TAPE}; {_OTHER_SIDE}",
            picture="lengths",
            telling={
                "thigh": ("thigh length, static", "thigh length"),
                "shank": ("shank length, static", "shank length"),
            },
        ),
        "changing lengths": CauseWords(
            advice=(
                "look at the stretch where lengths change: keypoints are lost or taken for others"
                " there; cut it, or record again"
            ),
            apart="the videos of that stretch",
            picture="lengths",
            telling={"": ("changing", "wandering, most")},
        ),
        "low keypoint": CauseWords(
            advice="record again with the cameras elsewhere, and clothes that show the joint",
            apart=f"{_TAPE}; {_OTHER_SIDE}",
            picture="lengths",
            telling={
                "hip": ("thigh length, static", "hip height"),
                "knee": ("thigh length, static", "shank length, static"),
                "ankle": ("shank length, static", "ankle height"),
            },
        ),
        "sinking keypoint": CauseWords(
            advice=(
                "record again with the cameras elsewhere: the keypoint slides as the joint bends"
            ),
            apart=_OTHER_SIDE,
            picture="lengths",
            telling={
                "hip": ("thigh with depth", "hip sinks"),
                "knee": ("shank with depth", "thigh with depth", "knee sinks"),
            },
        ),
        "one side late": CauseWords(
            advice="check the synchronisation of the cameras",
            apart=f"{_OTHER_SIDE}; the person may move so",
            picture="stance",
            telling={"": ("late", "late path")},
        ),
        "wandering side": CauseWords(
            advice="look for a side that was hidden from the cameras, and record again",
            apart=_OTHER_SIDE,
            picture="lengths",
            telling={"": ("wandering, most", "wandering", "feet wander, most")},
        ),
        "side swaps": CauseWords(
            advice="correct the swaps (--clean swap-sides), or cut these frames",
            apart="the videos of these frames",
            picture="heights",
            telling={"": ("swaps", "jumps")},
        ),
        "floor outlier": CauseWords(
            advice=(
                "cut or fill the frame (--clean outliers): the lowest point of a"
                " trial sets its floor"
            ),
            apart="the videos of this frame",
            picture="feet",
            telling={"": ("low outlier",)},
        ),
        "keypoint noise": CauseWords(
            advice=(
                "filter the keypoints (--clean butterworth:6), or record with"
                " better light and cameras"
            ),
            apart="the videos",
            picture="feet",
            telling={"": ("tremble, most", "tremble")},
            swap="keypoint noise",
        ),
        "start-up": CauseWords(
            advice="run the augmenter with --warm-up 1, or record from standing",
            apart="run it with and without",
            picture="stance",
            telling={"": ("start",)},
            swap="augmenter start-up",
            title="augmenter start-up",
            run_setting=True,
        ),
        "filter": CauseWords(
            advice="filter less: the cut-off lies below the movement",
            apart="run it without",
            picture="heights",
            telling={"": ("smoothed away",)},
        ),
        "frame rate": CauseWords(
            advice="resample to the rate that the augmenter knows (--resample 60)",
            apart="run it with and without",
            picture="none",
            telling={"": ("rate",)},
            swap="augmenter timing",
            title="augmenter timing",
            run_setting=True,
        ),
        "scaling set-up": CauseWords(
            advice="use the set-up that pulls towards standing: the static pose is straight",
            apart="run it with both",
            picture="stance",
            telling={"": ("needless set-up",)},
            swap="scaling set-up",
        ),
        "mass": CauseWords(
            advice="check the stated mass and its unit",
            apart="a scale",
            picture="none",
            telling={"": ("mass",)},
        ),
        "person moves unevenly": CauseWords(
            advice="nothing, if the person moves so",
            apart=f"{_OTHER_SIDE}; or a force plate under each foot",
            picture="heights",
            telling={"": ("hip sinks", "pelvis shifts", "deep uneven")},
        ),
        "person's legs differ": CauseWords(
            advice="nothing, if the legs differ",
            apart=f"{_TAPE}; {_OTHER_SIDE}",
            picture="lengths",
            telling={"": ("hip height", "thigh length, static", "shank length, static")},
        ),
    }
)
"""Every cause that has a probability, by name."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A cause, and what speaks for it.

    Parameters
    ----------
    name : str
        One of `CAUSES`.
    probability : float
        0 to 1, see `kinebench.diagnosis.suspicion`.
    shown : str
        What the recording shows, in words with numbers.
    kind : str
        The likeliest one, empty for a cause of one kind.
    deviations : tuple of (str, float)
        Features that tell of it, in spreads of clean sessions from what is usual.
    threshold : float
        Probability from which on it is called likely wrong.
    measured : bool
        Whether any feature that tells of it was measured; the probability says nothing otherwise.
    """

    name: str
    probability: float
    shown: str
    kind: str = ""
    deviations: tuple[tuple[str, float], ...] = ()
    threshold: float = LIKELY
    measured: bool = True

    @property
    def words(self) -> CauseWords:
        """What is to be said of the cause."""
        return CAUSES[self.name]

    @property
    def title(self) -> str:
        """Its name for readers."""
        return self.words.title or self.name

    @property
    def likely(self) -> bool:
        """Whether it is called likely wrong."""
        return self.probability >= self.threshold


def faults_of(
    features: Mapping[str, float], model: Learnt | None = None
) -> tuple[tuple[Fault, ...], float, tuple[str, ...]]:
    """Every cause with its probability, likeliest first; that of anything; and what is strange.

    Features that are strange are named where the recording is unlike all sessions that were learnt
    from: probabilities then say nothing.

    Parameters
    ----------
    features : mapping of str to float
        Of `kinebench.diagnosis.features.measured`.
    model : Learnt, optional
        The parameters that kinebench comes with by default.
    """
    model = learnt() if model is None else model
    by_kind = probabilities(features, model)
    anything = by_kind.pop(ANYTHING)
    found = []
    z = model.standardised(features)
    for name, probability in of_causes(by_kind).items():
        kinds = [kind for kind in by_kind if kind.split(":")[0] == name]
        kind = max(kinds, key=lambda one: by_kind[one])
        which = kind.partition(": ")[2]
        told = _telling(name, which, features, z)
        text = "; ".join(_in_words(one, features[one], model.usual[one]) for one in told) or _WHOLE
        deviations = tuple((one, z[one]) for one in told)
        threshold = model.likely.get(name, LIKELY)
        seen = any(math.isfinite(features.get(one, math.nan)) for one in _all_telling(name))
        found.append(Fault(name, probability, text, which, deviations, threshold, seen))
    ranked = sorted(found, key=lambda fault: -fault.probability)
    far = model.far(features)
    strange = far if len(far) > model.strange else ()
    return tuple(ranked), max(anything, *(fault.probability for fault in found)), strange


def _all_telling(name: str) -> set[str]:
    return set().union(*CAUSES[name].telling.values())


def recorded_wrong(
    faults: Sequence[Fault], features: Mapping[str, float], model: Learnt | None = None
) -> float:
    """Probability that anything is wrong with the recording, whatever the settings of the run.

    Features that tell of settings count as usual, as if the run had been made with others.
    """
    settings = [name for name, words in CAUSES.items() if words.run_setting]
    unknown = {one: math.nan for name in settings for one in _all_telling(name)}
    _, anything, _ = faults_of({**features, **unknown}, model)
    return max(anything, *(one.probability for one in faults if not one.words.run_setting))


def of_causes(by_kind: Mapping[str, float]) -> dict[str, float]:
    """Probability of each cause: of at least one of its kinds."""
    spared: dict[str, float] = {}
    for kind, probability in by_kind.items():
        name = kind.split(":")[0]
        spared[name] = spared.get(name, 1.0) * (1.0 - probability)
    return {name: 1.0 - share for name, share in spared.items()}


def _telling(
    name: str, which: str, features: Mapping[str, float], z: Mapping[str, float]
) -> list[str]:
    """The telling features that are beyond what is usual."""
    telling = CAUSES[name].telling[which]
    known = [one for one in telling if math.isfinite(features.get(one, math.nan))]
    return [one for one in known if abs(z[one]) > _ODD]


def _in_words(name: str, value: float, usual: tuple[float, float]) -> str:
    """A feature with its value, and 95 % of clean sessions."""
    feature = FEATURES[name]
    middle, spread = usual
    if feature.unit == "":
        return feature.meaning
    if feature.sided:
        side, other = ("right", "left") if value > 0 else ("left", "right")
        text = feature.meaning.format(side=side, other=other)
        if feature.unit == "log":
            times, most = math.exp(abs(value)), math.exp(2 * spread)
            return f"{text}, {times:.1f} times (usual: up to {most:.1f})"
        size, most_of = _number(abs(value), feature.unit), _number(2 * spread, feature.unit)
        return f"{text} by {size} (usual: up to {most_of})"
    low, high = middle - 2 * spread, middle + 2 * spread
    if feature.logarithm:
        value, low, high = (math.exp(one) for one in (value, low, high))
    limits = f"{_number(low, '')} to {_number(high, feature.unit)}"
    return f"{feature.meaning}: {_number(value, feature.unit)} (usual: {limits})"


def _number(value: float, unit: str) -> str:
    digits = 1 if abs(value) < 10 else 0
    gap = "" if unit in ("°", "") else " "
    return f"{value:.{digits}f}{gap}{unit}".replace("-", "−")
