"""Augmenter versions as rows of a table: networks, ordered markers, and where the files lie."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from kinebench.core.extensions import Catalogue, of_type
from kinebench.core.references import Reference
from kinebench.errors import ValueRangeError

OPENCAP = Reference(
    "Uhlrich SD, Falisse A, Kidziński Ł, et al. (2023). OpenCap: Human movement dynamics from"
    " smartphone videos. PLoS Computational Biology 19(10): e1011462.",
    "10.1371/journal.pcbi.1011462",
)
AUGMENTER = Reference(
    "Falisse A, Uhlrich SD, Chaudhari AS, Hicks JL, Delp SL (2025). Marker data enhancement for"
    " markerless motion capture. IEEE Transactions on Biomedical Engineering 72(6): 2013–2022.",
    "10.1109/TBME.2025.3530848",
)


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """One network of a version.

    Parameters
    ----------
    name : str
        "lower", "upper" or "full".
    folder : str
        Its folder or file at the place where the version's files lie.
    needs : tuple of str
        Feature keypoints, in the order of the input row (height and mass follow them).
    gives : tuple of str
        Response markers, in the order of the output row.
    """

    name: str
    folder: str
    needs: tuple[str, ...]
    gives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DatasetFiles:
    """Keras files (model.json, weights.h5, mean.npy, std.npy, metadata.json) of a data card.

    Parameters
    ----------
    dataset : str
        Name of the card, which holds address and sha256 of each file.
    root : str
        Folder above the networks' folders.
    """

    dataset: str = "opencap-core"
    root: str = "MarkerAugmenter/LSTM"


@dataclass(frozen=True, slots=True)
class LocalFiles:
    """One .npz file per network in a folder of this machine.

    Parameters
    ----------
    folder : Path
    sha256 : tuple of str
        Per network: weights that change are another version.
    """

    folder: Path
    sha256: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AugmenterVersion:
    """A row of the table.

    Parameters
    ----------
    name : str
    networks : tuple of NetworkSpec
    reference_marker : str
        Keypoint from which input and output positions are counted.
    files : DatasetFiles or LocalFiles
    rate_hz : float
        Frame rate of the training sequences: the networks know frames, not seconds.
    citation : tuple of Reference
        Works that describe it.
    """

    name: str
    networks: tuple[NetworkSpec, ...]
    reference_marker: str = "midHip"
    files: DatasetFiles | LocalFiles = DatasetFiles()
    rate_hz: float = 60.0
    citation: tuple[Reference, ...] = ()

    def __post_init__(self) -> None:
        gives = self.gives
        if not gives or len(set(gives)) != len(gives):
            raise ValueRangeError(
                f"augmenter version {self.name} must give each marker once, found {gives}"
            )

    @property
    def needs(self) -> tuple[str, ...]:
        """Keypoints that are read, each once, the reference marker last."""
        features = chain.from_iterable(network.needs for network in self.networks)
        return tuple(dict.fromkeys([*features, self.reference_marker]))

    @property
    def gives(self) -> tuple[str, ...]:
        """Response markers of all networks, in order."""
        return tuple(chain.from_iterable(network.gives for network in self.networks))


_TRUNK_AND_LEGS = (
    "Neck", "RShoulder", "LShoulder", "RHip", "LHip", "RKnee", "LKnee", "RAnkle", "LAnkle",
    "RHeel", "LHeel", "RSmallToe", "LSmallToe", "RBigToe", "LBigToe",
)  # fmt: skip
_ARMS = ("RElbow", "LElbow", "RWrist", "LWrist")
_TRUNK_AND_ARMS = ("Neck", "RShoulder", "LShoulder", *_ARMS)

_ANATOMICAL_A = (
    "C7_study", "r_shoulder_study", "L_shoulder_study",
    "r.ASIS_study", "L.ASIS_study", "r.PSIS_study", "L.PSIS_study",
    "r_knee_study", "L_knee_study", "r_mknee_study", "L_mknee_study",
    "r_ankle_study", "L_ankle_study", "r_mankle_study", "L_mankle_study",
    "r_calc_study", "L_calc_study", "r_toe_study", "L_toe_study",
    "r_5meta_study", "L_5meta_study",
)  # fmt: skip
_ANATOMICAL_B = (
    "r.ASIS_study", "L.ASIS_study", "r.PSIS_study", "L.PSIS_study",
    "r_knee_study", "r_mknee_study", "r_ankle_study", "r_mankle_study",
    "r_toe_study", "r_5meta_study", "r_calc_study",
    "L_knee_study", "L_mknee_study", "L_ankle_study", "L_mankle_study",
    "L_toe_study", "L_calc_study", "L_5meta_study",
    "r_shoulder_study", "L_shoulder_study", "C7_study",
)  # fmt: skip
_CLUSTERS_AND_HIPS = (
    "r_thigh1_study", "r_thigh2_study", "r_thigh3_study",
    "L_thigh1_study", "L_thigh2_study", "L_thigh3_study",
    "r_sh1_study", "r_sh2_study", "r_sh3_study",
    "L_sh1_study", "L_sh2_study", "L_sh3_study",
    "RHJC_study", "LHJC_study",
)  # fmt: skip
_UPPER_A = (
    "r_lelbow_study", "L_lelbow_study", "r_melbow_study", "L_melbow_study",
    "r_lwrist_study", "L_lwrist_study", "r_mwrist_study", "L_mwrist_study",
)  # fmt: skip
_UPPER_B = (
    "r_lelbow_study", "r_melbow_study", "r_lwrist_study", "r_mwrist_study",
    "L_lelbow_study", "L_melbow_study", "L_lwrist_study", "L_mwrist_study",
)  # fmt: skip


def _lower_and_upper(
    name: str,
    lower: tuple[str, ...],
    upper: tuple[str, ...],
    citation: tuple[Reference, ...] = (OPENCAP,),
) -> AugmenterVersion:
    return AugmenterVersion(
        name,
        (
            NetworkSpec("lower", f"{name}_lower", _TRUNK_AND_LEGS, lower),
            NetworkSpec("upper", f"{name}_upper", _TRUNK_AND_ARMS, upper),
        ),
        citation=citation,
    )


_LOWER_A = _ANATOMICAL_A + _CLUSTERS_AND_HIPS
_LOWER_B = _ANATOMICAL_B + _CLUSTERS_AND_HIPS
_FULL_A = _ANATOMICAL_A + _UPPER_A + _CLUSTERS_AND_HIPS

_ROWS = (
    AugmenterVersion(
        "v0.0",
        (NetworkSpec("full", "v0.0", _TRUNK_AND_LEGS + _ARMS, _FULL_A),),
        citation=(OPENCAP,),
    ),
    _lower_and_upper("v0.1", _LOWER_A, _UPPER_A),
    _lower_and_upper("v0.2", _LOWER_A, _UPPER_A),
    _lower_and_upper("v0.3", _LOWER_B, _UPPER_B, (OPENCAP, AUGMENTER)),
)

PUBLISHED: tuple[str, ...] = tuple(row.name for row in _ROWS)
"""OpenCap's versions."""

# trained on virtual subjects by benchmarks/augmenter_training; its card lies beside the weights
_LAB_1 = AugmenterVersion(
    "lab-1",
    (NetworkSpec("full", "full.npz", _TRUNK_AND_LEGS + _ARMS, _FULL_A),),
    files=LocalFiles(
        Path(__file__).with_name("lab_1"),
        ("9db9cace0a682130b497c571ed734dc22bf94ace3bf1d0ce24e91866366e50a3",),
    ),
)

VERSIONS: Catalogue[AugmenterVersion] = Catalogue(
    {row.name: row for row in (*_ROWS, _LAB_1)},
    "augmenter",
    lambda value: {of_type(AugmenterVersion, value).name: value},
)
"""The published versions, the laboratory's, and those of other packages.

One's own is a value too: see `read_version`.
"""


def version(name: str) -> AugmenterVersion:
    """The row of that name.

    Raises
    ------
    NameNotFoundError
        With the near match and the names that exist.
    """
    return VERSIONS.named(name, "the catalogue")
