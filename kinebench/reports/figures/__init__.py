"""Figures for paper and screen: results in, a matplotlib `Figure` out.

Colours are Okabe and Ito's, which colour-blind readers can tell apart; sizes are those of journal
columns, text is 7 points or more. matplotlib's global state is left alone: figures are made
through its object interface, and nothing is shown.
"""

from kinebench.reports.figures.agreement import bland_altman_figure
from kinebench.reports.figures.body_map import body_map_figure
from kinebench.reports.figures.curve_test import curve_test_figure
from kinebench.reports.figures.cycles import cycle_figure
from kinebench.reports.figures.error_map import error_map_figure
from kinebench.reports.figures.grouped_intervals import grouped_interval_figure
from kinebench.reports.figures.interactions import interaction_figure
from kinebench.reports.figures.intervals import interval_figure
from kinebench.reports.figures.lag import lag_figure
from kinebench.reports.figures.sides import sides_figure
from kinebench.reports.figures.style import as_svg
from kinebench.reports.figures.waveforms import waveform_figure

__all__ = [
    "as_svg",
    "bland_altman_figure",
    "body_map_figure",
    "curve_test_figure",
    "cycle_figure",
    "error_map_figure",
    "grouped_interval_figure",
    "interaction_figure",
    "interval_figure",
    "lag_figure",
    "sides_figure",
    "waveform_figure",
]
