"""A shop small enough to count by hand."""

from tilth.artifacts.speller import Speller
from tilth.enrich.spell import SpellConfig, build

TEXTS = (
    ("stainless steel kitchen faucet", 60.0),
    ("laminate flooring oak", 50.0),
    ("garden hose green", 40.0),
    ("toilet seat white", 60.0),
    ("led lamp 9 watt", 30.0),
    ("counter top oak", 20.0),
    ("countertop white", 40.0),
    ("fire pit cover", 30.0),
    ("hampton bay ceiling fan", 50.0),
    ("makita drill", 30.0),
    ("café table", 10.0),
)
QUERIES = (
    ("toilet seat", 9.0),
    ("toliet seat", 2.0),
    ("ceiling fan", 8.0),
    ("garden hose", 7.0),
    ("zyxel router", 3.0),
)


def speller(**config: object) -> Speller:
    return build(TEXTS, QUERIES, SpellConfig(**config))  # type: ignore[arg-type]
