"""What a server and its clients say to each other. Unknown fields and wrong types are refused."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

MAX_CANDIDATES = 1_000
MAX_BATCH = 100
MAX_BATCH_CANDIDATES = 10_000
MAX_ID, MAX_TITLE, MAX_TEXT = 512, 2_000, 50_000
MAX_ATTRIBUTES, MAX_VALUES = 100, 200
MAX_TYPED, MAX_SUGGESTIONS, MAX_HISTORY = 1_000, 100, 20
NO_CONTROLS = r"^[^\x00-\x1f\x7f-\x9f]*$(?!\n)"
"""Text without control characters. Python's `$` alone would let a last line feed pass."""

Id = Annotated[str, Meta(min_length=1, max_length=MAX_ID)]
Value = Annotated[str, Meta(max_length=MAX_TITLE)]
Number = Annotated[float, Meta(ge=-1e15, le=1e15)]
Attribute = bool | Number | Value | Annotated[list[Value], Meta(max_length=MAX_VALUES)] | None
Reasons = Literal["none", "short", "full"]
Status = Literal["scored", "unknown_context", "unknown_item", "deadline", "unreachable"]
"""`unreachable` is said by a client that fails open, never by a server."""
Guard = Literal["shadow", "holdout", "max_removed", "min_kept"]
Mode = Literal["filter", "shadow", "holdout"]


class Entity(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A context or item in its own words, for one that the store does not hold. `id` only names it in logs."""

    id: Id | None = None
    title: Annotated[str, Meta(max_length=MAX_TITLE)] = ""
    text: Annotated[str, Meta(max_length=MAX_TEXT)] = ""
    attributes: Annotated[
        dict[Annotated[str, Meta(max_length=MAX_ID)], Attribute], Meta(max_length=MAX_ATTRIBUTES)
    ] = {}


Offered = Id | Entity
"""The id of an entity of the store, or one in its own words."""


class ScoreRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """One context and what is offered to it."""

    context: Offered
    candidates: Annotated[list[Offered], Meta(max_length=MAX_CANDIDATES)]
    reasons: Reasons = "none"


class FilterRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """One context and what is offered to it, in the order in which it would be shown."""

    context: Offered
    candidates: Annotated[list[Offered], Meta(max_length=MAX_CANDIDATES)]
    reasons: Reasons = "short"
    """Of those that the filter would drop: none, what is said of all pairs like it, or with the pair's own values."""


class BatchRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Several requests at once, answered together; at most 10,000 candidates in all."""

    requests: Annotated[list[FilterRequest], Meta(max_length=MAX_BATCH)]


class Score(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """`p` is the calibrated probability of being bad, null where `status` says why there is none."""

    id: str | None
    p: float | None
    status: Status
    reasons: list[str] = []


class Decision(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """`guard` says what kept a candidate that the filter would have dropped."""

    id: str | None
    keep: bool
    p: float | None
    status: Status
    guard: Guard | None = None
    reasons: list[str] = []


class Counts(msgspec.Struct, frozen=True):
    """How many candidates there were, and what became of them."""

    candidates: int
    dropped: int
    guarded: int
    unknown: int
    late: int


class Versions(msgspec.Struct, frozen=True):
    """Which student, threshold and entities answered. Without a `threshold_p` nothing is dropped."""

    artifact: str
    threshold: str
    threshold_p: float | None
    entities: str


class ScoreReply(msgspec.Struct, frozen=True, omit_defaults=True):
    """One score per candidate, in the order of the request."""

    request_id: str
    versions: Versions
    scores: list[Score]
    warnings: list[str] = []


class FilterReply(msgspec.Struct, frozen=True, omit_defaults=True):
    """One decision per candidate, in the order of the request."""

    request_id: str
    versions: Versions
    mode: Mode
    counts: Counts
    decisions: list[Decision]
    warnings: list[str] = []

    @property
    def kept(self) -> list[str | None]:
        """The ids to show, in their order."""
        return [one.id for one in self.decisions if one.keep]


class BatchReply(msgspec.Struct, frozen=True):
    """One reply per request, in their order."""

    replies: list[FilterReply]


class SuggestRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What somebody has typed so far, empty before the first letter; the parameters of a GET. `history`: what the same
    person searched for before, newest first; it is written down nowhere."""

    q: Annotated[str, Meta(max_length=MAX_TYPED)]
    context_id: Annotated[str, Meta(max_length=MAX_ID)] = ""
    limit: Annotated[int, Meta(ge=1, le=MAX_SUGGESTIONS)] | msgspec.UnsetType = msgspec.UNSET
    history: Annotated[
        list[Annotated[str, Meta(max_length=MAX_TYPED, pattern=NO_CONTROLS)]], Meta(max_length=MAX_HISTORY)
    ] = []


class Suggestion(msgspec.Struct, frozen=True, gc=False):
    """`source`: where it is from, `history` if the request brought it along. `edits`: how far what was typed is from
    its beginning. `explored`: shown to learn about its category, where a better one would have stood."""

    query: str
    source: str
    category: str | None
    edits: int = 0
    explored: bool = False


class FoundItem(msgspec.Struct, frozen=True, gc=False):
    """An instant result. Scores compare within one reply only."""

    id: str
    title: str
    category: str | None
    score: float


Reason = Literal["known_item", "usefulness", "positions", "explored"]
"""Why a line stands where it does: its title was typed; it is expected to be worth more than what comes next; the
settings put it there; it is shown to learn about its category."""


class Placed(msgspec.Struct, frozen=True, gc=False):
    """One line of what is shown: a place in the reply's `suggestions` or `items`. `expected`: how probable it is that
    this is what is wanted, as far as scores and log can tell."""

    kind: Literal["suggestion", "item"]
    at: int
    expected: float | None = None
    why: Reason | None = None


class SuggestVersions(msgspec.Struct, frozen=True):
    """Which suggester and index answered; without an index there are no instant results."""

    suggester: str
    index: str | None


class SuggestReply(msgspec.Struct, frozen=True):
    """Suggestions and instant results for what was typed, each best first, and in `layout` both in the order to show.

    `searched` is what `items` answer: what was typed, or the suggestion that it begins. `known_item`: the first line is
    an item of that very title. `late`: the deadline came before all was looked for.
    """

    request_id: str
    query: str
    searched: str | None
    suggestions: list[Suggestion]
    items: list[FoundItem]
    layout: list[Placed]
    known_item: bool
    late: bool
    versions: SuggestVersions

    @property
    def lines(self) -> list[Suggestion | FoundItem]:
        """What to show, from top to bottom."""
        return [self.suggestions[one.at] if one.kind == "suggestion" else self.items[one.at] for one in self.layout]


class UnderstandRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A query; the parameter of a GET."""

    q: Annotated[str, Meta(max_length=MAX_TYPED)]


class CorrectedPart(msgspec.Struct, frozen=True, gc=False):
    """`query[start:end]`, which is `was`, became `text`; `reason` is the kind of mistake."""

    start: int
    end: int
    was: str
    text: str
    reason: str


class Corrected(msgspec.Struct, frozen=True):
    """The query with its spelling corrected, and the probability that this is what was meant."""

    text: str
    confidence: float
    parts: list[CorrectedPart]


class QueryCategory(msgspec.Struct, frozen=True, gc=False):
    """`p`: probability that the query means it. `source`: who says so: `human:...`, `model:...` or `weak:clicks`."""

    name: str
    p: float
    source: str


class QueryExpansion(msgspec.Struct, frozen=True, gc=False):
    """A text to search for besides, in `field` (null: all), weighing `weight` against the query's own 1. It is what the
    rule `rule_id` says: a `synonym` may stand for its words, an `expansion` only moves up, a `spelling` replaces."""

    text: str
    weight: float
    kind: Literal["synonym", "expansion", "spelling"]
    field: str | None
    rule_id: str
    provenance: str


class UnderstandVersions(msgspec.Struct, frozen=True):
    """Which understanding and speller answered, and where its expansions are from: a proved `generation`, `candidates`
    that nothing has proved, or nowhere."""

    understanding: str
    speller: str | None
    rules: Literal["proved", "candidates", "none"]
    generation: str | None


class UnderstandServed(UnderstandVersions, frozen=True):
    """`in_force`: the proved generation that ships now. `stale`: it is another than the one that answers."""

    in_force: str | None
    stale: bool


class UnderstandReply(msgspec.Struct, frozen=True):
    """What a query asks for. `understood` is the text that all of it is about: the query, or `corrected`'s text.

    `source` says whether it was looked up among the frequent queries or left to the model. `late`: the deadline came
    before all was done, and `source` is null.
    """

    request_id: str
    query: str
    understood: str
    corrected: Corrected | None
    category: QueryCategory | None
    attributes: dict[str, str]
    expansions: list[QueryExpansion]
    source: Literal["lookup", "model"] | None
    late: bool
    versions: UnderstandVersions


class Served(msgspec.Struct, frozen=True):
    """What a server answers from; null where it has no such part."""

    filter: Versions | None
    suggest: SuggestVersions | None
    understand: UnderstandServed | None = None


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is wrong with a request, and at which field of its body (`candidates[3].title`)."""

    type: str
    message: str
    field: str | None = None


class ErrorReply(msgspec.Struct, frozen=True):
    """The one shape of everything that is not an answer."""

    error: Problem
