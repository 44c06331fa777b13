"""What the measures of feedback mean."""

from tilth.audit.definitions.definition import Definition

DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        "feedback.negative_share",
        "Explicit negatives",
        "share",
        None,
        "Of all events but exposures, those in which a user said no: thumbs down, hide, a low rating.",
        "(events of a negative kind + ratings below dislike_below) / events of any kind but exposures",
    ),
    Definition(
        "feedback.users_with_negative_share",
        "Users with an explicit negative",
        "share",
        None,
        "Of all users who did anything, those who ever said no.",
        "users with at least one explicit negative / users with an event of any kind but exposures",
    ),
    Definition(
        "feedback.implicit_precision",
        "Implicit signals that are right",
        "share",
        "higher",
        "Where a user acted on an item and also said an opinion of it: how often that was a like. To be read against "
        "the share of likes among all opinions, which a signal without meaning would have.",
        "pairs of user and item with an implicit positive and a like / those with an implicit positive and a like or "
        "dislike; the last opinion counts",
        "Hu, Koren and Volinsky (2008), Collaborative filtering for implicit feedback datasets, on why it is in doubt",
    ),
    Definition(
        "feedback.like_share",
        "Likes among opinions",
        "share",
        None,
        "Of all pairs of user and item with an opinion, those with a like.",
        "pairs whose last opinion is a like / pairs whose last opinion is a like or dislike; a rating is a like from "
        "like_from on, or above the user's mean, and a dislike below dislike_below, or where it is no like",
    ),
)
