"""The wording of a question, as it ships: a versioned data file."""

import hashlib
import tomllib
from dataclasses import dataclass
from importlib import resources

import msgspec


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    version: str
    system: str


@dataclass(frozen=True)
class Wording:
    """`digest`: SHA-256 of its content, so that any change of it is seen."""

    id: str
    version: str
    system: str
    digest: str


def shipped_wording(package: str, name: str) -> Wording:
    """The file `prompts/<name>.toml` of a package."""
    content = (resources.files(package) / "prompts" / f"{name}.toml").read_text("utf-8")
    file = msgspec.convert(tomllib.loads(content), _File)
    digest = hashlib.sha256(msgspec.json.encode(file, order="deterministic")).hexdigest()
    return Wording(file.id, file.version, file.system.strip(), digest)
