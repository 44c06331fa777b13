"""The words that the page uses, where it uses them."""

from tilth.report.blocks import Section, Term, Terms
from tilth.report.filtering.facts import Facts

GENERAL = (
    (
        "AUROC",
        "The chance that a positive pair scores higher than one that is not; 0.5 is guessing, 1 is perfect.",
    ),
    ("Context", "What an item is offered to: a person or a query."),
    ("Gold", "Labels that are trusted, against which the others are measured. They need not be human."),
    ("Interval", "Where the true number lies with the confidence stated, as far as chance is concerned."),
    ("Precision", "Of the pairs that were flagged, the share that is really positive."),
    ("Recall", "Of the pairs that are really positive, the share that was flagged."),
)
TEACHERS = (
    ("Coverage", "The share of pairs with a usable answer. Answers that failed are not hidden; they lower it."),
    ("F1", "The harmonic mean of precision and recall."),
    ("Kappa", "Agreement beyond chance; 0 is what chance gives, 1 is full agreement."),
    ("p50, p95", "The time within which half, or 95 %, of the answers came."),
    ("Teacher", "A source of labels that a student may learn from, such as a large language model."),
)
STUDENT = (
    ("Calibration", "Turning scores into probabilities: of pairs with p = 0.8, about 80 % should be positive."),
    (
        "Certified",
        "Proven on gold to hold with the stated confidence, even though the best of many was picked.",
    ),
    ("Design effect", "By how much labels of one context repeat each other: 3 means that three are worth one."),
    ("ECE", "Expected calibration error: how far probabilities are from what is observed, on average."),
    ("Log loss", "The average surprise at the true labels; lower is better."),
    ("Student", "A small model that learned from a teacher’s labels and answers in milliseconds."),
)


def glossary_section(facts: Facts) -> Section | None:
    if not facts.comparison and not facts.distilled:
        return None
    terms = GENERAL + (TEACHERS if facts.comparison else ()) + (STUDENT if facts.distilled else ())
    return Section("glossary", "Words", (), (Terms(tuple(Term(*pair) for pair in sorted(terms, key=_alphabetic))),))


def _alphabetic(term: tuple[str, str]) -> str:
    return term[0].casefold()
