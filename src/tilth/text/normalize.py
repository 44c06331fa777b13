"""One spelling for what is written in many ways: case, accents, fractions, units of measure."""

import html
import re
import unicodedata

UNITS = {
    "inch": ("in", "inch", "inches"),
    "foot": ("ft", "foot", "feet"),
    "yard": ("yd", "yds", "yard", "yards"),
    "gallon": ("gal", "gallon", "gallons"),
    "quart": ("qt", "quart", "quarts"),
    "ounce": ("oz", "ounce", "ounces"),
    "pound": ("lb", "lbs", "pound", "pounds"),
    "watt": ("w", "watt", "watts"),
    "volt": ("v", "volt", "volts"),
    "amp": ("amp", "amps", "ampere"),
    "meter": ("m", "meter", "meters", "metre", "metres"),
    "cm": ("cm",),
    "mm": ("mm",),
    "kg": ("kg", "kgs"),
    "gram": ("g", "gram", "grams"),
    "liter": ("l", "liter", "liters", "litre", "litres"),
    "ml": ("ml",),
    "year": ("yr", "yrs", "year", "years"),
    "hour": ("hr", "hrs", "hour", "hours"),
    "gb": ("gb",),
    "tb": ("tb",),
    "hz": ("hz",),
    "pack": ("pack", "packs", "pk"),
}
UNIT_OF = {form: unit for unit, forms in UNITS.items() for form in forms}

_PLAIN = re.compile(r"[^0-9/\"'&$*\u2032\u2033]*")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_MONEY_K = re.compile(r"\$\s?(\d+(?:\.\d+)?)k\b")
_MIXED = re.compile(r"(?<![\d./])(\d+)[\s-](\d{1,2})/(\d{1,3})(?![\d/])")
_FRACTION = re.compile(r"(?<![\d./])(\d{1,3})/(\d{1,3})(?![\d/])")
_INCH_MARK = re.compile(r"(?<=\d)\s?(?:\"|''|\u2033)")
_FOOT_MARK = re.compile(r"(?<=\d)\s?(?:'|\u2032)(?![a-wyz])")
_TIMES = re.compile(r"(?<=[\d'\"])\s*[x*](?=\s*\d)")
_UNIT = re.compile(
    r"(?<![a-z\d.])(\d+(?:\.\d+)?)[\s-]*(" + "|".join(sorted(UNIT_OF, key=len, reverse=True)) + r")\b\.?"
)


def fold(text: str) -> str:
    """Lower case without accents or HTML entities, in Unicode's compatibility form."""
    if "&" in text:
        text = html.unescape(text)
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(char for char in decomposed if not unicodedata.combining(char))
    return text.lower()


def normalize(text: str) -> str:
    """Folded text with numbers and units in one form: `1-1/2 in.` and `1.5"` both become `1.5 inch`.

    A unit is rewritten only after a number, so that the `in` of "in white" stays a preposition.
    """
    text = fold(text)
    if _PLAIN.fullmatch(text):
        return text
    text = _THOUSANDS.sub("", text)
    text = _MONEY_K.sub(lambda found: _number(float(found[1]) * 1000), text)
    if "/" in text:
        text = _MIXED.sub(_mixed, text)
        text = _FRACTION.sub(_fraction, text)
    text = _TIMES.sub(" x ", text)
    text = _INCH_MARK.sub(" inch ", text)
    text = _FOOT_MARK.sub(" foot ", text)
    return _UNIT.sub(lambda found: f"{_number(float(found[1]))} {UNIT_OF[found[2]]} ", text)


def _number(value: float) -> str:
    return f"{value:.10g}"


def _mixed(found: re.Match[str]) -> str:
    whole, top, bottom = int(found[1]), int(found[2]), int(found[3])
    return _number(whole + round(top / bottom, 4)) if bottom else found[0]


def _fraction(found: re.Match[str]) -> str:
    top, bottom = int(found[1]), int(found[2])
    return _number(round(top / bottom, 4)) if bottom else found[0]
