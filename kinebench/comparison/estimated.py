"""A pipeline as a method: its motions of recordings, made to be compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from kinebench.comparison.pairs import FoundPairs, files_below, find_pairs
from kinebench.core.subject import Subject
from kinebench.core.trial import Trial
from kinebench.errors import FileFormatError, UnderTestError, listed
from kinebench.io.documents import parse_json, parse_toml, read_text, require_keys, value_of
from kinebench.io.mot import read_motion, write_motion
from kinebench.io.trc import read_trc
from kinebench.pipeline.spec import PipelineSpec
from kinebench.pipeline.under_test import UnderTest, under_test_of

_MOTIONS = (".mot", ".sto")
_SUBJECT = ("mass_kg", "height_m")


def estimated_pairs(
    reference: Path,
    description: Path,
    recordings: Path,
    out: Path,
    on_trial: Callable[[str], None] | None = None,
) -> FoundPairs:
    """Run a pipeline on the recordings of the reference's trials, and pair what it gives.

    Parameters
    ----------
    reference : Path
        A motion, or a folder of them.
    description : Path
        TOML with ``[under_test]`` or ``[pipeline]``, as of a gate; its other tables are not read.
    recordings : Path
        Folder of keypoints as TRC, with the relative paths of the reference's motions. Beside
        ``NAME.trc`` stand ``NAME_static.trc``, if there is a static trial, and ``NAME.json`` or
        ``subject.json`` with mass_kg and height_m.
    out : Path
        Folder of the motions.
    on_trial : callable, optional
        Called with the name of each trial as it begins.

    Raises
    ------
    KinebenchError
        The description or a recording cannot be read, or the pipeline gave no motion at all.
    """
    pipeline = _pipeline_of(description)
    failures: dict[str, str] = {}
    made: list[Path] = []
    for motion, name in _motions(reference):
        keypoints = (recordings / name).with_suffix(".trc")
        if not keypoints.is_file():
            failures[name] = f"{recordings.name} has no {Path(name).with_suffix('.trc')}"
            continue
        if on_trial is not None:
            on_trial(name)
        try:
            found = pipeline(_trial(keypoints, motion))
        except UnderTestError as error:
            failures[name] = str(error)
            continue
        made.append(out / name)
        made[-1].parent.mkdir(parents=True, exist_ok=True)
        write_motion(made[-1], found)
    if not made:
        told = listed((f"{name}: {reason}" for name, reason in failures.items()), 3, between="; ")
        raise UnderTestError(f"{description.name} gave no motion: {told}")
    if reference.is_file():
        return find_pairs(reference, made[0])
    pairs, alone = find_pairs(reference, out)
    return FoundPairs(
        pairs, tuple(one._replace(reason=failures.get(one.item, one.reason)) for one in alone)
    )


def _pipeline_of(description: Path) -> UnderTest:
    content = parse_toml(read_text(description), description.name)
    if not {"under_test", "pipeline"} & content.keys():
        raise FileFormatError(
            f"{description.name} describes no pipeline: it needs [under_test] or [pipeline]"
        )
    return under_test_of(content, description.resolve().parent, PipelineSpec())


def _motions(reference: Path) -> Iterator[tuple[Path, str]]:
    """Motions of a file or folder, with the relative path of what is made of their recordings."""
    if reference.is_file():
        yield reference, f"{reference.stem}.mot"
        return
    found = next((f for e in _MOTIONS if (f := files_below(reference, e))), {})
    if not found:
        raise FileFormatError(
            f"{reference} holds no motion ({', '.join(_MOTIONS)}): a pipeline is compared by angles"
        )
    for name, path in found.items():
        yield path, name


def _trial(keypoints: Path, motion: Path) -> Trial:
    """The recording, with the reference that tells how coordinates are called."""
    static = keypoints.with_name(f"{keypoints.stem}_static.trc")
    return Trial(
        keypoints.stem,
        _subject(keypoints),
        read_trc(keypoints),
        read_trc(static) if static.is_file() else None,
        reference_motion=read_motion(motion),
    )


def _subject(keypoints: Path) -> Subject:
    places = (keypoints.with_suffix(".json"), keypoints.with_name("subject.json"))
    for place in places:
        if place.is_file():
            table = parse_json(read_text(place), place.name)
            require_keys(table, _SUBJECT, place.name, _SUBJECT)
            mass, height = (value_of(table, key, float, place.name) for key in _SUBJECT)
            return Subject(mass, height, keypoints.parent.name)
    raise FileFormatError(
        f"mass and height of {keypoints.name} stand nowhere: neither {places[0].name} nor"
        f" {places[1].name} is beside it"
    )
