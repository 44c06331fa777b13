"""What every measure means: label, unit, formula and source, by name."""

from tilth.audit.definitions import feedback, fields, interactions, search
from tilth.audit.definitions.definition import Definition, Unit

DEFINITIONS: dict[str, Definition] = {
    one.name: one for part in (interactions, fields, search, feedback) for one in part.DEFINITIONS
}

__all__ = ["DEFINITIONS", "Definition", "Unit"]
