"""What ``kinebench compare`` prints of one method."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from kinebench.cli.output import terminal_width

if TYPE_CHECKING:
    from kinebench.cli.compare_methods import SaidOfModels
    from kinebench.comparison import Comparison
    from kinebench.reports.tables import Table

# More rows than a screen holds: of each coordinate's outcomes the mean alone, unless a margin asks.
_MOST_OUTCOMES = 40


def print_comparison(comparison: Comparison, margin_rad: float | None, said: SaidOfModels) -> None:
    """Tables of each kind of trials, then remarks, then the methods for a paper."""
    from kinebench.reports.comparison_remarks import (
        comparison_title,
        kind_title,
        procedure_remarks,
        remarks,
    )
    from kinebench.reports.methods_text import comparison_methods

    width = terminal_width()
    print(f"estimate − reference: {comparison_title(comparison)}\n")
    for kind, part in comparison.by_kind.items():
        if kind:
            print(f"{kind_title(kind, part)}\n")
        _print_over_subjects(part, margin_rad, said, width)
    for line in (*remarks(comparison), *procedure_remarks(comparison)):
        hang = "    " if line.startswith("  ") else "  "
        print(textwrap.fill(line, max(width, 40), subsequent_indent=hang, break_long_words=False))
    methods = f"methods: {comparison_methods(comparison, margin_rad)}"
    print(f"\n{textwrap.fill(methods, max(width, 40), break_long_words=False)}")


def _print_over_subjects(
    comparison: Comparison, margin_rad: float | None, said: SaidOfModels, width: int
) -> None:
    """Tables of one kind of trials."""
    from kinebench.comparison.agreement import FEWEST_SUBJECTS, agreement_of
    from kinebench.reports.agreement_tables import agreement_table
    from kinebench.reports.comparison_tables import main_table
    from kinebench.reports.tables import as_text

    _print_table(main_table(comparison), width)
    agreement = agreement_of(comparison, margin_rad)
    if agreement:
        print("agreement over subjects, [95 % intervals]\n")
        shown = agreement
        if margin_rad is None and len(agreement) > _MOST_OUTCOMES:
            shown = [row for row in agreement if row.outcome == "mean"] or agreement
        _print_table(agreement_table(shown), width)
        if len(shown) < len(agreement):
            others = dict.fromkeys(row.outcome for row in agreement if row not in shown)
            print(f"{', '.join(others)}: in --report and --json\n")
    elif margin_rad is not None:
        print(
            f"no test of equivalence: it takes the motions of {FEWEST_SUBJECTS} subjects, found"
            f" {comparison.n_subjects}\n"
        )
    print_sides(comparison, width)
    if said.models:
        from kinebench.comparison.joint_centres import joint_centre_errors
        from kinebench.reports.cycle_tables import joint_centre_table

        errors = joint_centre_errors(comparison.pairs, said.models)
        print(as_text(joint_centre_table({"estimate": errors}), width))
        print()


def print_sides(comparison: Comparison, width: int) -> None:
    """Right against left over subjects, of one kind of trials; nothing of one subject."""
    from kinebench.comparison.side_differences import side_differences
    from kinebench.reports.sides_over_subjects import sides_in_words, sides_over_subjects_table

    sides = side_differences(comparison)
    if not sides:
        return
    for line in sides_in_words(sides):
        print(textwrap.fill(line, max(width, 40), subsequent_indent="  ", break_long_words=False))
    print()
    _print_table(sides_over_subjects_table(sides), width)


def _print_table(table: Table, width: int) -> None:
    """A table and an empty line; counts that are the same in all its rows once below it."""
    from kinebench.reports.tables import as_text, without_constant

    shown, counts = without_constant(table, ("subjects", "trials", "pairs", "repetitions"))
    print(as_text(shown, width))
    print(f"in every row: {counts}\n" if counts else "")
