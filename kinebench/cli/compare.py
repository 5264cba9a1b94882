"""``kinebench compare``: how far estimates are from references."""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from kinebench.cli.compare_methods import (
    SaidOfModels,
    files_of,
    matches,
    run_methods,
    said_of_models,
)
from kinebench.cli.compare_output import print_comparison
from kinebench.errors import ValueRangeError, listed

if TYPE_CHECKING:
    from kinebench.alignment import TimeAlignment
    from kinebench.comparison import FoundPairs, Procedure
    from kinebench.events import ManualEvent


_EPILOG = """\
Error is estimate − reference. Clocks are taken as one unless --align says otherwise; the remarks
show what other lags would give.

examples:
  kinebench compare mocap.mot video.mot
  kinebench compare mocap.mot video.mot --events squat --report squats.html
  kinebench compare mocap.mot video.mot --report squats.html --model scaled.osim
  kinebench compare belt.trc video.trc --events gait --walking-direction 1 0
  kinebench compare mocap/ video/ --csv figures.csv
  kinebench compare mocap/ opencap/ pose2sim/ theia/ --group legs --report methods.html
  kinebench compare mocap/ opencap/ mine.toml --recordings keypoints/
  kinebench compare --pairs pairs.csv --preset opencap-2023
  kinebench compare --pairs pairs.csv --events squat --margin 5
  kinebench compare optical.trc augmented.trc --match r_knee=r_knee_study --space rigid
"""

_SPACES = ("rigid", "vertical")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``kinebench compare``."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("reference", nargs="?", type=Path, help=".mot, .sto or .trc, or a folder")
    parser.add_argument(
        "estimate", nargs="*", type=Path,
        help="the same kind; several are several methods. A .toml with [under_test] or [pipeline],"
        " as of a gate, is a pipeline: it is run on --recordings",
    )  # fmt: skip
    parser.add_argument(
        "--trials", metavar="PATTERN",
        help="these only, by name, such as 'squat*'; default: all",
    )  # fmt: skip
    parser.add_argument(
        "--pairs",
        type=Path,
        metavar="CSV",
        help="columns reference, estimate, method, subject, trial, lag_s, activity",
    )
    parser.add_argument(
        "--recordings", type=Path, metavar="DIR",
        help="keypoints for pipelines: NAME.trc for NAME.mot of the reference, NAME_static.trc, and"
        " NAME.json or subject.json with mass_kg and height_m",
    )  # fmt: skip
    parser.add_argument(
        "--motions", type=Path, metavar="DIR", help="keep the motions that pipelines give"
    )
    parser.add_argument(
        "--preset",
        default="default",
        metavar="NAME",
        help="a published procedure: default, opencap-2023, falisse-2025, opencapbench"
        " or lbmc-2025",
    )
    _add_score_arguments(parser)
    _add_output_arguments(parser)


def _add_score_arguments(parser: argparse.ArgumentParser) -> None:
    """How both are aligned, and what of them is scored."""
    parser.add_argument(
        "--align",
        metavar="POLICY",
        help="none (default), SECONDS the estimate is late, signal[:NAME], or minimise",
    )
    parser.add_argument(
        "--space",
        metavar="KIND",
        help="for markers: rigid or vertical (about the vertical); default: none",
    )
    parser.add_argument(
        "--window",
        type=float,
        nargs=2,
        metavar=("START", "END"),
        help="score this part only, s on the reference's clock; default: all",
    )
    parser.add_argument("--coordinates", metavar="A,B", help="score these only")
    parser.add_argument(
        "--match", action="append", default=[], metavar="REF=EST", help="marker names that differ"
    )
    parser.add_argument(
        "--events",
        metavar="KIND",
        help="score repetitions one by one: squat, sts, gait, jump, or a CSV with the columns"
        " name, start_s, end_s, trial",
    )
    parser.add_argument(
        "--walking-direction",
        type=float,
        nargs=2,
        metavar=("X", "Z"),
        help="forward on the ground, for --events gait of markers, as two numbers without a unit;"
        " default: as the feet point",
    )
    parser.add_argument(
        "--event-markers",
        type=Path,
        metavar="TRC",
        help="the reference's markers, for events that its motion does not show",
    )


def _add_output_arguments(parser: argparse.ArgumentParser) -> None:
    """What is said of all subjects together, and where it goes."""
    parser.add_argument(
        "--margin",
        type=float,
        metavar="DEG",
        help="test angles for equivalence within ± so many degrees, chosen beforehand; from 3"
        " subjects on; default: no test",
    )
    parser.add_argument(
        "--pool",
        action="store_true",
        help="average over unlike trials, such as squats and walks; default: each kind apart, by"
        " the column activity of --pairs or the trials' names",
    )
    parser.add_argument(
        "--group",
        metavar="PART",
        help="the part of the body whose mean --align minimise makes lowest, and by which several"
        " methods are ranked: legs (default), pelvis, trunk, arms or translations; of markers head"
        " and other too",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, SI units and radians")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write all figures, ° and mm")
    parser.add_argument("--latex", type=Path, metavar="FILE", help="write the table")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write an HTML report")
    parser.add_argument(
        "--ranking",
        type=Path,
        metavar="FILE",
        help="of several methods: write means, ranks and paired differences as CSV, ° and mm",
    )
    parser.add_argument(
        "--model",
        type=Path,
        metavar="OSIM",
        help="the subject's scaled model, or a folder with SUBJECT.osim or one .osim below SUBJECT/"
        " of each: it tells angles from lengths and whose axes joints have; joint centres are"
        " compared on it, and the report shows both motions moving",
    )


class Asked(NamedTuple):
    """What is to be compared, and how.

    Parameters
    ----------
    found : dict of str to FoundPairs
        Pairs by method; one method's name is of no importance.
    how : Procedure
    margin : float, optional
        Of the test of equivalence, rad.
    said : SaidOfModels
    """

    found: dict[str, FoundPairs]
    how: Procedure
    margin: float | None
    said: SaidOfModels


def run(arguments: argparse.Namespace) -> int:
    """Compare and print or write what was asked for."""
    with TemporaryDirectory(prefix="kinebench-") as made:
        return _run(arguments, asked_of(arguments, Path(made)))


def asked_of(arguments: argparse.Namespace, made: Path) -> Asked:
    """Find the pairs, run the pipelines among them, and read the models.

    Motions of pipelines are put into folders below `made`, unless they are to be kept.
    """
    found = _chosen(_found(arguments, arguments.motions or made), arguments.trials)
    how, margin = procedure_of(arguments), _margin_rad(arguments)
    said = said_of_models(arguments, found)
    how = how if said.joints is None else replace(how, joints=said.joints)
    return Asked(found, how, margin, said)


def _run(arguments: argparse.Namespace, asked: Asked) -> int:
    found, how, margin, said = asked
    if len(found) > 1:
        return run_methods(arguments, found, how, margin, said)
    if arguments.ranking is not None:
        raise ValueRangeError("--ranking is of several methods: name two or more")
    return _run_one(arguments, next(iter(found.values())), how, margin, said)


def _run_one(
    arguments: argparse.Namespace,
    found: FoundPairs,
    how: Procedure,
    margin: float | None,
    said: SaidOfModels,
) -> int:
    from kinebench.comparison import compare_pairs
    from kinebench.io.atomic import require_writable, write_atomically
    from kinebench.reports import comparison_tables, tables
    from kinebench.reports.comparison_json import as_json
    from kinebench.reports.over_subjects import comparison_latex, subject_rows

    outputs = (arguments.csv, arguments.latex, arguments.report)
    files = files_of({"": found})
    require_writable([path for path in outputs if path is not None], [path for _, path in files])
    pairs = (found.pairs, how, matches(arguments.match), found.excluded, said.kinds)
    comparison = compare_pairs(*pairs)
    if arguments.csv is not None:
        rows = (*comparison_tables.tidy_rows(comparison), *subject_rows(comparison, margin))
        write_atomically(arguments.csv, tables.as_csv(rows))
    if arguments.latex is not None:
        write_atomically(arguments.latex, comparison_latex(comparison, margin))
    if arguments.report is not None:
        from kinebench.reports.comparison_report import comparison_document
        from kinebench.reports.html import as_html

        document = comparison_document(comparison, said.models, margin, files)
        write_atomically(arguments.report, as_html(document))
    if arguments.json:
        content = as_json(comparison, margin, said.models)
        print(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False))
    else:
        print_comparison(comparison, margin, said)
    return 0


def _margin_rad(arguments: argparse.Namespace) -> float | None:
    if arguments.margin is None:
        return None
    if not 0 < arguments.margin < 180:
        raise ValueRangeError(
            f"--margin must lie between 0 and 180 degrees, found {arguments.margin:g}"
        )
    return math.radians(arguments.margin)


def _found(arguments: argparse.Namespace, made: Path) -> dict[str, FoundPairs]:
    """Pairs by method; one method's name is of no importance.

    Motions of pipelines are put into folders below `made`.
    """
    from kinebench.comparison import (
        FoundPairs,
        by_method,
        method_names,
        pairs_from_csv,
    )

    pipelines = any(map(_is_pipeline, arguments.estimate))
    if pipelines != (arguments.recordings is not None):
        raise ValueRangeError(
            "a pipeline (.toml) and --recordings DIR, on which it is run, go together"
        )
    if arguments.motions is not None and not pipelines:
        raise ValueRangeError("--motions keeps what pipelines (.toml) give, and none is named")
    if arguments.pairs is not None:
        if arguments.reference is not None or arguments.event_markers is not None:
            raise ValueRangeError(
                "name either two paths or --pairs CSV, not both; the CSV may have a column"
                " event_markers"
            )
        return by_method(pairs_from_csv(arguments.pairs))
    if arguments.reference is None or not arguments.estimate:
        raise ValueRangeError("name REFERENCE and ESTIMATE, or --pairs CSV")
    names = method_names(arguments.estimate)
    found = {
        name: _pairs(arguments, estimate, made / name)
        for name, estimate in zip(names, arguments.estimate, strict=True)
    }
    if arguments.event_markers is None:
        return found
    if arguments.reference.is_dir():
        raise ValueRangeError(
            "--event-markers belongs to one pair; for many, give --pairs a column event_markers"
        )
    return {
        name: FoundPairs(
            tuple(replace(pair, event_markers=arguments.event_markers) for pair in one.pairs),
            one.excluded,
        )
        for name, one in found.items()
    }


def _chosen(found: dict[str, FoundPairs], pattern: str | None) -> dict[str, FoundPairs]:
    """Pairs whose trial's name fits a pattern, in any case; a folder before it may be left out."""
    if pattern is None:
        return found

    def fits(trial: str) -> bool:
        names = (trial, trial.rsplit("/", 1)[-1])
        return any(fnmatch(name.casefold(), pattern.casefold()) for name in names)

    chosen = {
        name: one._replace(pairs=tuple(pair for pair in one.pairs if fits(pair.trial)))
        for name, one in found.items()
    }
    if not any(one.pairs for one in chosen.values()):
        there = dict.fromkeys(pair.trial for one in found.values() for pair in one.pairs)
        raise ValueRangeError(f"--trials {pattern} fits no trial; there are {listed(there, 6)}")
    return chosen


def _is_pipeline(estimate: Path) -> bool:
    return estimate.suffix.lower() == ".toml"


def _pairs(arguments: argparse.Namespace, estimate: Path, made: Path) -> FoundPairs:
    from kinebench.cli.progress import status_line
    from kinebench.comparison import estimated_pairs, find_pairs
    from kinebench.io.atomic import require_folder

    if not _is_pipeline(estimate):
        return find_pairs(arguments.reference, estimate)
    require_folder(made)
    with status_line() as show:
        return estimated_pairs(
            arguments.reference, estimate, arguments.recordings, made,
            lambda trial: show(f"{estimate.stem}: {trial}"),
        )  # fmt: skip


def procedure_of(arguments: argparse.Namespace) -> Procedure:
    """The preset's procedure, with what other options say."""
    from kinebench.alignment import RigidAlignment, VerticalAxisAlignment
    from kinebench.comparison import procedure
    from kinebench.errors import require_names

    how = replace(
        procedure(arguments.preset),
        group=arguments.group,
        pool_kinds=arguments.pool,
    )
    if arguments.align is not None:
        how = replace(how, time=_time_alignment(arguments.align))
    if arguments.space is not None:
        require_names([arguments.space], _SPACES, "spatial alignment", "kinebench compare")
        space = RigidAlignment() if arguments.space == "rigid" else VerticalAxisAlignment()
        how = replace(how, space=space)
    if arguments.window is not None:
        how = replace(how, window_s=tuple(arguments.window))
    if arguments.coordinates is not None:
        names = tuple(name.strip() for name in arguments.coordinates.split(",") if name.strip())
        if not names:
            raise ValueRangeError("--coordinates names nothing: it wants names with commas between")
        how = replace(how, coordinates=names, all_must_exist=True)
    if arguments.events is not None:
        how = replace(how, events=_events(arguments.events))
    if arguments.walking_direction is not None:
        how = replace(how, walking_direction=tuple(arguments.walking_direction))
    return how


def _events(text: str) -> str | tuple[ManualEvent, ...]:
    from kinebench.comparison import EVENT_KINDS
    from kinebench.events import read_events

    if text in EVENT_KINDS:
        return text
    if not text.lower().endswith(".csv"):
        raise ValueRangeError(
            f"--events must be {', '.join(EVENT_KINDS)} or a file that ends in .csv; found '{text}'"
        )
    return read_events(Path(text))


def _time_alignment(text: str) -> TimeAlignment:
    from kinebench.alignment import GivenLag, MinimiseLag, NoAlignment, SignalLag

    kind, _, signal = text.partition(":")
    if kind == "none":
        return NoAlignment()
    if kind == "minimise":
        return MinimiseLag()
    if kind == "signal":
        return SignalLag(signal or None)
    try:
        lag_s = float(text)
    except ValueError as error:
        raise ValueRangeError(
            f"--align must be none, a lag in seconds, signal, signal:NAME or minimise; found"
            f" '{text}'"
        ) from error
    return GivenLag(lag_s)
