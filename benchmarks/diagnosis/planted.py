"""Does `kinebench why` name what was planted? ``python -m benchmarks.diagnosis.planted``

Runs the twenty sessions of `sessions.PLAN` and the five controls, and writes `planted.md` beside
this file; with ``--again`` the same plan on 25 other subjects, into `planted_again.md`. Needs
OpenCap's model and augmenters (`kinebench data fetch opencap-core`, or a mirror); takes five to
ten minutes.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.diagnosis.sessions import CONTROLS, PLAN, PlantedSession
from kinebench.diagnosis.verdict import Finding, findings
from kinebench.diagnosis.why import diagnose
from kinebench.io.atomic import write_atomically
from kinebench.reports.why_report import figure_title, figure_value

__all__ = ["Judged", "judge"]

_HEAD = """\
# What `kinebench why` says of planted causes

Made by `python -m benchmarks.diagnosis.planted`. Every session is a virtual subject of its own on
LaiUhlrich2022, moving before two cameras whose keypoints wander (5, 3 and 3 mm, 0.7 Hz) and
tremble (1.5, 1 and 1 mm). OpenCap's steps by OpenSim's tools, augmenter v0.3 with 1 s of warm-up,
static window by OpenCap's rule, unless it is that what is planted. Subjects go by their numbers and
none was drawn again, but the plan and the rules of `why` were made together, on these sessions: an
earlier form left the bent window to OpenCap's rule (which often found a good one), had no warm-up
and a detector's bias besides the model's own, and `why` then had no notable sizes, no unrest and no
change of angles over time. These are results of development, not of a blind trial.

*First* is the first of the causes that `why` lists: doubtful ones (which change a figure by its
notable size, and which the recording speaks against) before others, each group by size. *Size* is
the largest change of a figure over its notable size.

"""


_AGAIN = """\
# The same plan on other subjects

Made by `python -m benchmarks.diagnosis.planted --again`: `sessions.PLAN` with subjects, and with
them noise, that were never looked at while `why` was made; run once. Columns as in `planted.md`.

"""


@dataclass(frozen=True, slots=True)
class Judged:
    """A session and what was said of it.

    Parameters
    ----------
    session : PlantedSession
    found : tuple of Finding
    seconds : float
    """

    session: PlantedSession
    found: tuple[Finding, ...]
    seconds: float

    @property
    def right(self) -> bool:
        """The planted cause comes first and is called doubtful; nothing is, in a control."""
        first = self.found[0]
        if not self.session.cause:
            return not first.suspect
        return first.suspect and first.name == self.session.cause

    def row(self) -> str:
        """A line of the table."""
        first, *_ = self.found
        others = [f"{one.name} {one.size:.1f}" for one in self.found[1:] if one.suspect]
        told = f"{figure_title(first.figure)}: {figure_value(first.part, first.figure)}"
        drop = next((one for one in self.found if one.name == self.session.cause), first)
        cells = (
            str(self.session.number),
            self.session.cause or "—",
            self.session.what,
            f"{first.name}{'' if first.suspect else ' (not called doubtful)'}",
            told,
            f"{first.size:.1f}",
            f"{drop.size:.1f}" if self.session.cause else "—",
            ", ".join(others) or "—",
            "yes" if self.right else "**no**",
            f"{self.seconds:.0f}",
        )
        return f"| {' | '.join(cells)} |"


_COLUMNS = (
    "session", "planted", "what", "first", "changes most", "size", "size of the planted",
    "also called doubtful", "right", "s",
)  # fmt: skip


def judge(session: PlantedSession, own: bool = False) -> Judged:
    """Diagnose a session, on LaiUhlrich2022 or on the laboratory's own body and set-ups."""
    from kinebench.lab import generic_body

    start = time.perf_counter()
    if own:
        found = diagnose(session.own_pipeline(), session.trial(generic_body))
    else:
        found = diagnose(session.pipeline(), session.trial())
    return Judged(session, findings(found), time.perf_counter() - start)


def _table(judged: list[Judged]) -> str:
    lines = [f"| {' | '.join(_COLUMNS)} |", f"|{'---|' * len(_COLUMNS)}"]
    return "\n".join([*lines, *(one.row() for one in judged)])


def main() -> None:
    parser = argparse.ArgumentParser(description="Does `kinebench why` name what was planted?")
    parser.add_argument("--again", action="store_true", help="on other subjects")
    again = parser.parse_args().again
    shift, head, name = (100, _AGAIN, "planted_again.md") if again else (0, _HEAD, "planted.md")
    judged = []
    for session in (*PLAN, *CONTROLS):
        judged.append(judge(replace(session, number=session.number + shift)))
        print(judged[-1].row(), flush=True)
    planted, controls = judged[: len(PLAN)], judged[len(PLAN) :]
    text = (
        f"{head}**{sum(one.right for one in planted)} of {len(planted)}** planted causes come"
        f" first; in **{sum(one.right for one in controls)} of {len(controls)}** controls nothing"
        " is called doubtful.\n\n"
        f"{_table(planted)}\n\n## Controls\n\n{_table(controls)}\n"
    )
    write_atomically(Path(__file__).with_name(name), text)


if __name__ == "__main__":
    main()
