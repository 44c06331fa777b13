"""What the measures of fields mean."""

from tilth.audit.definitions.definition import Definition

DEFINITIONS: tuple[Definition, ...] = ()
