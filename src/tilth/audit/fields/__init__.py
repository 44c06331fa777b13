"""Fields of the catalog that are missing or thin, per category."""

from tilth.audit.fields.run import run_fields

__all__ = ["run_fields"]
