"""The understanding and the speller, as one worker has loaded them."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from tilth.apps.serve.understand.config import UnderstandConfig
from tilth.artifacts import RuleSets
from tilth.artifacts.speller import Speller, load_speller, read_speller_manifest
from tilth.artifacts.understanding import Understander, load_understanding, read_understanding_manifest
from tilth.client.messages import UnderstandServed, UnderstandVersions
from tilth.errors import ArtifactError

UNDERSTANDING, SPELLER, RULES = "understanding", "speller", "rules"


@dataclass(frozen=True)
class Understands:
    """`rules` is the folder in which the set in force is looked up."""

    understander: Understander
    speller: Speller | None
    config: UnderstandConfig
    versions: UnderstandVersions
    rules: Path

    @property
    def served(self) -> UnderstandServed:
        """The versions, and what is in force now: proving and rolling back rules does not wait for a reload.

        Where the pointer to the set in force is damaged, none is named: what is loaded answers all the same, and
        `tilth enrich rules` says what is wrong.
        """
        sets = RuleSets(self.rules)
        try:
            in_force = sets.in_force
        except ArtifactError:
            in_force = None
        proved = self.versions.rules != "candidates"
        stale = proved and sets.has_pointer and in_force != self.versions.generation
        return UnderstandServed(**msgspec.structs.asdict(self.versions), in_force=in_force, stale=stale)


def has_understanding(work: Path) -> bool:
    return (work / UNDERSTANDING).is_dir()


def load_understands(work: Path, config: UnderstandConfig) -> Understands:
    """What is in the work folder.

    Raises:
        ArtifactError: there is no understanding, or it or the speller is damaged.
    """
    manifest = read_understanding_manifest(work / UNDERSTANDING)
    with_speller = config.spelling and (work / SPELLER).is_dir()
    speller = load_speller(work / SPELLER) if with_speller else None
    spelling = read_speller_manifest(work / SPELLER).version if with_speller else None
    used = manifest.made.rules
    versions = UnderstandVersions(manifest.version, spelling, used.origin, used.generation)
    return Understands(load_understanding(work / UNDERSTANDING), speller, config, versions, work / RULES)
