"""What the batch endpoints of a fake server do, and what goes wrong there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Operation = Literal["upload", "list_files", "content", "delete_file", "create", "get", "list", "cancel"]
Phase = Literal["before", "after"]
Trouble = Literal["rate_limit", "server_error", "drop", "cut"]


@dataclass(frozen=True)
class BatchScript:
    """How batches go.

    Args:
        max_requests, max_bytes: the limits of a file: over the first a batch fails, over the second an upload.
        validate_s, request_s: how long a batch is looked at before it begins, and each of its requests takes.
        failures: from a request's body to the status and message it fails with; None: it is answered. Status 0 is a
            failure without HTTP, as `error`.
        expire_after: a batch expires after so many answers.
        shuffle: seed for the order of the results; None: as asked.
        invalid: the message with which every batch fails at once, without an answer.
        trouble: for each operation what its first calls meet: `rate_limit` and `server_error` are refused;
            `drop` is done, but the connection is reset before the reply; `cut` ends half-way through the content.
        on_step: called in the server's thread before and after each operation is done (and before its reply).
    """

    max_requests: int = 50_000
    max_bytes: int = 200_000_000
    validate_s: float = 0.0
    request_s: float = 0.0
    failures: Callable[[dict[str, Any]], tuple[int, str] | None] = lambda _: None
    expire_after: int | None = None
    shuffle: int | None = None
    invalid: str | None = None
    trouble: Mapping[Operation, tuple[Trouble | None, ...]] = field(
        default_factory=dict[Operation, tuple[Trouble | None, ...]]
    )
    on_step: Callable[[Operation, Phase], None] = lambda _operation, _phase: None
