"""The marker augmenter as a stage: keypoints and subject in, anatomical markers out."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from importlib import import_module
from typing import ClassVar

import numpy as np

from kinebench.augmentation import lstm
from kinebench.augmentation.catalogue import AugmenterVersion, NetworkSpec, version
from kinebench.augmentation.frames import WARM_UP_KINDS, interpolate, lead_in_frames, uniform_times
from kinebench.augmentation.network import Float32Array, Network
from kinebench.augmentation.weights import load_networks
from kinebench.core.arrays import FloatArray
from kinebench.core.limits import Limit, require_within
from kinebench.core.markers import Markers
from kinebench.core.references import Reference
from kinebench.core.sampling import is_uniform
from kinebench.core.subject import Subject
from kinebench.errors import AugmentationError, listed, require_names
from kinebench.posture.mirrored_trial import warn_if_sides_swapped
from kinebench.remarks import tell
from kinebench.signals.gaps import longest_gap

START_UP_S = 1.0
"""Without warm-up, markers are biased for about this long: a static window should lie later."""

RATE_TOLERANCE = 0.005
"""Relative departure from the training rate that counts as the same rate."""

_WARM_UP = Limit(0, 30, "s", "networks that settle within a second gain nothing from more")
_RATE = Limit(
    0, 10_000, "Hz", "no camera or motion-capture system records people faster", positive=True
)


_Task = tuple[NetworkSpec, Network, list[int]]  # the trials, by their numbers


@dataclass(frozen=True, slots=True)
class NoAugmentation:
    """The stage that adds nothing: returns the keypoints as they are."""

    title: ClassVar[str] = "no augmenter"

    @property
    def needs(self) -> tuple[str, ...]:
        return ()

    @property
    def gives(self) -> tuple[str, ...]:
        return ()

    def __call__(self, keypoints: Markers, subject: Subject) -> Markers:
        return keypoints


@dataclass(frozen=True, slots=True)
class LSTMAugmenter:
    """Predicts anatomical markers with OpenCap's LSTM networks.

    Per frame, with feature keypoints k, reference marker r, height h and mass m::

        row = [(k − r) / h, h, m]      response = h · network((row − mean) / std) + r

    Two effects of the published augmenter, which nobody documents, can be switched off by
    `warm_up_s` and `resample_hz`; the defaults reproduce OpenCap.

    Parameters
    ----------
    version : str or AugmenterVersion
        A name of the catalogue, or a version of one's own.
    runtime : {"compiled", "numpy", "tensorflow", "onnx"}
        They agree within the rounding of float32.
    warm_up_s : float
        Length of a lead-in before the first frame. The networks start from a zero state, which
        biases the first second; the lead-in's markers are dropped.
    warm_up_kind : {"repeat", "mirror"}
        The lead-in is the first frame repeated, or the beginning of the trial mirrored in time.
        Repeating comes nearer to the markers that a longer recording gives (first frame, trials
        cut at random: RMS 8–15 mm, mirrored 12–20 mm, without lead-in 18–31 mm).
    resample_hz : float, optional
        Rate at which the networks run: keypoints are brought to it and markers back to the
        trial's times by cubic splines. The networks know frames, not seconds, and were trained
        at 60 Hz. Nothing is low-pass filtered here.
    """

    limits: ClassVar[Mapping[str, Limit]] = {"warm_up_s": _WARM_UP, "resample_hz": _RATE}

    version: str | AugmenterVersion = "v0.3"
    runtime: str = "compiled"
    warm_up_s: float = 0.0
    warm_up_kind: str = "repeat"
    resample_hz: float | None = None

    def __post_init__(self) -> None:
        require_names([self.runtime], _RUNTIMES, "runtime", "the augmenter")
        require_names([self.warm_up_kind], WARM_UP_KINDS, "kind of warm-up", "the augmenter")
        require_within(self)
        _ = self.row

    @property
    def title(self) -> str:
        """Version and warm-up."""
        warm = f"{self.warm_up_s:g} s of warm-up" if self.warm_up_s else "no warm-up"
        return f"augmenter {self.row.name} with {warm}"

    @property
    def citation(self) -> tuple[Reference, ...]:
        """Where the networks were published."""
        return self.row.citation

    @property
    def start_up_s(self) -> float:
        """How long after the beginning the markers are biased, s."""
        return START_UP_S if self.warm_up_s < START_UP_S else 0.0

    @property
    def row(self) -> AugmenterVersion:
        """The catalogue's row of the version."""
        return version(self.version) if isinstance(self.version, str) else self.version

    @property
    def needs(self) -> tuple[str, ...]:
        return self.row.needs

    @property
    def gives(self) -> tuple[str, ...]:
        return self.row.gives

    def __call__(self, keypoints: Markers, subject: Subject) -> Markers:
        """Response markers at the keypoints' times and in their frame (Y up).

        Parameters
        ----------
        keypoints : Markers
            At least those in `needs`, without gaps.
        subject : Subject

        Raises
        ------
        NameNotFoundError
            A keypoint is lacking.
        AugmentationError
            A keypoint is missing in some frames, or weights are corrupt.
        """
        return self.augment_many([(keypoints, subject)])[0]

    def augment_many(
        self, trials: Sequence[tuple[Markers, Subject]], n_threads: int | None = None
    ) -> list[Markers]:
        """Augment many trials of any length, several in one call of each network.

        Equals the trials augmented one by one, to the byte with the compiled runtime, and within
        the rounding of float32 with others. The number of threads, by default that of the cores
        that this process may use, changes nothing but the time.
        """
        prepared = [self._prepare(*trial) for trial in trials]
        # side by side of similar length: within a batch all are padded to the longest
        order = sorted(range(len(prepared)), key=lambda index: prepared[index].n_rows)
        size = _RUNTIMES[self.runtime].batch
        batches = [order[start : start + size] for start in range(0, len(order), size)]
        networks = list(zip(self.row.networks, load_networks(self.row), strict=True))
        tasks = [(*network, batch) for batch in batches for network in networks]

        def responses(task: _Task) -> list[FloatArray]:
            spec, network, batch = task
            return self._responses(spec, network, [prepared[index] for index in batch])

        parts: list[list[FloatArray]] = [[] for _ in prepared]
        for (_, _, batch), found in zip(
            tasks, _side_by_side(responses, tasks, n_threads), strict=True
        ):
            for index, response in zip(batch, found, strict=True):
                parts[index].append(response)
        return [
            sequence.markers(self.gives, np.concatenate(found, axis=1))
            for sequence, found in zip(prepared, parts, strict=True)
        ]

    def _prepare(self, keypoints: Markers, subject: Subject) -> _Sequence:
        needed = _complete(keypoints, self.needs)
        warn_if_sides_swapped(keypoints)
        rate = keypoints.rate_hz if keypoints.n_frames > 1 else self.row.rate_hz
        asked = self.resample_hz
        same = asked is not None and _same_rate(rate, asked) and is_uniform(keypoints.times)
        if asked is None or same or keypoints.n_frames < 2:
            if asked is None:
                _warn_of_rate(rate, self.row)
            return _Sequence(needed, subject, needed.positions, None, self._lead_in(rate))
        grid = uniform_times(needed.times, asked)
        positions = interpolate(needed.times, needed.positions, grid)
        return _Sequence(needed, subject, positions, grid, self._lead_in(asked))

    def _lead_in(self, rate_hz: float) -> int:
        return round(self.warm_up_s * rate_hz)

    def _responses(
        self, spec: NetworkSpec, network: Network, sequences: list[_Sequence]
    ) -> list[FloatArray]:
        """Per sequence (n_frames, n_responses, 3) m."""
        rows = [self._rows(spec, network, sequence) for sequence in sequences]
        longest = max(len(row) for row in rows)
        batch = np.zeros((len(rows), longest, network.n_features), dtype=np.float32)
        for index, row in enumerate(rows):
            batch[index, : len(row)] = row
        outputs = _RUNTIMES[self.runtime].predict(network, batch)
        responses = []
        for output, row, sequence in zip(outputs, rows, sequences, strict=True):
            kept = output[sequence.lead_in : len(row)].astype(np.float64)
            placed = kept.reshape(len(kept), len(spec.gives), 3)
            placed *= sequence.subject.height_m
            placed += self._reference(sequence)
            responses.append(placed)
        return responses

    def _rows(self, spec: NetworkSpec, network: Network, sequence: _Sequence) -> FloatArray:
        """Normalised input rows (lead_in + n_frames, n_features)."""
        columns = [self.needs.index(name) for name in spec.needs]
        features = sequence.positions[:, columns]
        features -= self._reference(sequence)
        features /= sequence.subject.height_m
        n_frames = len(features)
        rows = np.empty((n_frames, network.n_features))
        rows[:, :-2] = features.reshape(n_frames, -1)
        rows[:, -2:] = sequence.subject.height_m, sequence.subject.mass_kg
        rows -= network.mean
        rows /= network.std
        if sequence.lead_in == 0:
            return rows
        return rows[lead_in_frames(n_frames, sequence.lead_in, self.warm_up_kind)]

    def _reference(self, sequence: _Sequence) -> FloatArray:
        column = self.needs.index(self.row.reference_marker)
        return sequence.positions[:, column : column + 1]


@dataclass(frozen=True, slots=True, eq=False)
class _Sequence:
    """A trial as the networks see it.

    Parameters
    ----------
    keypoints : Markers
        Those needed, in order.
    subject : Subject
    positions : (n_grid, n_needed, 3) m
    grid : (n_grid,) s, optional
        Times of `positions`; None when they are the trial's own.
    lead_in : int
        Frames to run before the first.
    """

    keypoints: Markers
    subject: Subject
    positions: FloatArray
    grid: FloatArray | None
    lead_in: int

    @property
    def n_rows(self) -> int:
        """Frames that the networks run."""
        return self.lead_in + len(self.positions)

    def markers(self, names: tuple[str, ...], positions: FloatArray) -> Markers:
        """Markers at the trial's own times from positions (n_grid, n_markers, 3)."""
        times = self.keypoints.times
        if self.grid is not None:
            positions = interpolate(self.grid, positions, times)
        return Markers(names, times, positions, frame=self.keypoints.frame)


def tracked_markers(keypoints: Markers, augmented: Markers) -> Markers:
    """Keypoints followed by the augmented markers that are not among them: an augmented TRC."""
    known = frozenset(keypoints.names)
    new = [name for name in augmented.names if name not in known]
    if not new:
        return replace(keypoints, confidence=None)
    return keypoints.joined(augmented.select(new))


@dataclass(frozen=True, slots=True)
class _Runtime:
    """What runs networks.

    Parameters
    ----------
    predict : callable
        The contract of `lstm.predict`.
    batch : int
        Sequences per call, which bounds memory.
    """

    predict: Callable[[Network, Float32Array], Float32Array]
    batch: int = 32


def _late(module: str) -> Callable[[Network, Float32Array], Float32Array]:
    """`predict` of a module of this package that is imported when first used."""

    def predict(network: Network, features: Float32Array) -> Float32Array:
        found: Float32Array = import_module(f"{__package__}.{module}").predict(network, features)
        return found

    return predict


_RUNTIMES: dict[str, _Runtime] = {
    # more than four at a time gain nothing, and would be more to pad
    "compiled": _Runtime(_late("compiled_runtime"), 4),
    "numpy": _Runtime(lstm.predict),
    "tensorflow": _Runtime(_late("tensorflow_runtime")),
    "onnx": _Runtime(_late("onnx_runtime")),
}


def _side_by_side(
    work: Callable[[_Task], list[FloatArray]], tasks: list[_Task], n_threads: int | None
) -> list[list[FloatArray]]:
    """What each task gives, in order."""
    n_threads = min(len(tasks), n_threads or _usable_cores())
    if n_threads <= 1:
        return [work(task) for task in tasks]
    with ThreadPoolExecutor(n_threads) as pool:
        return list(pool.map(work, tasks))


def _usable_cores() -> int:
    """Cores that this process may run on, where the system tells; else all of the machine."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _same_rate(rate_hz: float, other_hz: float) -> bool:
    return abs(rate_hz - other_hz) <= RATE_TOLERANCE * other_hz


def _complete(keypoints: Markers, needs: tuple[str, ...]) -> Markers:
    """The keypoints needed, or an error that names those with gaps."""
    require_names(needs, keypoints.names, "keypoint", "the recording")
    if keypoints.n_frames == 0:
        raise AugmentationError("augmentation needs one frame or more, found none")
    needed = keypoints.select(needs)
    gaps = [
        f"{name} in {_spans(np.flatnonzero(absent))}"
        for name, absent in zip(needs, needed.missing.T, strict=True)
        if absent.any()
    ]
    if gaps:
        longest_s = longest_gap(needed.positions) / (needed.rate_hz if needed.n_frames > 1 else 1.0)
        raise AugmentationError(
            "augmentation needs keypoints without gaps, missing are"
            f" {listed(gaps, 6, between='; ')}, for {longest_s:.2f} s at the longest: cut"
            " the trial, or fill gaps that long"
            f" (fill-linear:{math.ceil(10 * longest_s) / 10:g}; at the ends too: fill-ends)"
        )
    return needed


def _spans(frames: np.ndarray[tuple[int, ...], np.dtype[np.intp]]) -> str:
    """Frame indices from 0 as "frames 3–7, 12", counted from 1."""
    runs = np.split(frames + 1, np.flatnonzero(np.diff(frames) > 1) + 1)
    texts = [f"{run[0]}" if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]
    more = ", …" if len(texts) > 4 else ""
    return ("frame " if len(frames) == 1 else "frames ") + ", ".join(texts[:4]) + more


def _warn_of_rate(rate_hz: float, row: AugmenterVersion) -> None:
    if not _same_rate(rate_hz, row.rate_hz):
        tell(
            "augmenter rate",
            f"the trial has {rate_hz:g} Hz, but augmenter {row.name} knows frames of"
            f" {row.rate_hz:g} Hz only, and its markers will be off by millimetres to centimetres:"
            f" --resample {row.rate_hz:g} avoids that (in code and TOML resample_hz ="
            f" {row.rate_hz:g})",
        )
