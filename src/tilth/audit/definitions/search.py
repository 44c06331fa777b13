"""What the measures of search mean."""

from tilth.audit.definitions.definition import Definition

DEFINITIONS: tuple[Definition, ...] = ()
