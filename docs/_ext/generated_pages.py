"""Pages that are written from the code: commands, metrics, filters, data sets, validation.

Sphinx calls `setup`; the pages appear in ``docs/generated``. Nothing in them is typed by hand, so
that none can differ from what the package does.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

from laboratory_tables import laboratory_page
from sphinx.application import Sphinx

from kinebench.cleaning.catalogue import CLEANERS
from kinebench.cli.main import COMMANDS
from kinebench.core.stages import title_of
from kinebench.datasets.card import Card
from kinebench.datasets.catalogue import shipped_cards
from kinebench.metrics.catalogue import CATALOGUE
from kinebench.studies.files.template import study_template

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "docs" / "generated"
MODULES = (
    "core", "io.trc", "io.c3d", "io.sto", "cleaning", "alignment", "metrics", "statistics",
    "comparison", "validation", "lab", "datasets",
)  # fmt: skip
"""What people import from besides `kinebench` itself."""


def pages() -> dict[str, str]:
    """Every generated page by its place below ``docs/generated``, without ending."""
    made = {"metrics": metrics_page(), "filters": filters_page(), "study_files": study_page()}
    made["laboratory"] = laboratory_page()
    made |= {f"commands/{name}": command_page(name) for name in COMMANDS}
    made["commands/index"] = index("Commands", COMMANDS, "Every command answers `--help` too.")
    cards = shipped_cards()
    made |= {f"datasets/{name}": dataset_page(card) for name, card in cards.items()}
    made["datasets/index"] = index(
        "Data sets", {name: card.title for name, card in cards.items()},
        "Each page is the data set's card. `kinebench data list` says which are at hand.",
    )  # fmt: skip
    modules = {f"kinebench.{name}": summary(f"kinebench.{name}") for name in MODULES}
    made |= {f"modules/{name}": module_page(name) for name in modules}
    made["modules/index"] = index("Modules", modules, "What `import kinebench` does not name.")
    made |= {f"results/{path.stem}": result_page(path) for path in results()}
    return made


def index(title: str, entries: Mapping[str, str], text: str) -> str:
    """A page with a table of the pages beside it."""
    rows = "\n".join(f"| [{name}]({name}.md) | {cell(what)} |" for name, what in entries.items())
    listed = "\n".join(entries)
    return (
        f"# {title}\n\n{text}\n\n| | |\n|---|---|\n{rows}\n\n"
        f"```{{toctree}}\n:hidden:\n\n{listed}\n```\n"
    )


def header(*names: str) -> str:
    """The first two lines of a table."""
    return f"| {' | '.join(names)} |\n|{'---|' * len(names)}"


def cell(text: object) -> str:
    """Text that can stand in a cell of a table."""
    return " ".join(str(text).split()).replace("|", "\\|")


# ---- modules ---------------------------------------------------------------------------------


def summary(module: str) -> str:
    """The first sentence of a module's docstring."""
    return (import_module(module).__doc__ or "").strip().splitlines()[0]


def module_page(module: str) -> str:
    """What a module offers, from its docstrings."""
    return f"# `{module}`\n\n```{{eval-rst}}\n.. automodule:: {module}\n   :members:\n```\n"


# ---- commands ------------------------------------------------------------------------------


def command_page(name: str) -> str:
    """Usage, arguments and epilogue of a command and of those below it."""
    parser = argparse.ArgumentParser(f"kinebench {name}")
    import_module(f"kinebench.cli.{name}").add_arguments(parser)
    return "\n".join(parser_lines(parser, 1, COMMANDS[name]))


def parser_lines(parser: argparse.ArgumentParser, depth: int, what: str) -> Iterator[str]:
    yield f"{'#' * depth} {parser.prog}\n\n{what[0].upper()}{what[1:]}.\n"
    if parser.description and parser.description.rstrip(".") != what:
        yield f"{parser.description}\n"
    yield f"```text\n{usage(parser)}\n```\n"
    inner = [each for each in parser._actions if isinstance(each, argparse._SubParsersAction)]
    rows = [
        f"| {spelled(each)} | {told(parser, each)} |"
        for each in parser._actions
        if each not in inner and not isinstance(each, argparse._HelpAction)
    ]
    if rows:
        yield "| argument | what it is |\n|---|---|\n" + "\n".join(rows) + "\n"
    if parser.epilog:
        yield f"```text\n{parser.epilog.strip()}\n```\n"
    for action in inner:
        helps = {each.dest: each.help or "" for each in action._choices_actions}
        for name, child in action.choices.items():
            yield from parser_lines(child, depth + 1, helps.get(name, name))


def usage(parser: argparse.ArgumentParser) -> str:
    return re.sub(r"\s+", " ", parser.format_usage()).removeprefix("usage: ").strip()


def spelled(action: argparse.Action) -> str:
    value = action.metavar or (action.dest.upper() if action.nargs != 0 else "")
    words = " ".join(value) if isinstance(value, tuple) else value
    if not action.option_strings:
        return f"`{words or action.dest}`"
    return f"`{', '.join(action.option_strings)}{f' {words}' if action.nargs != 0 else ''}`"


def told(parser: argparse.ArgumentParser, action: argparse.Action) -> str:
    text = cell(parser._get_formatter()._expand_help(action)) if action.help else ""
    choices = "" if action.choices is None else ", ".join(f"`{one}`" for one in action.choices)
    return f"{text} {f'One of {choices}.' if choices and choices not in text else ''}".strip()


# ---- catalogues ----------------------------------------------------------------------------


def metrics_page() -> str:
    """One row a metric, family by family."""
    lines = ["# Metrics\n\nUnits: a *coordinate* metric is in degrees or mm where it is shown.\n"]
    families = dict.fromkeys(metric.family for metric in CATALOGUE.values())
    for family in families:
        lines.append(f"## {family}\n\n{header('name', 'title', 'unit', 'better', 'source')}")
        lines += [
            f"| `{name}` | {cell(one.title)} | {one.unit} | {one.direction} | {cell(one.source)} |"
            for name, one in CATALOGUE.items()
            if one.family == family
        ]
        lines.append("")
    return "\n".join(lines)


def filters_page() -> str:
    """One row for each way that a cleaner is written."""
    rows = []
    for entry in CLEANERS.values():
        cited = "; ".join(str(one.text) for one in getattr(entry.stage, "citation", ()))
        rows.append(
            f"| `{cell(entry.usage)}` | {cell(entry.meaning)} | {cell(title_of(entry.stage))} |"
            f" {cell(cited)} |"
        )
    return (
        "# Filters and repairs\n\nWritten after `--clean` and in study files, joined by `+`; `none`"
        f" is no cleaning.\n\n{header('written', 'what', 'is', 'source')}\n"
        + "\n".join(rows)
        + "\n"
    )


def study_page() -> str:
    """The commented study file that `kinebench study new` writes."""
    return (
        "# Study files\n\n`kinebench study new FILE.toml` writes this file, which runs as it is. It"
        " names every key; an unknown one is an error that offers the nearest. Lines that begin"
        f" with `#` are what else can be said.\n\n```toml\n{study_template('my study')}```\n"
    )


# ---- data sets -----------------------------------------------------------------------------


def dataset_page(card: Card) -> str:
    """A card as a page."""
    facts = {
        "licence": card.licence,
        "citation": card.citation,
        "DOI": f"[{card.doi}](https://doi.org/{card.doi})" if card.doi else "",
        "how the reference was made": card.reference or "",
        "a copy was compared with the card": "yes" if card.verified else "no",
        **{key: str(value) for key, value in card.subject},
        "trials": ", ".join(f"{name} {count}" for name, count in card.trials),
        "files": str(sum(len(source.files) for source in card.sources)),
    }
    rows = "\n".join(f"| {key} | {cell(value)} |" for key, value in facts.items() if value)
    parts = [f"# {card.title}\n\n`{card.name}`\n\n{card.description}\n\n| | |\n|---|---|\n{rows}\n"]
    if card.faults:
        parts.append("## Known to be wrong with it\n\n" + bullets(card.faults))
    if card.steps:
        parts.append("## How to fetch it\n\n" + numbered(card.steps))
    if card.sources and not card.manual:
        parts.append(f"## Fetch it\n\n```sh\nkinebench data fetch {card.name}\n```\n")
    return "\n".join(parts)


def bullets(lines: tuple[str, ...]) -> str:
    return "\n".join(f"- {line}" for line in lines) + "\n"


def numbered(lines: tuple[str, ...]) -> str:
    return "\n".join(f"{i}. {line}" for i, line in enumerate(lines, 1)) + "\n"


# ---- what was measured ---------------------------------------------------------------------


def results() -> list[Path]:
    """The committed tables; each is written by the command that its first lines name."""
    inner = ["laboratory/proof.md", "laboratory/components.md", "laboratory/people.md",
             "laboratory/rigs.md", "diagnosis/confusion.md"]  # fmt: skip
    return [
        *(path for path in sorted((ROOT / "reports").glob("*.md")) if path.stem != "README"),
        *(ROOT / "benchmarks" / place for place in inner),
    ]


def result_page(path: Path) -> str:
    """A committed table; links that leave the documentation become plain text."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"!\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"\[([^\]]+)\]\((?!https?:)[^)]*\)", r"\1", text)
    return f"{text}\n---\n\nFrom `{path.relative_to(ROOT).as_posix()}` of this release.\n"


def write(_: Sphinx) -> None:
    """Write every page whose text has changed, so that Sphinx reads no page in vain."""
    made = {OUT / f"{place}.md": text for place, text in pages().items()}
    for path, text in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    for path in set(OUT.rglob("*.md")) - set(made):
        path.unlink()


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("builder-inited", write)
    return {"parallel_read_safe": True}
