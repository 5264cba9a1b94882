"""The command line as its users' scripts rely on it, one line per argument.

``python tests/unit/cli/interface.py`` writes interface.txt anew; look at the difference. Texts are
not held: that a help is there is.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from kinebench.cli import main

FILE = Path(__file__).with_name("interface.txt")


def interface() -> str:
    """All commands, in the order in which `kinebench --help` lists them."""
    lines: list[str] = []
    for name in main.COMMANDS:
        parser = argparse.ArgumentParser(name, argument_default=None)
        import_module(f"kinebench.cli.{name}").add_arguments(parser)
        lines += [*_lines(parser, name), ""]
    return "\n".join(lines)


def _lines(parser: argparse.ArgumentParser, name: str) -> Iterator[str]:
    texts = [kind for kind in ("description", "epilog") if getattr(parser, kind)]
    assert isinstance(parser.formatter_class, type)
    yield " | ".join([name, *texts, parser.formatter_class.__name__])
    inner: dict[str, argparse.ArgumentParser] = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            inner = action.choices
            helped = {one.dest for one in action._choices_actions if one.help}
            yield _line(action, sorted(set(inner) - helped))
        elif not isinstance(action, argparse._HelpAction):
            yield _line(action, action.choices)
    for group in parser._mutually_exclusive_groups:
        names = ", ".join(_name(action) for action in group._group_actions)
        yield f"  one of: {names}{' (required)' if group.required else ''}"
    for each, one in inner.items():
        yield from _lines(one, f"{name} {each}")


def _name(action: argparse.Action) -> str:
    return "/".join(action.option_strings) or action.dest


def _line(action: argparse.Action, choices: Any) -> str:
    # processors differ in number, and the default is all of them
    all_cores = action.dest == "workers" and action.default == (os.cpu_count() or 1)
    default = "as many as cores" if all_cores else action.default
    shown = {
        "dest": action.dest,
        "nargs": action.nargs,
        "const": action.const,
        "default": default,
        "type": getattr(action.type, "__name__", action.type),
        "choices": list(choices) if choices else None,
        "metavar": action.metavar,
        # of arguments without a name Python versions say different things
        "required": (action.required and bool(action.option_strings)) or None,
        "help": "there" if action.help and action.help != argparse.SUPPRESS else "none",
    }
    told = ", ".join(f"{key} {value}" for key, value in shown.items() if value is not None)
    return f"  {_name(action)}: {told}"


if __name__ == "__main__":
    FILE.write_text(interface(), encoding="utf-8")
