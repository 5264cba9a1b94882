"""A paragraph for a paper: how a comparison was made, from what the run knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kinebench import __version__
from kinebench.alignment import GivenLag, NoAlignment, RigidAlignment, SignalLag
from kinebench.comparison import Comparison, IndexResampling, MeanOfBestLags, PairResult
from kinebench.comparison.agreement import FEWEST_SUBJECTS, agreement_of
from kinebench.comparison.side_differences import side_differences
from kinebench.core.display import counted
from kinebench.metrics import CATALOGUE
from kinebench.reports.units import readable

_POOLED = {
    "hierarchical": "Repetitions were averaged per trial, trials per subject, subjects per group",
    "pooled_repetitions": "Repetitions were pooled as independent, whoever they belong to",
    "pooled_trials": "Repetitions were averaged per trial, and trials were pooled as independent",
}
_FOUND = {
    "squat": "Squats",
    "sts": "Sit-to-stand repetitions",
    "gait": "Gait cycles",
    "jump": "Phases of jumps",
}


def comparison_methods(comparison: Comparison, margin_rad: float | None = None) -> str:
    """How one method was compared with the reference.

    Parameters
    ----------
    comparison : Comparison
    margin_rad : float, optional
        Of the test of equivalence.
    """
    sentences = [
        f"Estimates of {_trials_said(comparison)} were compared with their references.",
        *_how(comparison),
        *statistics_said(comparison, margin_rad),
    ]
    return " ".join((*sentences, f"Computed with kinebench {__version__}."))


def methods_compared(
    methods: Mapping[str, Comparison], ranked_by: str, margin_rad: float | None = None
) -> str:
    """How several methods were compared, on the trials that all of them have.

    Parameters
    ----------
    methods : mapping of str to Comparison
        By name, on their shared trials.
    ranked_by : str
        The part of the body whose mean error ranks them.
    margin_rad : float, optional
        Of the tests of equivalence.
    """
    first = next(iter(methods.values()))
    sentences = [
        f"{len(methods)} methods ({', '.join(methods)}) were compared with one reference on"
        f" {_trials_said(first)} that every method has.",
        *_how(first),
        *statistics_said(first, margin_rad),
    ]
    if first.n_subjects > 1:
        sentences.append(
            "Methods were compared by paired differences over subjects (t test, Holm's correction"
            f" for pairs of methods) and ranked by the mean error of the {ranked_by}, with 95 %"
            " confidence sets of the ranks (Mogstad et al. 2024)."
        )
    return " ".join((*sentences, f"Computed with kinebench {__version__}."))


def statistics_said(comparison: Comparison, margin_rad: float | None = None) -> list[str]:
    """Sentences on what is said over trials and subjects; none of one trial."""
    if len(comparison.pairs) < 2:
        return []
    parts = list(comparison.by_kind.values())
    pooled = _POOLED.get(
        comparison.procedure.pooling, f"Values were pooled as '{comparison.procedure.pooling}'"
    )
    apart = ", each kind of trial apart" if comparison.parts else ""
    if comparison.pooled_kinds:
        apart = f", over unlike trials together ({', '.join(comparison.pooled_kinds)})"
    sentences = [f"{pooled}{apart}."]
    most = max(part.n_subjects for part in parts)
    if most < 2:
        return [*sentences, "All trials are of one subject: nothing is inferred about others."]
    sentences.append("Intervals are 95 % (Student's t over subjects).")
    if most >= FEWEST_SUBJECTS and any(agreement_of(part) for part in parts):
        sentences.append(
            "Agreement is given by 95 % limits for repeated measures (Bland and Altman 2007) and"
            " ICC(A,1) of subjects' means (McGraw and Wong 1996)."
        )
        if margin_rad is not None:
            sentences.append(
                f"Equivalence within ± {readable(margin_rad, 'rad')}° was tested by two one-sided"
                " tests at 0.05 (Schuirmann 1987)."
            )
    if any(side_differences(part) for part in parts):
        sentences.append(
            "Errors of the right side were compared with those of the left, paired over subjects"
            " (t test, Holm's correction for the coordinates)."
        )
    return sentences


def _trials_said(comparison: Comparison) -> str:
    """As in ``6 trials of 3 subjects (gait: 3 trials; squat: 3 trials)``."""
    said = (
        f"{counted(len(comparison.pairs), 'trial')} of {counted(comparison.n_subjects, 'subject')}"
    )
    kinds: dict[str, int] = {}
    for pair in comparison.pairs:
        kinds[pair.trial_kind] = kinds.get(pair.trial_kind, 0) + 1
    if len(comparison.pairs) < 2:
        return said
    named = "; ".join(f"{kind}: {counted(n, 'trial')}" for kind, n in kinds.items())
    return f"{said} ({named})"


def _how(comparison: Comparison) -> Iterator[str]:
    """Procedure, clocks, frames, repetitions, and what the errors are."""
    how, pairs = comparison.procedure, comparison.pairs
    if how.source:
        yield f"The procedure '{how.name}' follows {how.source}."
    yield _clocks(comparison)
    if how.space is not None:
        turned = "rotation" if isinstance(how.space, RigidAlignment) else "turn about the vertical"
        yield (
            f"Each trial's markers were brought onto the reference's by one {turned} and one"
            " translation, least squares."
        )
    if how.window_s is not None:
        yield "The part from {:g} to {:g} s of each reference was scored.".format(*how.window_s)
    n = sum(len(pair.repetitions) for pair in pairs)
    if how.events is not None:
        found = _FOUND[how.events] if isinstance(how.events, str) else "Named intervals"
        where = "found in the reference" if isinstance(how.events, str) else "set by hand"
        yield f"{found} were {where} and scored one by one ({n} in all)."
    if not isinstance(how.time, IndexResampling):
        spline = "cubic splines" if how.time.interpolation == "cubic" else "straight lines"
        at = "at the reference's times, without filtering"
        yield f"Estimates were interpolated by {spline} {at}."
    if how.remove_translation_offset:
        yield "The mean offset of the pelvis translations was removed."
    title = CATALOGUE[comparison.headline_of(pairs[0])].title
    yield f"Errors are estimate minus reference; the metric that stands for a trial is {title}."


def _clocks(comparison: Comparison) -> str:
    time, pairs = comparison.procedure.time, comparison.pairs
    stated = [pair for pair in pairs if isinstance(pair.alignment.stage, GivenLag)]
    if stated and len(stated) == len(pairs):
        return f"Each estimate's clock was corrected by a stated lag, {_lags(stated)}."
    found = [pair for pair in pairs if not isinstance(pair.alignment.stage, GivenLag)]
    said = _policy(time, found)
    if stated:
        said += f" Of {counted(len(stated), 'trial')} the lag was stated, {_lags(stated)}."
    return said


def _policy(time: object, pairs: list[PairResult]) -> str:
    match time:
        case NoAlignment():
            return "Clocks of estimates and references were taken as one."
        case SignalLag():
            signal = pairs[0].alignment.signal
            return (
                f"Each estimate's clock was corrected by the lag of highest cross-correlation of"
                f" {signal}, {_lags(pairs)}."
            )
        case MeanOfBestLags():
            named = " and ".join(time.coordinates)
            return (
                "Each estimate's clock was corrected by the mean of the lags of lowest error of"
                f" {named}, {_lags(pairs)}, which flatters the estimate."
            )
        case IndexResampling():
            return (
                f"Both recordings became {time.n_points} points by sample number, without regard to"
                " their times."
            )
        case _:
            return (
                "Each estimate's clock was corrected by the lag of lowest error,"
                f" {_lags(pairs)}, which flatters the estimate."
            )


def _lags(pairs: list[PairResult]) -> str:
    lags = [pair.alignment.lag_s for pair in pairs]
    low, high = (f"{value:+.3f}".replace("-", "−") for value in (min(lags), max(lags)))
    return f"{low} s" if low == high else f"{low} to {high} s"
