"""`kinebench data`: list, show, fetch, verify and add datasets."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kinebench.cli.progress import status_line
from kinebench.datasets.card import Card
from kinebench.datasets.catalogue import cards, find_card
from kinebench.datasets.fetching import fetch_file
from kinebench.datasets.loaders import loader_of, sample_names
from kinebench.datasets.places import Places
from kinebench.datasets.registration import UNSTATED_LICENCE, add_dataset
from kinebench.datasets.verification import Finding, verify_dataset, verify_folder
from kinebench.errors import DatasetError

if TYPE_CHECKING:
    from kinebench.datasets.completeness import Holdings

_EPILOG = """\
KINEBENCH_MIRROR names a folder with copies by public address, tried first and used in place;
KINEBENCH_CACHE names the folder for downloads; KINEBENCH_CARDS that for your own cards.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the actions on the parser of ``kinebench data``."""
    parser.epilog = _EPILOG
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    def action(name: str, text: str) -> argparse.ArgumentParser:
        sub = actions.add_parser(name, help=text, description=text)
        sub.add_argument("--json", action="store_true", help="print JSON")
        return sub

    action("list", "List the datasets, and how much of each is here.")
    show = action("show", "Show a dataset's card: licence, citation, files, samples, steps.")
    show.add_argument("name", metavar="NAME", help="of a dataset; 'kinebench data list' has all")
    fetch = action("fetch", "Download what is not here yet, and verify it.")
    fetch.add_argument("names", metavar="NAME", nargs="*", help="of datasets, unless --all")
    fetch.add_argument("--all", action="store_true", help="every dataset that can be downloaded")
    fetch.add_argument(
        "--accept-licence",
        action="store_true",
        help="of a dataset whose terms its card's author did not read: you did, and accept them",
    )
    index = action(
        "index", "What a copy holds of the published layout, and what is missing; reads no file."
    )
    index.add_argument("name", metavar="NAME", help="of the dataset whose layout it has")
    index.add_argument(
        "folder", metavar="FOLDER", nargs="?", type=Path, help="default: the copy that was added"
    )
    verify = action("verify", "Compare local copies with their cards; exit 1 if one is wrong.")
    verify.add_argument(
        "target", metavar="NAME|FOLDER", nargs="?", help="default: everything that is here"
    )
    add = action("add", "Write a card for a folder or archive of your own, to list and verify it.")
    add.add_argument("origin", metavar="FOLDER", type=Path, help="folder, zip or tar archive")
    add.add_argument("--name", required=True, help="new, or that of a dataset fetched by hand")
    add.add_argument("--title", help="in one line; default: the name")
    add.add_argument("--description", help="what it holds; default: none")
    add.add_argument(
        "--licence",
        default=UNSTATED_LICENCE,
        help="SPDX expression, such as CC-BY-4.0; default: not stated",
    )
    add.add_argument("--citation", help="how to cite it; default: not stated")
    add.add_argument("--replace", action="store_true", help="index again what was added before")


def run(arguments: argparse.Namespace) -> int:
    """Do one action.

    Returns
    -------
    int
        0, or 1 when a copy failed its verification.

    Raises
    ------
    DatasetError
        What cannot be done, in one line.
    """
    places = Places.from_environment()
    actions = {
        "list": _list, "show": _show, "fetch": _fetch, "index": _index, "verify": _verify,
        "add": _add,
    }  # fmt: skip
    return actions[arguments.action](arguments, places)


def _list(arguments: argparse.Namespace, places: Places) -> int:
    rows = [_summary(card, places) for card in cards(places).values()]
    if arguments.json:
        print(json.dumps(rows, indent=2))
        return 0
    width = max(len(row["name"]) for row in rows)
    for row in rows:
        amount = "by hand" if row["manual"] else f"{row['here']}/{row['files']} files"
        print(f"{row['name']:{width}}  {amount:>13}  {row['bytes'] / 1e6:6.1f} MB  {row['title']}")
    return 0


def _show(arguments: argparse.Namespace, places: Places) -> int:
    card = find_card(arguments.name, places)
    samples = _samples(card, places)
    if arguments.json:
        print(
            json.dumps({**_summary(card, places), **_details(card), "samples": samples}, indent=2)
        )
        return 0
    print(f"{card.name}: {card.title}\n\n{card.description}\n")
    rows = [("licence", card.licence), ("citation", card.citation)]
    if card.doi:
        rows.append(("doi", f"https://doi.org/{card.doi}"))
    rows += [(key, str(value)) for key, value in card.subject]
    if card.reference:
        rows.append(("reference", card.reference))
    rows += [("known fault", fault) for fault in card.faults]
    if not card.verified:
        rows.append(("verified", "no: nobody compared a copy with this card yet"))
    if samples:
        rows.append(("samples", ", ".join(samples)))
    rows += [(f"step {number}", step) for number, step in enumerate(card.steps, 1)]
    for key, text in rows:
        print(f"{key:11} {text}")
    for pattern in card.patterns:
        print(f"{'layout':11} {pattern.path}  ({pattern.kind}, {pattern.presence})")
    for source in card.sources:
        print(f"\n{source.address or source.folder}")
        for file in source.files:
            print(f"  {file.size_bytes:>9}  {file.sha256[:12]}  {file.path}")
    return 0


def _fetch(arguments: argparse.Namespace, places: Places) -> int:
    if arguments.all == bool(arguments.names):
        raise DatasetError("name the datasets to fetch, or say --all")
    known = cards(places)
    chosen = (
        [card for card in known.values() if not card.manual and not card.licence_unread]
        if arguments.all
        else [find_card(name, places) for name in arguments.names]
    )
    fetched = [_fetch_card(card, places, arguments.accept_licence) for card in chosen]
    if arguments.json:
        print(json.dumps(fetched, indent=2))
    else:
        for entry in fetched:
            print(f"{entry['name']}: {len(entry['paths'])} files, all verified")
    return 0


def _fetch_card(card: Card, places: Places, accept_licence: bool) -> dict[str, Any]:
    if card.manual:
        fetch_file(card.name, "", places)  # raises, with the steps that a person must take
    paths = []
    with status_line() as show:
        for number, file in enumerate(card.files, 1):
            show(f"{card.name} {number}/{len(card.files)}")
            path = fetch_file(card.name, file.path, places, accept_licence=accept_licence)
            paths.append(str(path))
    return {"name": card.name, "paths": paths}


def _index(arguments: argparse.Namespace, places: Places) -> int:
    from kinebench.datasets.completeness import holdings_of, index_copy

    card = find_card(arguments.name, places)
    if arguments.folder is not None:
        found = index_copy(card, arguments.folder)
    elif card.manual:
        raise DatasetError(
            f"no copy of {card.name} was added: name its folder, kinebench data index"
            f" {card.name} FOLDER"
        )
    else:
        found = holdings_of(card, [file.path for file in card.files])
    subjects = found.values("subject")
    content = {
        "name": card.name,
        "files": len(found.items),
        "unknown": len(found.unknown),
        "subjects": {subject: _holdings_of_subject(found, subject) for subject in subjects},
        "samples": list(found.samples),
        "missing": [
            {"what": s.what, "found": s.found, "expected": s.expected, "absent": list(s.absent)}
            for s in found.shortfalls()
        ],
    }
    if arguments.json:
        print(json.dumps(content, indent=2))
    else:
        _print_index(content)
    return 0


def _holdings_of_subject(found: Holdings, subject: str) -> dict[str, list[str]]:
    """Values of every field that the subject's files have: trials, sessions, detectors, cameras."""
    fields = dict.fromkeys(name for item in found.items for name, _ in item.values)
    listed = {name: found.values(name, subject=subject) for name in fields if name != "subject"}
    return {name: list(values) for name, values in listed.items() if values}


def _print_index(content: dict[str, Any]) -> None:
    print(
        f"{content['name']}: {len(content['subjects'])} subjects, {len(content['samples'])}"
        f" samples, {content['files']} files that the layout knows, {content['unknown']} others\n"
    )
    for subject, fields in content["subjects"].items():
        print(subject)
        for field, values in fields.items():
            print(f"  {field:9} {', '.join(values)}")
    if not content["missing"]:
        print("\nnothing of what the card expects is missing")
        return
    print("\nmissing:")
    for short in content["missing"]:
        absent = short["absent"]
        some = ", ".join(absent[:6]) + (", …" if len(absent) > 6 else "")
        print(f"  {short['what']}: {short['found']} of {short['expected']} are there; not: {some}")


def _verify(arguments: argparse.Namespace, places: Places) -> int:
    findings = _findings(arguments.target, places)
    faults = [finding for finding in findings if _is_fault(finding)]
    if arguments.json:
        print(json.dumps([_plain(finding) for finding in findings], indent=2))
        return 1 if faults else 0
    for finding in faults:
        print(f"{finding.state}: {finding.copy} ({finding.path} of dataset {finding.dataset})")
    for dataset in dict.fromkeys(finding.dataset for finding in findings):
        counts = Counter(finding.state for finding in findings if finding.dataset == dataset)
        here = counts["good"] + counts["wrong"]
        print(f"{dataset}: {here} copies, {counts['wrong']} wrong, {counts['absent']} absent")
    return 1 if faults else 0


def _add(arguments: argparse.Namespace, places: Places) -> int:
    card = add_dataset(
        arguments.origin,
        arguments.name,
        title=arguments.title,
        description=arguments.description,
        licence=arguments.licence,
        citation=arguments.citation,
        replace_existing=arguments.replace,
        places=places,
    )
    path = places.cards / card.name / "card.toml"
    if arguments.json:
        print(json.dumps({**_summary(card, places), "card": str(path)}, indent=2))
    else:
        print(f"{card.name}: {len(card.files)} files listed in {path}")
    return 0


def _findings(target: str | None, places: Places) -> Sequence[Finding]:
    known = cards(places)
    if target is None:
        return [finding for card in known.values() for finding in verify_dataset(card, places)]
    if target not in known and Path(target).is_dir():
        return verify_folder(Path(target), places)
    card = find_card(target, places)
    if card.manual:
        raise DatasetError(
            f"no copy of {card.name} was added; 'kinebench data show {card.name}' lists the steps"
        )
    return verify_dataset(card, places)


def _is_fault(finding: Finding) -> bool:
    # a file never downloaded is no fault; one gone from a folder that was added is
    return finding.state == "wrong" or (finding.state == "absent" and finding.copy is not None)


def _summary(card: Card, places: Places) -> dict[str, Any]:
    here = {item.path for item in verify_dataset(card, places) if item.state == "good"}
    return {
        "name": card.name,
        "title": card.title,
        "licence": card.licence,
        "manual": card.manual,
        "files": len(card.files),
        "here": len(here),
        "bytes": sum(file.size_bytes for file in card.files),
    }


def _details(card: Card) -> dict[str, Any]:
    return {
        "description": card.description,
        "citation": card.citation,
        "doi": card.doi,
        "reference": card.reference,
        "faults": list(card.faults),
        "verified": card.verified,
        "layout": [{"kind": p.kind, "path": p.path, "presence": p.presence} for p in card.patterns],
        "steps": list(card.steps),
        "subject": dict(card.subject),
        "sources": [
            {
                "address": source.address,
                "folder": None if source.folder is None else str(source.folder),
                "files": [
                    {"path": file.path, "bytes": file.size_bytes, "sha256": file.sha256}
                    for file in source.files
                ],
            }
            for source in card.sources
        ],
    }


def _samples(card: Card, places: Places) -> list[str]:
    names: Iterable[str] = sample_names(card.name, places) if loader_of(card) else ()
    return list(names)


def _plain(finding: Finding) -> dict[str, Any]:
    return {
        "dataset": finding.dataset,
        "path": finding.path,
        "state": finding.state,
        "copy": None if finding.copy is None else str(finding.copy),
    }
