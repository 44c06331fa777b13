"""The audit's page: where the data is thin, what that costs in demand, and where to spend first."""

from tilth.report.audit.content import AuditChange, AuditContent, AuditFinding, AuditMeasure, AuditTerm
from tilth.report.audit.render import render_audit, write_audit_report

__all__ = [
    "AuditChange",
    "AuditContent",
    "AuditFinding",
    "AuditMeasure",
    "AuditTerm",
    "render_audit",
    "write_audit_report",
]
