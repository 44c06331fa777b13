"""The lines of a text file, as bytes, in bounded memory."""

from collections.abc import Iterator

from tilth.data.files import open_stream, reading
from tilth.errors import DataError

BLOCK_BYTES = 4 << 20
MAX_LINE_BYTES = 64 << 20
UTF8_BOM = b"\xef\xbb\xbf"
SAVE_AS_UTF8 = "save it as UTF-8 text"
NOT_TEXT = {
    b"\xff\xfe": ("is UTF-16, not UTF-8", SAVE_AS_UTF8),
    b"\xfe\xff": ("is UTF-16, not UTF-8", SAVE_AS_UTF8),
    b"\x1f\x8b": ("is compressed with gzip", "let its name end in .gz"),
    b"\x28\xb5\x2f\xfd": ("is compressed with zstd", "let its name end in .zst"),
    b"PAR1": ("is a Parquet file", "let its name end in .parquet"),
    b"PK\x03\x04": ("is a zip file or a spreadsheet", "save it as CSV"),
}


class Lines:
    """Iterates over the lines of `path`, each with its line end (`\\n`, `\\r\\n` or `\\r`); a leading BOM is taken off.

    `bytes_read` says how much of the (unpacked) file was read so far.

    Raises:
        DataError: the file is missing, empty, not text, or cannot be read.
    """

    def __init__(self, path: str) -> None:
        self.path, self.bytes_read, self._lines_read = path, 0, 0

    def __iter__(self) -> Iterator[bytes]:
        rest = b""
        for block in text_blocks(self.path):
            self.bytes_read += len(block)
            lines = (rest + block).splitlines(keepends=True)
            # The last line may go on in the next block; so may a line end of two bytes.
            rest = lines.pop()
            if len(rest) > MAX_LINE_BYTES:
                raise DataError(
                    f"has a line of over {MAX_LINE_BYTES >> 20} MB",
                    path=self.path,
                    row=self._lines_read + len(lines) + 1,
                    hint="is it a file of one record a line?",
                )
            yield from lines
            self._lines_read += len(lines)
        if rest:
            yield rest


def text_blocks(path: str, size: int = BLOCK_BYTES) -> Iterator[bytes]:
    """The (unpacked) bytes of a text file, in blocks of up to `size`; a leading BOM is taken off.

    Raises:
        DataError: the file is missing, empty, not text, or cannot be read.
    """
    with open_stream(path) as stream:
        first = True
        while True:
            with reading(path):
                block = stream.read(size)
            if first:
                block, first = _text_start(path, block), False
            if not block:
                return
            yield block


def line_blocks(path: str, size: int) -> Iterator[bytes]:
    """The (unpacked) bytes of a text file in blocks of about `size`, cut at ends of lines.

    Raises:
        DataError: as for `text_blocks`, and for a line of over `MAX_LINE_BYTES`.
    """
    rest = b""
    for block in text_blocks(path, size):
        # Old files end their lines in a carriage return alone; the last byte may be half of a line end.
        end = block.rfind(b"\n") + 1 or block.rfind(b"\r", 0, len(block) - 1) + 1
        if end:
            yield rest + block[:end]
            rest = block[end:]
        else:
            rest += block
        if len(rest) > MAX_LINE_BYTES:
            raise DataError(
                f"has a line of over {MAX_LINE_BYTES >> 20} MB", path=path, hint="is it a file of one record a line?"
            )
    if rest:
        yield rest


def _text_start(path: str, block: bytes) -> bytes:
    """The first block of a file without its BOM."""
    if not block.removeprefix(UTF8_BOM).strip():
        raise DataError("the file is empty", path=path)
    for magic, (what, hint) in NOT_TEXT.items():
        if block.startswith(magic):
            raise DataError(what, path=path, hint=hint)
    if b"\x00" in block.splitlines()[0]:
        raise DataError("is not UTF-8 text: its first line holds null bytes", path=path, row=1, hint=SAVE_AS_UTF8)
    return block.removeprefix(UTF8_BOM)
