"""The speller: corrects a query in microseconds from files that are mapped into memory, or leaves it as it is."""

from tilth.artifacts.speller.exceptions import Exceptions, FixedQuery
from tilth.artifacts.speller.mistakes import Mistakes
from tilth.artifacts.speller.speller import Change, Correction, Speller, SpellerSettings, SpellerTables, applied
from tilth.artifacts.speller.storage import SpellerManifest, load_speller, read_speller_manifest, write_speller
from tilth.artifacts.speller.typing_errors import Costs
from tilth.artifacts.speller.weights import Features, Weights

__all__ = [
    "Change",
    "Correction",
    "Costs",
    "Exceptions",
    "Features",
    "FixedQuery",
    "Mistakes",
    "Speller",
    "SpellerManifest",
    "SpellerSettings",
    "SpellerTables",
    "Weights",
    "applied",
    "load_speller",
    "read_speller_manifest",
    "write_speller",
]
