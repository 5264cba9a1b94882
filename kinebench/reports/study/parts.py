"""What a report is made from: parts, each a study with its outcomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kinebench.pipeline.memo import Memo
from kinebench.studies.analysis.exhibits import Exhibit, exhibits_of
from kinebench.studies.design import Study
from kinebench.studies.evidence import EvidenceKind
from kinebench.studies.execution.cells import Outcome
from kinebench.studies.execution.store import Store


@dataclass(frozen=True, slots=True)
class StudyPart:
    """One study of a report: on virtual subjects, or on recordings of some kind.

    Parameters
    ----------
    title : str
        What it was run on: "Virtual subjects".
    study : Study
    outcomes : sequence of Outcome
        All of them, in the order of the plan.
    exhibits : sequence of Exhibit
        Cells to show as waveforms; of `kinebench.studies.analysis.exhibits.exhibits_of`.
    note : str
        What a reader must know of these recordings, such as what counts as reference.
    computed_with : sequence of mapping
        Environments in which the outcomes were computed, as far as the store tells.
    """

    title: str
    study: Study
    outcomes: Sequence[Outcome]
    exhibits: Sequence[Exhibit] = ()
    note: str = ""
    computed_with: Sequence[Mapping[str, str]] = ()


_TOLD = {
    EvidenceKind.EXACT_TRUTH: (
        "Virtual subjects",
        "Reference: the joint angles that were put in.",
    ),
    EvidenceKind.MOCAP_DRIVEN: (
        "Mocap-driven trials",
        "Measured movement seen by virtual cameras. Reference: the angles that were played, which"
        " come from optical markers.",
    ),
    EvidenceKind.REAL_KEYPOINTS: (
        "Real recordings",
        "Reference: what comes with the recordings, such as OpenCap's own result or inverse"
        " kinematics of optical markers. None of it is the truth: a change is a distance from that"
        " result.",
    ),
}


def parts_of(
    study: Study, outcomes: Sequence[Outcome], store: Memo | None = None, n: int = 1
) -> tuple[StudyPart, ...]:
    """One part per kind of evidence among the trials: unlike ones are never averaged.

    Parameters
    ----------
    study : Study
    outcomes : sequence of Outcome
    store : Memo, optional
        Of the run; with it, each part shows its worst, median and best runs.
    n : int
        How many of the worst.
    """
    kinds = dict.fromkeys(EvidenceKind(source.evidence) for source in study.sources)
    return tuple(_part(study, outcomes, kind, store, n) for kind in kinds)


def _part(
    study: Study, outcomes: Sequence[Outcome], kind: EvidenceKind, store: Memo | None, n: int
) -> StudyPart:
    sources = tuple(s for s in study.sources if s.evidence == kind)
    trials = {(source.subject, source.name) for source in sources}
    own = [o for o in outcomes if (o.labels["subject"], o.labels["trial"]) in trials]
    only = replace(study, sources=sources)
    exhibits = () if store is None else exhibits_of(only, own, store, n)
    title, note = _TOLD[kind]
    computed_with = store.environments() if isinstance(store, Store) else ()
    return StudyPart(title, only, own, exhibits, note, computed_with)
