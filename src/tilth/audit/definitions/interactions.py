"""What the measures of interactions mean."""

from tilth.audit.definitions.definition import Definition

DEFINITIONS: tuple[Definition, ...] = ()
