"""Every error Tilth raises on purpose.

TilthError
├── ConfigError            tilth.toml or a setting is wrong
├── DataError              a file or a table cannot be used
│   └── LeakError          a context is in two parts that must not share one
├── RubricError            a rubric file is wrong
├── LLMError               the LLM side failed as a whole (one failed answer is a result, not an error)
│   ├── TransportError     no answer came over the wire
│   ├── EndpointDownError  an endpoint gave nothing but failures or refusals for too long
│   └── CacheError         the answer cache cannot be read or written
├── AnswerError            a model's answer is not usable (in `tilth.llm`; becomes a failed answer, never leaves a run)
├── ArtifactError          an artifact is missing, damaged, or made by another version
├── EngineError            the cluster failed as a whole
├── ServiceError           a running server cannot be reached, refuses a request, or does not react
└── MissingExtraError      an optional part is not installed
"""

from pathlib import Path
from typing import Any


class TilthError(Exception):
    """Root of the tree. `exit_code` is what the CLI leaves with."""

    exit_code = 1

    def __reduce__(self) -> tuple[object, ...]:
        """Workers in other processes raise these too: rebuild one from its text, whatever its constructor takes."""
        return type(self).__new__, (type(self), *self.args), self.__dict__


class ConfigError(TilthError):
    """tilth.toml, an environment variable or an argument is wrong."""

    exit_code = 2


class DataError(TilthError):
    """A file or table cannot be used. Names the file, and where known the row and the column.

    Rows are counted as a person would see them: the header of a CSV file is row 1, the first line of a JSONL file
    and the first record of a Parquet file are row 1.
    """

    exit_code = 3

    def __init__(
        self,
        message: str,
        *,
        path: str | Path | None = None,
        row: int | None = None,
        column: str | None = None,
        hint: str | None = None,
    ) -> None:
        place = ", ".join(
            part
            for part in (
                str(path) if path is not None else "",
                f"row {row}" if row is not None else "",
                f"column '{column}'" if column is not None else "",
            )
            if part
        )
        text = f"{place}: {message}" if place else message
        super().__init__(f"{text}\n  hint: {hint}" if hint else text)
        self.path, self.row, self.column, self.hint = path, row, column, hint


class LeakError(DataError):
    """A context stands in two parts (training, calibration, test) that must not share one."""


class RubricError(TilthError):
    """A rubric file cannot be read or contradicts itself."""

    exit_code = 2


class LLMError(TilthError):
    """The LLM side failed as a whole."""

    exit_code = 4


class TransportError(LLMError):
    """No usable reply came over the wire.

    `status` is the HTTP status or None, `retry_after` the seconds that the server asked to wait or None, `limits` what
    its rate-limit headers said (a `RateLimits`) or None, `retryable` whether a later try may succeed, `maybe_billed`
    whether the server may have worked on the call all the same.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        limits: Any = None,
        retryable: bool = True,
        maybe_billed: bool = False,
    ) -> None:
        super().__init__(message)
        self.status, self.retry_after, self.limits = status, retry_after, limits
        self.retryable, self.maybe_billed = retryable, maybe_billed


class EndpointDownError(LLMError):
    """An endpoint gave nothing but failures or refusals for longer than anyone should wait. Nothing is lost by it."""


class CacheError(LLMError):
    """The answer cache cannot be read or written."""


class ArtifactError(TilthError):
    """An artifact is missing, damaged, or was made by a version this one cannot read."""

    exit_code = 5


class EngineError(TilthError):
    """The cluster failed as a whole: its workers are lost and do not come back."""


class ServiceError(TilthError):
    """A running server cannot be reached, refuses a request, or does not react.

    `status` is the HTTP status or None where there was no reply, `kind` the reply's type of error or None.
    """

    def __init__(self, message: str, *, status: int | None = None, kind: str | None = None) -> None:
        super().__init__(message)
        self.status, self.kind = status, kind


class MissingExtraError(TilthError):
    """An optional part is needed and not installed; the message names the `pip install` to run."""

    exit_code = 2

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs an optional part that is not installed\n  hint: pip install 'tilth[{extra}]'")
