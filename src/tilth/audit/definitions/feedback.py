"""What the measures of feedback mean."""

from tilth.audit.definitions.definition import Definition

DEFINITIONS: tuple[Definition, ...] = ()
