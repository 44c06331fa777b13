"""What an entity says, in sixteen bytes: whether it has to be prepared again."""

import hashlib

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.records import Entities


def content_hashes(entities: Entities, attributes: pa.Table | None) -> NDArray[np.uint8]:
    """Sixteen bytes for each entity, of all that preparing it looks at, names and types of attributes included."""
    columns = [entities.table["title"], entities.table["text"]]
    names = ""
    if attributes is not None:
        columns += attributes.columns
        names = str([(field.name, str(field.type)) for field in attributes.schema])
    encode, seed = msgspec.msgpack.Encoder().encode, names.encode()
    out = bytearray()
    for row in zip(*(column.to_pylist() for column in columns), strict=True):
        out += hashlib.blake2b(seed + encode(row), digest_size=16).digest()
    return np.frombuffer(bytes(out), dtype=np.uint8).reshape(-1, 16)
