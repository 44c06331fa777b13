"""All miners on a catalog and its log, and rules of what they found."""

import hashlib
from collections.abc import Iterable, Sequence

from tilth.enrich.synonyms.candidates import Candidate
from tilth.enrich.synonyms.config import SynonymConfig, check_synonyms
from tilth.enrich.synonyms.log import LogSettings, coclicked, reformulated
from tilth.enrich.synonyms.neighbours import NeighbourSettings, neighbours
from tilth.enrich.synonyms.titles import END, phrases_of
from tilth.enrich.synonyms.variants import initials, joined_words
from tilth.records import Entities, Rule, Searches

FEWEST_OF_NEIGHBOURS = 3


def mine(items: Entities, logs: Sequence[Searches], config: SynonymConfig) -> list[Candidate]:
    """Candidates for synonyms, each once a miner, in order of their names.

    Raises:
        ConfigError: a setting is out of range.
    """
    check_synonyms(config)
    phrases = [
        (*phrases_of(title), END, *phrases_of(text)) for title, text in zip(items.titles(), items.texts(), strict=True)
    ]
    wanted, found = set(config.miners), list[Candidate]()
    if "joined" in wanted:
        found += joined_words(phrases, fewest=config.fewest)
    if "initials" in wanted:
        found += initials(phrases, fewest=config.fewest)
    if "neighbours" in wanted:
        fewest = max(config.fewest, FEWEST_OF_NEIGHBOURS)
        settings = NeighbourSettings(fewest=fewest, similarity=config.similarity, each=config.each, seed=config.seed)
        found += neighbours(phrases, settings)
    log = LogSettings(config.users, config.likeness)
    if "coclicked" in wanted:
        found += coclicked(logs, log)
    if "reformulated" in wanted:
        found += reformulated(logs, log)
    return sorted(found, key=lambda one: (one.provenance, one.source, one.target))


def to_rules(candidates: Iterable[Candidate]) -> list[Rule]:
    """Synonym rules, with an id that stays the same from run to run."""
    return [
        Rule(
            rule_id(one.provenance, "synonym", one.source, one.target),
            "synonym",
            one.source,
            one.target,
            one.weight,
            one.direction,
            None,
            one.provenance,
            one.note,
        )
        for one in candidates
    ]


def rule_id(*parts: str) -> str:
    """Twelve hexadecimal digits over what makes a rule."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
