"""A project on disk: settings, data, and the steps run on them. What the command line and a notebook both call."""

from tilth.apps.project.auditing.run import AuditRun
from tilth.apps.project.progress import Progress, Silent
from tilth.apps.project.project import Project
from tilth.apps.project.results import Check, Filtered, JudgeRun, ReadingRun

__all__ = ["AuditRun", "Check", "Filtered", "JudgeRun", "Progress", "Project", "ReadingRun", "Silent"]
