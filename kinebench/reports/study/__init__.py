"""The report of a study, or of a folder of them."""

from kinebench.reports.study.document import study_document
from kinebench.reports.study.making import run_report, write_page
from kinebench.reports.study.parts import StudyPart, parts_of

__all__ = ["StudyPart", "parts_of", "run_report", "study_document", "write_page"]
