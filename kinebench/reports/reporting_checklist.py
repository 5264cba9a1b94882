"""What a paper on agreement must state, as far as the run knows it; "not stated" where it does not.

Items follow what guidelines and reviews of the field ask for: GRRAS (Kottner et al. 2011, J Clin
Epidemiol 64:96), the ISB's recommendations on reporting joint motion (Wu et al. 2002, 2005), and
reviews of markerless validation (Wade et al. 2022, PeerJ 10:e12995; Scataglini et al. 2024, Sensors
24:3686).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from kinebench import __version__
from kinebench.comparison import Comparison, PairResult
from kinebench.comparison.agreement import FEWEST_SUBJECTS
from kinebench.core.model import Model
from kinebench.metrics import CATALOGUE, Kind
from kinebench.reports.blocks import Section, TableBlock
from kinebench.reports.tables import Table

NOT_STATED = "not stated"
TIME, SPACE = "time alignment", "alignment in space"
MODEL = "model of both sides, scaling"
_CAPTION = (
    "Filled in by this run, from its files and options alone. What is not stated here the files do"
    " not say: state it in the paper."
)


def checklist(
    methods: Mapping[str, Comparison],
    model: str | None = None,
    margin_deg: float | None = None,
    files: Sequence[tuple[str, Path]] = (),
    known: Mapping[str, str] = MappingProxyType({}),
) -> Table:
    """An item a row, with what the run knows.

    Parameters
    ----------
    methods : mapping of str to Comparison
        By name; one comparison has the name "estimate".
    model : str, optional
        The model that all motions move.
    margin_deg : float, optional
        Of the tests of equivalence.
    files : sequence of (str, Path)
        What was compared.
    known : mapping of str to str
        Items that the caller knows better: what was done before the comparison.
    """
    pairs = [pair for comparison in methods.values() for pair in comparison.pairs]
    comparison = next(iter(methods.values()))
    rows = (
        *_what(methods, pairs, files),
        *_how(comparison, pairs),
        *_statistics(comparison, len(methods), margin_deg),
        (MODEL, model or NOT_STATED),
        ("joint definitions and reference frames", NOT_STATED),
        ("filter of the recordings", f"{NOT_STATED}; none is applied here"),
        ("participants: age, sex, mass, height, condition", NOT_STATED),
        ("reference system: cameras, marker set, who placed the markers", NOT_STATED),
        ("video: cameras, resolution, frame rate, pose estimator and version", NOT_STATED),
        ("clothing, setting, instructions", NOT_STATED),
        ("ethics and consent", NOT_STATED),
        ("software", f"kinebench {__version__}"),
    )
    filled = tuple((item, known.get(item, said)) for item, said in rows)
    return Table(("item", "in this run"), filled, n_labels=2)


def checklist_section(
    methods: Mapping[str, Comparison],
    model: str | None = None,
    margin_deg: float | None = None,
    files: Sequence[tuple[str, Path]] = (),
    known: Mapping[str, str] = MappingProxyType({}),
) -> Section:
    """The checklist as a section of a page; parameters as of `checklist`."""
    table = checklist(methods, model, margin_deg, files, known)
    return Section("Minimum reporting", (TableBlock(table, _CAPTION),))


def models_named(models: Mapping[str, Model]) -> str | None:
    """What the checklist says of the models on which motions move; None without any."""
    names = list(dict.fromkeys(model.name for model in models.values()))
    if not names:
        return None
    return names[0] if len(models) == 1 else f"{len(models)} scaled models: {', '.join(names[:4])}"


def _what(
    methods: Mapping[str, Comparison],
    pairs: Sequence[PairResult],
    files: Sequence[tuple[str, Path]],
) -> list[tuple[str, str]]:
    items = dict.fromkeys(item for pair in pairs for item in pair.evaluation.items)
    repetitions = {(p.subject, p.trial): len(p.repetitions) for p in pairs}
    left_out = sum(len(comparison.excluded) for comparison in methods.values())
    kind = "markers" if pairs[0].evaluation.kind is Kind.MARKER else "joint coordinates"
    names = ", ".join(methods)
    n_files = len(dict.fromkeys(files))
    return [
        ("compared", f"{names} against the reference; {n_files} files,"
         " named with SHA-256 on this page" if files else names),
        ("subjects", str(len({pair.subject for pair in pairs}))),
        ("trials", str(len(repetitions))),
        ("repetitions", str(sum(repetitions.values())) if any(repetitions.values()) else "whole"
         " trials were scored"),
        (f"{kind} scored", f"{len(items)}: {', '.join(items)}"),
        ("left out", f"{left_out} files or pairs, with reasons on this page"),
    ]  # fmt: skip


def _how(comparison: Comparison, pairs: Sequence[PairResult]) -> list[tuple[str, str]]:
    how = comparison.procedure
    lags = [pair.alignment.lag_s for pair in pairs]
    span = f"{min(lags):+.3f} to {max(lags):+.3f} s" if len(set(lags)) > 1 else f"{lags[0]:+.3f} s"
    rates = sorted({round(pair.reference.rate_hz) for pair in pairs})
    window = "all" if how.window_s is None else "{:g} to {:g} s".format(*how.window_s)
    offset = "the mean offset of the translations is removed"
    events = how.events if isinstance(how.events, str) else "named intervals"
    return [
        (TIME, f"{pairs[0].alignment.policy}; lag of the estimate {span}"),
        (SPACE, type(how.space).__name__ if how.space else "none"),
        ("offsets", offset if how.remove_translation_offset else "none is removed; figures without"
         " offset stand beside the raw ones"),
        ("sampling", f"estimates interpolated at the reference's times,"
         f" {', '.join(map(str, rates))} Hz"),
        ("events", "none" if how.events is None else f"{events}, found in the reference"),
        ("part of the trials", window),
        ("procedure", how.source or how.name),
    ]  # fmt: skip


def _statistics(
    comparison: Comparison, n_methods: int, margin_deg: float | None
) -> list[tuple[str, str]]:
    metric = comparison.headline_of(comparison.pairs[0])
    several = comparison.n_subjects >= FEWEST_SUBJECTS
    few = f"none: they take {FEWEST_SUBJECTS} subjects"
    return [
        ("headline metric", f"{CATALOGUE[metric].title}; error is estimate − reference"),
        ("pooling", comparison.procedure.pooling.replace("_", " ")),
        ("intervals", "95 %, Student's t over subjects" if several else few),
        ("limits of agreement, ICC", "for repeated measures; ICC(A,1)" if several else few),
        ("equivalence", NOT_STATED + ": no margin was named" if margin_deg is None
         else f"two one-sided tests within ± {margin_deg:g}°"),
        ("multiplicity", "Holm, over pairs of methods and coordinates" if n_methods > 1
         else "intervals are not corrected"),
        ("sample size", f"{NOT_STATED} why it was chosen; kinebench power plans it"),
    ]  # fmt: skip
