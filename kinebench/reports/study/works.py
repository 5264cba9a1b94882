"""Works that a report has to cite: each with what makes it necessary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kinebench.augmentation.catalogue import OPENCAP
from kinebench.core.model import Document
from kinebench.core.references import Reference
from kinebench.reports.study.parts import StudyPart
from kinebench.reports.study.values import augmenters_of, cards_of, values_of
from kinebench.studies.design import Study

OPENSIM = Reference(
    "Seth A, Hicks JL, Uchida TK, et al. (2018). OpenSim: Simulating musculoskeletal dynamics and"
    " neuromuscular control to study human and animal movement. PLoS Computational Biology"
    " 14(7): e1006223.",
    "10.1371/journal.pcbi.1006223",
)
MODEL = (
    Reference(
        "Rajagopal A, Dembia CL, DeMers MS, Delp DD, Hicks JL, Delp SL (2016). Full-body"
        " musculoskeletal model for muscle-driven simulation of human gait. IEEE Transactions on"
        " Biomedical Engineering 63(10): 2068–2079.",
        "10.1109/TBME.2016.2586891",
    ),
    Reference(
        "Lai AKM, Arnold AS, Wakeling JM (2017). Why are antagonist muscles co-activated in my"
        " simulation? A musculoskeletal model for analysing human locomotor tasks. Annals of"
        " Biomedical Engineering 45(12): 2762–2774.",
        "10.1007/s10439-017-1920-7",
    ),
    Reference(
        "Uhlrich SD, Jackson RW, Seth A, Kolesar JA, Delp SL (2022). Muscle coordination"
        " retraining inspired by musculoskeletal simulations reduces knee contact force."
        " Scientific Reports 12: 9842.",
        "10.1038/s41598-022-13386-9",
    ),
)
STATISTICS = (
    Reference("Student (1908). The probable error of a mean. Biometrika 6(1): 1–25.",
              "10.1093/biomet/6.1.1"),
    Reference("Holm S (1979). A simple sequentially rejective multiple test procedure."
              " Scandinavian Journal of Statistics 6(2): 65–70."),
)  # fmt: skip
EQUIVALENCE = Reference(
    "Schuirmann DJ (1987). A comparison of the two one-sided tests procedure and the power approach"
    " for assessing the equivalence of average bioavailability. Journal of Pharmacokinetics and"
    " Biopharmaceutics 15(6): 657–680.",
    "10.1007/BF01068419",
)


def works_cited(parts: Sequence[StudyPart]) -> tuple[Reference, ...]:
    """What these studies use: tools, model, augmenters, filters, datasets, statistics; each once.

    A dataset's own citation is left out when its DOI is cited anyway.
    """
    studies = [part.study for part in parts]
    found = [OPENSIM]
    for study in studies:
        found += _of_pipeline(study)
    found += STATISTICS
    if any(study.margin is not None for study in studies):
        found.append(EQUIVALENCE)
    dois = {work.doi for work in found if work.doi}
    found += [work for study in studies for work in _of_datasets(study) if work.doi not in dois]
    return tuple(dict.fromkeys(found))


def _of_pipeline(study: Study) -> Iterator[Reference]:
    names = {value.name for value in values_of(study) if isinstance(value, Document)}
    on_opencaps_model = any("LaiUhlrich" in name for name in names)
    if on_opencaps_model or study.datasets:
        yield OPENCAP
    if on_opencaps_model:
        yield from MODEL
    for described in (*augmenters_of(study), *values_of(study)):
        yield from getattr(described, "citation", ())


def _of_datasets(study: Study) -> Iterator[Reference]:
    for card in cards_of(study):
        yield Reference(card.citation, card.doi or "")
