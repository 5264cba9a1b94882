"""What a gate found, in words: for terminals, job summaries and annotations of a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from kinebench.baselines.baseline import Baseline, Key
from kinebench.baselines.judging import Finding, Outcome, Verdict
from kinebench.baselines.measurement import ALL, Measurement
from kinebench.core.display import counted
from kinebench.reports.units import readable, readable_interval, readable_unit

_MOST = 20  # lines that a person reads; the page and JSON have all
_DIGEST = 12  # characters that tell digests apart
_COMPARED = (Outcome.FINE, Outcome.MOVED, Outcome.BETTER, Outcome.ELSEWHERE)


def headline(verdict: Verdict) -> str:
    """One line: how many curves moved in how many trials, how many errors, and what is gone."""
    kinds: dict[str, list[Finding]] = {}
    for finding in verdict.findings:
        kinds.setdefault(_kind(finding.key), []).append(finding)
    told = [said for kind, own in kinds.items() for said in _failed(kind, own)]
    if not told:
        compared = [_whole(kind, own) for kind, own in kinds.items() if _places(own, *_COMPARED)]
        told = [f"nothing moved: {', '.join(compared)}" if compared else "nothing was compared"]
    told += [
        f"{n} {outcome.value}"
        for outcome in (Outcome.NEW, Outcome.BETTER, Outcome.ELSEWHERE)
        if (n := len(_places(verdict.findings, outcome)))
    ]
    return f"{verdict.gate}: {', '.join(told)}"


def _kind(key: Key) -> str:
    if key.quantity == "rmse":
        return "error"
    return "figure" if key.trial == ALL else "curve"


def _places(findings: Iterable[Finding], *outcomes: Outcome) -> set[tuple[str, str]]:
    """Trials and coordinates of findings with such an outcome: a curve has several figures."""
    return {(f.key.trial, f.key.item) for f in findings if f.outcome in outcomes}


def _failed(kind: str, findings: Sequence[Finding]) -> Iterator[str]:
    n = len(_places(findings, *_COMPARED, Outcome.VANISHED))
    moved = _places(findings, Outcome.MOVED)
    for places, what in ((moved, "moved"), (_places(findings, Outcome.VANISHED) - moved, "gone")):
        if not places:
            continue
        said = f"{len(places)} of {counted(n, kind)} {what}"
        if kind == "curve":
            trials = {finding.key.trial for finding in findings}
            in_trials = len({trial for trial, _ in places})
            said += f" in {in_trials} of {counted(len(trials), 'trial')}"
        yield said


def _whole(kind: str, findings: Sequence[Finding]) -> str:
    said = counted(len(_places(findings, *_COMPARED)), kind)
    if kind == "curve":
        return f"{said} of {counted(len({f.key.trial for f in findings}), 'trial')}"
    return f"{said} against the truth" if kind == "error" else said


def worst_of_each(verdict: Verdict) -> tuple[Finding, ...]:
    """Of every trial and coordinate that failed the finding that says most, the worst first.

    The largest change of a course says more than its RMS, and both say more than the extremes that
    moved with it. A trial that is gone as a whole is one finding.
    """
    best: dict[tuple[str, str], Finding] = {}
    gone = _gone_trials(verdict)
    for finding in verdict.failures:
        trial, _, quantity = finding.key
        if trial in gone:
            what = quantity if trial == ALL else "motion"
            finding = replace(finding, key=Key(trial, f"all {gone[trial]} coordinates", what))
        place = trial, finding.key.item
        if place not in best or _rank(finding) > _rank(best[place]):
            best[place] = finding
    return tuple(best.values())


def _gone_trials(verdict: Verdict) -> dict[str, int]:
    """Trials of which nothing is left, with the number of their coordinates, if several."""
    known = [finding for finding in verdict.findings if finding.outcome is not Outcome.NEW]
    left = {f.key.trial for f in known if f.outcome is not Outcome.VANISHED}
    items: dict[str, set[str]] = {}
    for finding in known:
        if finding.key.trial not in left:
            items.setdefault(finding.key.trial, set()).add(finding.key.item)
    return {trial: len(own) for trial, own in items.items() if len(own) > 1}


def _rank(finding: Finding) -> int:
    quantities = ("course coverage", "course rms", "course")
    quantity = finding.key.quantity
    return quantities.index(quantity) + 1 if quantity in quantities else 0


def sentence(finding: Finding) -> str:
    """Which figure, by how much, in which direction, where, and against which limit."""
    key = finding.key
    name = f"{key.trial}, {key.item}"
    if finding.outcome is Outcome.VANISHED:
        return f"{name}: {key.quantity} is no longer there" + (
            f": {finding.note}" if finding.note else ""
        )
    if finding.outcome is Outcome.NEW:
        return f"{name}: {key.quantity} {_shown(finding.obtained, finding)} is new"
    limit = f"limit {_shown(finding.limit, finding)} by {finding.decided_by}"
    if key.quantity == "course rms":
        return (
            f"{name}: {_shown(finding.change, finding)} RMS apart, most{_where(finding)}; {limit}"
        )
    direction = "higher" if finding.change > 0 else "lower"
    what = "" if key.quantity == "course" else f"{key.quantity} "
    size = _shown(abs(finding.change), finding)
    values = (
        f"expected {_shown(finding.expected, finding)}, obtained"
        f" {_shown(finding.obtained, finding)}"
    )
    return f"{name}: {what}{size} {direction} ({values}){_where(finding)}; {limit}"


def in_text(verdict: Verdict, baseline: Baseline) -> str:
    """The verdict for a terminal."""
    lines = [headline(verdict)]
    worst = worst_of_each(verdict)
    lines += [f"  failed: {sentence(finding)}" for finding in worst[:_MOST]]
    if len(worst) > _MOST:
        lines.append(f"  and {len(worst) - _MOST} coordinates more")
    lines += [f"  {_note(finding)}" for finding in _noted(verdict)[:_MOST]]
    if verdict.not_compared:
        lines.append(f"  not compared: {verdict.not_compared}")
    lines.append(f"  baseline: {_accepted(baseline)}")
    changes = list(_changes(verdict))
    lines += [f"  changed besides: {change}" for change in changes]
    if verdict.failures and not changes:
        lines.append("  changed besides: nothing in versions, inputs and parameters")
    return "\n".join(lines)


def in_markdown(verdict: Verdict, baseline: Baseline) -> str:
    """The verdict for a job summary."""
    lines = [f"### {'❌' if verdict.failures else '✅'} {_escaped(headline(verdict))}", ""]
    worst = worst_of_each(verdict)
    if worst:
        lines += ["| trial | coordinate | what | limit |", "|---|---|---|---|"]
    for finding in worst[:_MOST]:
        told, _, limit = sentence(finding).partition("; limit ")
        what = told.partition(": ")[2]
        cells = (finding.key.trial, finding.key.item, what, limit or "must be there")
        lines.append(f"| {' | '.join(map(_escaped, cells))} |")
    if len(worst) > _MOST:
        lines.append(f"\n… and {len(worst) - _MOST} more.")
    lines += [f"- {_escaped(_note(finding))}" for finding in _noted(verdict)[:_MOST]]
    if verdict.not_compared:
        lines.append(f"- not compared: {_escaped(verdict.not_compared)}")
    lines += ["", f"Baseline: {_escaped(_accepted(baseline))}.", ""]
    changes = [f"- {_escaped(change)}" for change in _changes(verdict)]
    return "\n".join([*lines, *(["Changed besides:", *changes, ""] if changes else [])])


def nothing_measured(measured: Measurement, baseline: Baseline, name: str) -> list[str]:
    """Why there was nothing to compare: each reason with its trials, then what that means.

    Parameters
    ----------
    measured : Measurement
    baseline : Baseline
    name : str
        Of the baseline's file.
    """
    by_reason: dict[str, list[str]] = {}
    for trial, reason in measured.failures.items():
        by_reason.setdefault(reason, []).append(trial)
    lines = [f"{', '.join(trials)}: {reason}" for reason, trials in by_reason.items()]
    if not measured.motions:
        n = counted(len(measured.failures), "trial")
        return [*lines, f"nothing was measured: no motion came out of {n}"]
    expected = dict.fromkeys(trial for trial, _ in baseline.courses)
    return [
        *lines,
        f"nothing was measured that {name} knows: it is of {', '.join(expected) or 'no trial'}, and"
        f" this was of {', '.join(measured.motions)}",
    ]


def github_error(lines: Sequence[str], file: str) -> str:
    """One annotation of a check that could not compare anything."""
    title = _property("kinebench: nothing was measured")
    return f"::error file={_property(file)},title={title}::{_data(chr(10).join(lines))}"


def github_annotations(verdict: Verdict, file: str) -> str:
    """GitHub's workflow commands: an error per coordinate that failed, notices for the rest.

    Parameters
    ----------
    verdict : Verdict
    file : str
        The baseline, as the repository names it.
    """
    lines = [
        f"::error file={_property(file)},title={_property(headline(verdict))}::"
        + _data(sentence(finding))
        for finding in worst_of_each(verdict)[:_MOST]
    ]
    lines += [f"::notice file={_property(file)}::{_data(_note(f))}" for f in _noted(verdict)[:5]]
    return "\n".join(lines)


def _where(finding: Finding) -> str:
    stretch = finding.stretch
    if stretch is None:
        return ""
    told = f" at {stretch.peak_s:.2f} s, from {stretch.start_s:.2f} to {stretch.end_s:.2f} s"
    if finding.key.quantity == "course":
        told += f" ({stretch.share:.0%} of the trial beyond the limit)"
    interval = readable_interval(stretch.interval, finding.unit)
    if not interval:
        return f"{told}; too short for an interval of the mean change"
    mean = _shown(stretch.mean, finding)
    direction = "lower" if stretch.mean < 0 else "higher"
    # a change that turns its sign within the trial fails too, and is no noise
    throughout = direction if stretch.is_one_way else "one way and the other within the trial"
    return f"{told}; mean change {mean} {interval}, {throughout}"


def _shown(value: float, finding: Finding) -> str:
    # small limits keep a digit that tells
    digits = 3 if abs(finding.limit) * (57.3 if finding.unit == "rad" else 1e3) < 0.1 else 2
    unit = readable_unit(finding.unit)
    return f"{readable(value, finding.unit, digits)}{'' if unit == '°' else ' '}{unit}".strip()


def _noted(verdict: Verdict) -> list[Finding]:
    told = (Outcome.NEW, Outcome.BETTER, Outcome.ELSEWHERE)
    return [finding for finding in verdict.findings if finding.outcome in told]


def _note(finding: Finding) -> str:
    if finding.outcome is Outcome.NEW:
        return f"new: {sentence(finding)}; 'kinebench baseline accept' makes it expected"
    if finding.outcome is Outcome.ELSEWHERE:
        return f"time on another machine, for information: {sentence(finding)}"
    return f"better: {sentence(finding)}"


def _accepted(baseline: Baseline) -> str:
    return f"accepted {baseline.date} by {baseline.accepted_by}: {baseline.reason}"


def _changes(verdict: Verdict) -> Iterator[str]:
    for name, then, now in verdict.changed:
        yield f"{name}: {_short(then)} → {_short(now)}"


def _short(text: str) -> str:
    is_digest = len(text) == 64 and set(text) <= set("0123456789abcdef")
    return text[:_DIGEST] if is_digest else text


def _escaped(text: str) -> str:
    """Names of strangers' files start no table, link or markup."""
    for character in "\\`*_[]<>|":
        text = text.replace(character, f"\\{character}")
    return text


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
