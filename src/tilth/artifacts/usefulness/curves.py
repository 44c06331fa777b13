"""From a share to a probability: two numbers for suggestions, two for instant results."""

import os
from pathlib import Path

import msgspec

from tilth.artifacts.folder import artifact_errors
from tilth.errors import ArtifactError

FILE = "usefulness.json"
FORMAT = 1
HINT = "build the suggester again"


class Curve(msgspec.Struct, frozen=True):
    """`ceiling * share ** power`: rises with the share, from 0 to the ceiling.

    `ceiling` (above 0, at most 1) is how often somebody uses what is alone on offer, `power` (above 0) how much more a
    large share is worth than a small one: at 1 in proportion.
    """

    ceiling: float
    power: float

    def __call__(self, share: float) -> float:
        """The probability for a share between 0 and 1."""
        return self.ceiling * share**self.power


class Usefulness(msgspec.Struct, frozen=True):
    """The curve of suggestions and that of instant results, and how many clicked searches of a log they were fitted to;
    0: they are the defaults."""

    suggestion: Curve
    item: Curve
    searches: int = 0
    format: int = FORMAT


DEFAULT = Usefulness(suggestion=Curve(0.8, 1.0), item=Curve(0.15, 0.5))
"""Without a log: what people mean is among the completions 80 times in 100, each in proportion to its share; one result
alone is wanted 15 times in 100, one of four alike half as often.

Fitted to the relevant products of the Home Depot queries, all of them seen before, ceilings come to 1.0 and 0.08; to
TREC sessions held out, to 0.4 and 0.3. The power of suggestions comes to 1 each time, that of items to 0.125 to 0.25.
"""


def read_usefulness(folder: Path) -> Usefulness:
    """What `write_usefulness` wrote beside the suggester in `folder`; DEFAULT where nothing was.

    Raises:
        ArtifactError: it is damaged, or of another version.
    """
    path = folder / FILE
    if not path.is_file():
        return DEFAULT
    with artifact_errors(folder, f"{FILE} cannot be read", hint=HINT):
        found = msgspec.json.decode(path.read_bytes(), type=Usefulness)
    if found.format != FORMAT:
        raise ArtifactError(f"{path}: was made by another version of Tilth\n  hint: {HINT}")
    if not all(0 < one.ceiling <= 1 and 0 < one.power < 100 for one in (found.suggestion, found.item)):
        raise ArtifactError(f"{path}: holds a curve that gives no probabilities\n  hint: {HINT}")
    return found


def write_usefulness(folder: Path, usefulness: Usefulness) -> None:
    """Write it beside the suggester in `folder`, in place of the one before.

    Raises:
        ArtifactError: it cannot be written.
    """
    part = folder / f".{FILE}.{os.getpid()}.part"
    with artifact_errors(folder, f"{FILE} cannot be written", hint=HINT):
        part.write_bytes(msgspec.json.encode(usefulness))
        part.replace(folder / FILE)
