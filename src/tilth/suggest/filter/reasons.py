"""Why a candidate is rejected. What stands behind a colon is detail."""

UNSAFE = "on the list of what is denied"
PERSONAL = "may hold personal data"
LINK = "holds a link"
SHORT = "too short"
LONG = "too long"
SCRIPT = "in another script"
MIXED = "mixes scripts within a word"
UNREADABLE = "holds signs that nobody types"
HALF_TYPED = "half typed"
NO_RESULTS_LOGGED = "found nothing when people asked for it"
SAME_WORDS = "the same words as another"
SAME_RESULTS = "brings back the same as another"
FINDS_NOTHING = "finds nothing"
LOSES_SOURCE = "does not bring back the item it was written for"
NARROW = "brings back too few others"
COPIES = "copies distinctive words of its item"
LANGUAGE = "in a language that was not asked for"

REASONS = (
    UNSAFE, PERSONAL, LINK, SHORT, LONG, SCRIPT, MIXED, UNREADABLE, HALF_TYPED, NO_RESULTS_LOGGED, SAME_WORDS,
    SAME_RESULTS, FINDS_NOTHING, LOSES_SOURCE, NARROW, COPIES, LANGUAGE,
)  # fmt: skip


def reason_of(rejected: str) -> str:
    """The reason without its detail."""
    return rejected.partition(":")[0]
