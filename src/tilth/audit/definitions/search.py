"""What the measures of search mean."""

from tilth.audit.definitions.definition import Definition

_ROBERTSON = "word weights: Robertson and Zaragoza 2009, The Probabilistic Relevance Framework: BM25 and Beyond"

DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        name="search.head_share",
        label="Head queries",
        unit="share",
        better=None,
        meaning="How few of the distinct queries make the first third of all searches: work on these pays at once.",
        formula="fewest distinct queries, most frequent first, that make at least 1/3 of the searches / distinct "
        "queries; queries count as one by their normal form",
        source="head, torso and tail as thirds of the traffic, as search teams use them",
    ),
    Definition(
        name="search.tail_share",
        label="Tail queries",
        unit="share",
        better=None,
        meaning="How many of the distinct queries are rare ones, which together make the last third of all searches.",
        formula="1 - fewest distinct queries, most frequent first, that make at least 2/3 of the searches / distinct "
        "queries",
        source="head, torso and tail as thirds of the traffic, as search teams use them",
    ),
    Definition(
        name="search.zero_result_share",
        label="Searches that found nothing",
        unit="share",
        better="lower",
        meaning="How often people searched and got an empty page.",
        formula="searches with 0 results / searches of which the count of results was logged (else that of the items "
        "shown)",
    ),
    Definition(
        name="search.zero_click_share",
        label="Searches without a click",
        unit="share",
        better="lower",
        meaning="How often people searched and took nothing of what they were shown; some needed no more than to look.",
        formula="searches without a click / searches of which clicks were logged",
    ),
    Definition(
        name="search.reformulation_share",
        label="Reformulated searches",
        unit="share",
        better="lower",
        meaning="How often people had to say the same thing again in other words.",
        formula="searches whose next one in the session comes within [audit] reformulation_minutes, differs in its "
        "normal form, and shares at least half of the words of the shorter query, or begins with the other or is the "
        "beginning of it (3 characters or more), or lies within 1 typing error (4 to 7 characters) or 2 (8 or more) / "
        "searches that are placed in a session. The beginnings of a query that is typed on within 5 seconds are no "
        "searches of their own",
        source="Huang and Efthimiadis 2009, Analyzing and Evaluating Query Reformulation Strategies in Web Search "
        "Logs; Hassan et al. 2013, Beyond Clicks: Query Reformulation as a Predictor of Search Satisfaction",
    ),
    Definition(
        name="search.abandonment_share",
        label="Abandoned sessions",
        unit="share",
        better="lower",
        meaning="How often people stopped searching without a click on what their last search showed; some of them "
        "may have read the answer there.",
        formula="sessions without a click on the last search / sessions of whose last search clicks were logged; "
        "without session ids, a pause over [audit] session_gap_minutes ends a session",
        source="Li, Huffman and Tokuda 2009, Good Abandonment in Mobile and PC Internet Search",
    ),
    Definition(
        name="search.misspelled_share",
        label="Likely misspelled searches",
        unit="share",
        better="lower",
        meaning="How many searches have a word that is likely misspelled. A cautious count: the true share is higher.",
        formula="searches with a word of letters that stands in no item, is not two words of the catalog in one, and "
        "lies within 1 edit (4 to 7 letters) or 2 (8 or more) of a word with the same first letter that is met at "
        "least 10 times, and 10 times as often (in items and searches) / searches",
        source="edits: Damerau 1964, A Technique for Computer Detection and Correction of Spelling Errors",
    ),
    Definition(
        name="search.unreached_share",
        label="Items no query reaches",
        unit="share",
        better="lower",
        meaning="How many items nobody came across by any query of the log.",
        formula="items that are not among the first [audit] search_top_k results of any query searched for in the "
        "embedded index, and that no logged search showed or led to / items",
        source="Azzopardi and Vinay 2008, Retrievability: An Evaluation Measure for Higher Order Information Access "
        "Tasks",
    ),
    Definition(
        name="search.unmet_share",
        label="Searches near no item",
        unit="share",
        better="lower",
        meaning="How many searches ask for what the catalog lacks, or words in another way, and led nowhere.",
        formula="searches of queries of which no item among the first [audit] search_top_k results has at least "
        "[audit] unmet_below of the words, weighted by ln(1 + (N - n + 0.5) / (n + 0.5)) for a word in n of N items, "
        "and that led to a click no more often than not, or that found nothing more often than not / searches",
        source=_ROBERTSON,
    ),
    Definition(
        name="search.unasked_share",
        label="Items hardly anybody asks for",
        unit="share",
        better="lower",
        meaning="How many items lie in categories that almost no search is about.",
        formula="items in categories whose share of the demand is less than a tenth of their share of the items / "
        "items; each search that is near an item is split evenly over the results that cover the most of its words",
    ),
)
