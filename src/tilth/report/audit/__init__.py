"""The audit's page: where the data is thin, what that costs in demand, and where to spend first."""

from tilth.report.audit.content import AuditChange, AuditContent, AuditFinding, AuditMeasure, AuditTerm
from tilth.report.audit.render import render_audit, write_audit_report
from tilth.report.audit.summary import summary_lines

__all__ = [
    "AuditChange",
    "AuditContent",
    "AuditFinding",
    "AuditMeasure",
    "AuditTerm",
    "render_audit",
    "summary_lines",
    "write_audit_report",
]
