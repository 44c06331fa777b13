"""What the measures of fields mean."""

from tilth.audit.definitions.definition import Definition

_CATALOG = "It is a count of the whole catalog, so it has no interval."

DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        "fields.thin_share",
        "Items with a thin title or text",
        "share",
        "lower",
        f"Of all items, those whose title or text is missing, short, duplicate, boilerplate or in another language. "
        f"{_CATALOG}",
        "items with any of these problems in title or text / items; a field that no item has is left out",
    ),
    Definition(
        "fields.missing_share",
        "Items without title or text",
        "share",
        "lower",
        f"Of all items, those whose title or text is empty or only stands for nothing, such as N/A or TBD. {_CATALOG}",
        "items whose title or text is empty, a placeholder, or without any letter, digit or symbol / items",
    ),
    Definition(
        "fields.short_share",
        "Items with a short title or text",
        "share",
        "lower",
        f"Of all items, those whose title or text says something, but in few characters. {_CATALOG}",
        "items with fewer visible characters in title or text than [audit.fields] short_chars / items; a Chinese, "
        "Japanese or Korean character counts as two",
    ),
    Definition(
        "fields.duplicate_share",
        "Items with the title or text of another",
        "share",
        "lower",
        f"Of all items, those whose title or text another item has too, but for case and punctuation. {_CATALOG}",
        "items whose title or text has the normal form of another item's (NFKC, lower case, one blank between words) "
        "/ items",
    ),
    Definition(
        "fields.boilerplate_share",
        "Items whose text is boilerplate",
        "share",
        "lower",
        f"Of all items, those whose text is short once the sentences are taken away that many texts of the category "
        f"have. {_CATALOG}",
        "items whose text falls below short_chars, and to half or less, without the sentences that stand in more than "
        "boilerplate_share of the category's texts and in at least 5 / items",
    ),
    Definition(
        "fields.wrong_language_share",
        "Items in another language",
        "share",
        "lower",
        "Of the items whose language can be told, those that are in another one than the catalog.",
        "items with a title mostly in a script, or a text in a script or language, that is not the expected one / "
        "items whose language is told: 10 letters for a script, 30 and a probability of at least 0.8 for a language; "
        "near languages, such as Norwegian and Danish, count as one",
        "Lui and Baldwin (2011), Cross-domain feature selection for language identification; (2012), langid.py",
    ),
    Definition(
        "fields.language_judged_share",
        "Items whose language can be told",
        "share",
        None,
        "Of all items, those that the share of items in another language is over.",
        "items whose language is told / items",
    ),
    Definition(
        "fields.markup_share",
        "Items with HTML in title or text",
        "share",
        "lower",
        f"Of all items, those with HTML tags or entities in title or text. {_CATALOG}",
        "items with a tag or an entity in title or text / items",
    ),
    Definition(
        "fields.garbled_share",
        "Items with garbled title or text",
        "share",
        "lower",
        f"Of all items, those whose title or text holds traces of a wrong encoding, or control characters. {_CATALOG}",
        "items with U+FFFD, UTF-8 that was read as Latin-1 or Windows-1252, or control characters / items",
    ),
    Definition(
        "fields.attribute_missing_share",
        "Attribute values that are missing",
        "share",
        "lower",
        f"Of the attribute values that items of a category usually have, those that are missing. {_CATALOG}",
        "missing values / values expected, over the attributes that at least half of a category's items have, and five "
        "of them",
    ),
)
