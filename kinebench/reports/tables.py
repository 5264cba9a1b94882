"""Tables as values, and as CSV, LaTeX and text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from kinebench.io.csv_cells import csv_text


class Table(NamedTuple):
    """A header and rows of text.

    Parameters
    ----------
    header : tuple of str
    rows : tuple of tuple of str
        Each as long as the header.
    n_labels : int
        Columns on the left that say what a row is about; the others are numbers.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    n_labels: int = 2


def as_csv(rows: Iterable[dict[str, Any]]) -> str:
    """CSV with a header; numbers with all digits."""
    listed = list(rows)
    columns = list(dict.fromkeys(key for row in listed for key in row))
    return csv_text(columns, ([row.get(column, "") for column in columns] for row in listed))


def without_constant(table: Table, titles: Iterable[str]) -> tuple[Table, str]:
    """Without those of the named columns of counts that hold one number throughout, and these.

    The second is "5 subjects, 10 trials"; empty where none is left out, as in a table of one row.
    """
    columns = {title: column for column, title in enumerate(table.header)}
    constant = {
        title: table.rows[0][columns[title]]
        for title in titles
        if title in columns
        and len(table.rows) > 1
        and len({row[columns[title]] for row in table.rows}) == 1
    }
    kept = [column for title, column in columns.items() if title not in constant]
    rows = tuple(tuple(row[column] for column in kept) for row in table.rows)
    header = tuple(table.header[column] for column in kept)
    said = (
        f"{n} {title.removesuffix('s') if n == '1' else title}" for title, n in constant.items()
    )
    return Table(header, rows, table.n_labels), ", ".join(said)


def as_text(table: Table, width: int) -> str:
    """Lines of at most `width` characters, where the words allow.

    Columns that do not fit follow in a table below, with the labels repeated, so that nothing is
    cut off or squeezed.
    """
    columns = list(zip(*([table.header, *table.rows]), strict=True))
    titles = [_wrapped(title, cells) for title, *cells in columns]
    widths = [
        max(map(len, [*title, *cells])) for title, (_, *cells) in zip(titles, columns, strict=True)
    ]
    labels, numbers = range(table.n_labels), range(table.n_labels, len(columns))
    taken = sum(widths[i] + 2 for i in labels) - 2
    blocks: list[list[int]] = []
    room = 0
    for i in numbers:
        if not blocks or widths[i] + 2 > room:
            blocks.append([])
            room = width - taken
        blocks[-1].append(i)
        room -= widths[i] + 2
    return "\n\n".join(_block(table, [*labels, *block], titles, widths) for block in blocks or [[]])


def _wrapped(title: str, cells: Sequence[str]) -> list[str]:
    """A title in lines no wider than the cells below, words kept whole."""
    room = max([len(cell) for cell in cells] + [len(word) for word in title.split()] + [1])
    return textwrap.wrap(title, room, break_long_words=False, break_on_hyphens=False) or [""]


def _block(
    table: Table, chosen: Sequence[int], titles: Sequence[Sequence[str]], widths: Sequence[int]
) -> str:
    def line(cells: Iterable[str]) -> str:
        placed = [
            cell.ljust(widths[i]) if i < table.n_labels else cell.rjust(widths[i])
            for i, cell in zip(chosen, cells, strict=True)
        ]
        return "  ".join(placed).rstrip()

    height = max(len(titles[i]) for i in chosen)
    padded = [[""] * (height - len(titles[i])) + list(titles[i]) for i in chosen]
    lines = [line(row) for row in zip(*padded, strict=True)]
    lines.append("─" * (sum(widths[i] for i in chosen) + 2 * (len(chosen) - 1)))
    lines += [line(row[i] for i in chosen) for row in table.rows]
    return "\n".join(lines)


def as_latex(table: Table, caption: str) -> str:
    """A booktabs table; the text is escaped."""
    columns = "l" * table.n_labels + "r" * (len(table.header) - table.n_labels)
    lines = [
        r"\begin{table}",
        rf"\caption{{{_escaped(caption)}}}",
        rf"\begin{{tabular}}{{{columns}}}",
        r"\toprule",
        " & ".join(map(_escaped, table.header)) + r" \\",
        r"\midrule",
        *(" & ".join(map(_escaped, row)) + r" \\" for row in table.rows),
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


_LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", "[": "{[}", "]": "{]}",
    "°": r"\textdegree{}", "—": "---", "–": "--", "−": "$-$", "±": r"$\pm$", "²": "$^2$",
}  # fmt: skip


def _escaped(text: str) -> str:
    return "".join(_LATEX.get(character, character) for character in text)
