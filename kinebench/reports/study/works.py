"""Works that a report has to cite: each with what makes it necessary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kinebench.augmentation.catalogue import PUBLISHED
from kinebench.core.model import Document
from kinebench.reports.blocks import Reference
from kinebench.reports.study.parts import StudyPart
from kinebench.reports.study.values import augmenters_of, cards_of, kinds_of, values_of
from kinebench.studies.design import Study

__all__ = ["works_cited"]

OPENSIM = Reference(
    "Seth A, Hicks JL, Uchida TK, et al. (2018). OpenSim: Simulating musculoskeletal dynamics and"
    " neuromuscular control to study human and animal movement. PLoS Computational Biology"
    " 14(7): e1006223.",
    "10.1371/journal.pcbi.1006223",
)
OPENCAP = Reference(
    "Uhlrich SD, Falisse A, Kidziński Ł, et al. (2023). OpenCap: Human movement dynamics from"
    " smartphone videos. PLoS Computational Biology 19(10): e1011462.",
    "10.1371/journal.pcbi.1011462",
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
AUGMENTER = Reference(
    "Falisse A, Uhlrich SD, Chaudhari AS, Hicks JL, Delp SL (2025). Marker data enhancement for"
    " markerless motion capture. IEEE Transactions on Biomedical Engineering 72(6): 2013–2022.",
    "10.1109/TBME.2025.3530848",
)
WINTER = Reference(
    "Winter DA (2009). Biomechanics and motor control of human movement, 4th edition. Wiley.",
    "10.1002/9780470549148",
)
STAGES: dict[str, tuple[Reference, ...]] = {
    "Butterworth": (
        WINTER,
        Reference(
            "Robertson DGE, Dowling JJ (2003). Design and responses of Butterworth and critically"
            " damped digital filters. Journal of Electromyography and Kinesiology 13(6): 569–573.",
            "10.1016/S1050-6411(03)00080-4",
        ),
    ),
    "ResidualAnalysis": (WINTER,),
    "Challis": (
        Reference(
            "Challis JH (1999). A procedure for the automatic determination of filter cutoff"
            " frequency for the processing of biomechanical data. Journal of Applied Biomechanics"
            " 15(3): 303–317.",
            "10.1123/jab.15.3.303",
        ),
    ),
    "SmoothingSpline": (
        Reference(
            "Woltring HJ (1985). On optimal smoothing and derivative estimation from noisy"
            " displacement data in biomechanics. Human Movement Science 4(3): 229–245.",
            "10.1016/0167-9457(85)90004-1",
        ),
        Reference(
            "Woltring HJ (1986). A Fortran package for generalized, cross-validatory spline"
            " smoothing and differentiation. Advances in Engineering Software 8(2): 104–113.",
            "10.1016/0141-1195(86)90098-7",
        ),
    ),
    "SavitzkyGolay": (
        Reference(
            "Savitzky A, Golay MJE (1964). Smoothing and differentiation of data by simplified"
            " least squares procedures. Analytical Chemistry 36(8): 1627–1639.",
            "10.1021/ac60214a047",
        ),
    ),
    "KalmanSmoother": (
        Reference(
            "Rauch HE, Tung F, Striebel CT (1965). Maximum likelihood estimates of linear dynamic"
            " systems. AIAA Journal 3(8): 1445–1450.",
            "10.2514/3.3166",
        ),
    ),
    "BoneLengths": (
        Reference(
            "Ryckaert JP, Ciccotti G, Berendsen HJC (1977). Numerical integration of the cartesian"
            " equations of motion of a system with constraints. Journal of Computational Physics"
            " 23(3): 327–341.",
            "10.1016/0021-9991(77)90098-5",
        ),
    ),
    "SwapSides": (
        Reference(
            "Viterbi AJ (1967). Error bounds for convolutional codes and an asymptotically optimum"
            " decoding algorithm. IEEE Transactions on Information Theory 13(2): 260–269.",
            "10.1109/TIT.1967.1054010",
        ),
    ),
    "Rescale": (WINTER,),
    "RemoveOutliers": (
        Reference(
            "Hampel FR (1974). The influence curve and its role in robust estimation. Journal of"
            " the American Statistical Association 69(346): 383–393.",
            "10.1080/01621459.1974.10482962",
        ),
    ),
}
STATISTICS = (
    Reference("Student (1908). The probable error of a mean. Biometrika 6(1): 1–25.",
              "10.1093/biomet/6.1.1"),
    Reference("Holm S (1979). A simple sequentially rejective multiple test procedure."
              " Scandinavian Journal of Statistics 6(2): 65–70."),
)  # fmt: skip


def works_cited(parts: Sequence[StudyPart]) -> tuple[Reference, ...]:
    """What these studies use: tools, model, augmenters, filters, datasets, statistics; each once.

    A dataset's own citation is left out when its DOI is cited anyway.
    """
    studies = [part.study for part in parts]
    found = [OPENSIM]
    for study in studies:
        found += _of_pipeline(study)
    found += STATISTICS
    dois = {work.doi for work in found if work.doi}
    found += [work for study in studies for work in _of_datasets(study) if work.doi not in dois]
    return tuple(dict.fromkeys(found))


def _of_pipeline(study: Study) -> Iterator[Reference]:
    names = {value.name for value in values_of(study) if isinstance(value, Document)}
    published = {row.name for row in augmenters_of(study)} & set(PUBLISHED)
    if published or any("LaiUhlrich" in name for name in names) or study.datasets:
        yield OPENCAP
    if any("LaiUhlrich" in name for name in names):
        yield from MODEL
    if "v0.3" in published:
        yield AUGMENTER
    kinds = kinds_of(study)
    for kind, works in STAGES.items():
        if kind in kinds:
            yield from works


def _of_datasets(study: Study) -> Iterator[Reference]:
    for card in cards_of(study):
        yield Reference(card.citation, card.doi or "")
