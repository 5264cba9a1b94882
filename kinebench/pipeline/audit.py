"""`audit_trial`: run a planned trial and judge it, whatever becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kinebench.core.results import PipelineRun
from kinebench.errors import DatasetError, KinebenchError
from kinebench.pipeline.assessment import evidence_of
from kinebench.pipeline.plan import Plan
from kinebench.quality import Assessment, Evidence, Finding, Severity, assess
from kinebench.quality.finding import worst
from kinebench.remarks import Remark, remarks_of


@dataclass(frozen=True, slots=True, eq=False)
class TrialAudit:
    """What an audit found of one trial.

    Parameters
    ----------
    trial : str
    assessment : Assessment
    evidence : Evidence or None
        What was looked at; None when not even the recording could be read.
    remarks : tuple of Remark
        Of planning and pipeline, but for facts that findings say; they set no light.
    failure : str
        Why there is no result; empty when there is one.
    """

    trial: str
    assessment: Assessment
    evidence: Evidence | None
    remarks: tuple[Remark, ...] = ()
    failure: str = ""

    @property
    def run(self) -> PipelineRun | None:
        """The pipeline's run, where there is one."""
        return None if self.evidence is None else self.evidence.run

    @property
    def severity(self) -> Severity:
        """The worst of all findings; red when there is no result."""
        return "red" if self.failure else self.assessment.severity

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Those that set the light, worst first, a failure at the head."""
        found = tuple(one for one in self.assessment.findings if one.severity != "green")
        if not self.failure:
            return found
        return (Finding("pipeline", "red", f"no result: {self.failure}"), *found)


def audit_trial(plan: Plan, remarks: Sequence[Remark] = ()) -> TrialAudit:
    """Run the plan and judge recording and result; a failing pipeline is a finding."""
    run, failure, told = None, "", tuple(remarks)
    try:
        run = plan.pipeline(plan.trial)
        told += run.remarks
    except KinebenchError as error:
        failure = " ".join(str(error).split())
        told += remarks_of(error)
    evidence = evidence_of(plan, run)
    assessment = assess(evidence)
    return TrialAudit(plan.trial.name, assessment, evidence, assessment.besides(told), failure)


def failed(trial: str, error: KinebenchError, evidence: Evidence | None) -> TrialAudit:
    """An audit of a trial for which no plan could be made.

    That public files are not at hand says nothing against a recording: then the checks of the
    recording alone set the light.
    """
    assessment = Assessment((), (), {}) if evidence is None else assess(evidence)
    reason = " ".join(str(error).split())
    told = assessment.besides(remarks_of(error))
    if isinstance(error, DatasetError) and evidence is not None:
        unsolved = Remark("not solved", "warning", f"not solved: {reason}")
        return TrialAudit(trial, assessment, evidence, (*told, unsolved))
    return TrialAudit(trial, assessment, evidence, told, reason)


def worst_of(audits: Sequence[TrialAudit]) -> Severity:
    """The worst light of several trials."""
    return worst(audit.severity for audit in audits)
