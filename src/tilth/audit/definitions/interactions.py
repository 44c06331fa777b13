"""What the measures of interactions mean.

An interaction is an event that is no mere exposure. Its item counts if the catalog has it; users with interactions on
other items only are users all the same.
"""

from tilth.audit.definitions.definition import Definition

_BIAS = "Abdollahpouri, Burke and Mobasher 2019, Managing popularity bias with personalized re-ranking"
_WAITS = "Kaplan and Meier 1958, Nonparametric estimation from incomplete observations"
_NEW = (
    "New is an item whose created_at lies in the log's time, or, without one, whose first event comes when a tenth of "
    "that time has passed; older items are left out, as nothing tells when their waiting ended (left truncation). "
    "Items that have not got there when the log ends count as waiting still (right censoring)."
)

_ITEMS = (
    Definition(
        "items.cold_share",
        "Items nobody touched",
        "share",
        "lower",
        "The share of the catalog's items without a single interaction.",
        "items with 0 interactions / items",
    ),
    Definition(
        "items.one_share",
        "Items touched once",
        "share",
        "lower",
        "The share of the catalog's items with exactly one interaction, from which nothing can be learned.",
        "items with 1 interaction / items",
    ),
    Definition(
        "items.few_share",
        "Items with few interactions",
        "share",
        None,
        "The share of the catalog's items with two to ten interactions.",
        "items with 2 to 10 interactions / items",
    ),
    Definition(
        "items.many_share",
        "Items with many interactions",
        "share",
        "higher",
        "The share of the catalog's items with more than ten interactions.",
        "items with more than 10 interactions / items",
    ),
    Definition(
        "items.coverage",
        "Catalog coverage",
        "share",
        "higher",
        "The share of the catalog's items with any interaction.",
        "items with an interaction / items",
        "Ge, Delgado-Battenfeld and Jannach 2010, Beyond accuracy",
    ),
    Definition(
        "items.gini",
        "Concentration (Gini)",
        "score",
        "lower",
        "How unevenly interactions are spread over the catalog: 0 if every item has the same number, near 1 if one has "
        "all.",
        "2 sum(i x_i) / (n sum(x)) - (n + 1) / n, x ascending over all n items, those without interactions included",
        "Sen 1973, On economic inequality; for recommendation, Fleder and Hosanagar 2009",
    ),
    *(
        Definition(
            f"items.head_share_{percent}",
            f"Held by the top {percent} % of items",
            "share",
            "lower",
            f"The share of interactions that the most popular {percent} % of the catalog's items have.",
            f"interactions on the ceil({percent / 100:g} n) items with the most / interactions, n items in the catalog",
        )
        for percent in (1, 5, 20)
    ),
)

_USERS = (
    Definition(
        "users.median_events",
        "Interactions of a typical user",
        "count",
        "higher",
        "Half of the users have at most this many interactions.",
        "median of interactions over users with at least one",
    ),
    Definition(
        "users.single_share",
        "Users seen once",
        "share",
        "lower",
        "The share of users with exactly one interaction, whose taste cannot be told.",
        "users with 1 interaction / users with at least one",
    ),
    Definition(
        "matrix.density",
        "Density of the matrix",
        "share",
        "higher",
        "The share of all pairs of a user and an item that have ever met.",
        "distinct pairs of a user and a known item with an interaction / (users with such a pair * items)",
    ),
)

_LIKES = (
    "Likes are events of positive kinds and opinions, and ratings from like_from on, or above the mean of the user's "
    "ratings where that is not set. Over users who have both."
)
_POPULARITY = (
    Definition(
        "popularity.arp",
        "Popularity of what users see (ARP)",
        "count",
        "lower",
        "How many interactions the items have, on average, that a user sees: exposures where they are logged, else the "
        "user's own interactions.",
        "mean over users u of (1 / |L_u|) sum over i in L_u of phi(i); L_u distinct items seen, phi(i) interactions "
        "on i",
        f"average recommendation popularity; Yin et al. 2012, Challenging the long tail recommendation; {_BIAS}",
    ),
    Definition(
        "popularity.aplt",
        "Long tail in what users see (APLT)",
        "share",
        "higher",
        "The average share of long-tail items in what a user sees; the long tail is all but the most popular items, "
        "head_share of the catalog.",
        "mean over users u of |L_u in the tail| / |L_u|; of equally popular items the first in the catalog are head",
        f"average percentage of long-tail items; {_BIAS}",
    ),
    Definition(
        "popularity.aclt",
        "Long-tail items that a user sees (ACLT)",
        "count",
        "higher",
        "How many long-tail items a user sees, on average.",
        "mean over users u of |L_u in the tail|, as the paper's formula has it: a number of items, no share",
        f"average coverage of long-tail items; {_BIAS}",
    ),
    Definition(
        "popularity.seen_over_liked",
        "Popularity seen against liked",
        "ratio",
        None,
        "Above 1, users are shown more popular items than those that they like.",
        "mean over users of the mean popularity of what they saw / mean over the same users of that of what they like. "
        + _LIKES,
        "cf. Abdollahpouri, Mansoury, Burke and Mobasher 2019, The unfairness of popularity bias in recommendation",
    ),
)

_EXPOSURE = (
    Definition(
        "exposure.demand_gap",
        "Exposure against demand, by category",
        "share",
        "lower",
        "How much of the exposure would have to move to other categories to match what users ask for.",
        "1/2 sum over categories of |share of exposures - share of demand|; demand: events of positive kinds, "
        "interactions where none is",
        "total variation distance",
    ),
    Definition(
        "exposure.item_gap",
        "Exposure against demand, by item",
        "share",
        "lower",
        "How much of the exposure would have to move to other items to match what users ask for. Chance alone makes it "
        "large where items have few events each.",
        "1/2 sum over items of |share of exposures - share of demand|, demand as for exposure.demand_gap",
        "total variation distance",
    ),
)

_NEWNESS = (
    Definition(
        "newness.median_days_to_first",
        "Days until a new item's first interaction",
        "days",
        "lower",
        "Half of the new items have had their first interaction by so many days after their created_at.",
        f"Kaplan-Meier median, over new items with a created_at. {_NEW}",
        _WAITS,
    ),
    Definition(
        "newness.median_days_to_k",
        "Days until a new item is known",
        "days",
        "lower",
        "Half of the new items have had first_k interactions by so many days after they came up.",
        f"Kaplan-Meier median of the time from created_at, else from the first event. {_NEW}",
        _WAITS,
    ),
    Definition(
        "newness.reached_k_share",
        "New items that became known",
        "share",
        "higher",
        "The share of new items that had first_k interactions before the log ended.",
        f"new items with at least first_k interactions / new items. {_NEW}",
    ),
)

DEFINITIONS: tuple[Definition, ...] = (*_ITEMS, *_USERS, *_POPULARITY, *_EXPOSURE, *_NEWNESS)
