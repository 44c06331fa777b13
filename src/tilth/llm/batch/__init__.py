"""Questions and answers as files: written for hosted batches and `vllm run-batch`, submitted, and read back."""

from tilth.llm.batch.api import Batch, BatchApi, Counts
from tilth.llm.batch.files import MAX_BYTES, MAX_REQUESTS, Exported, write_requests
from tilth.llm.batch.hosted import HostedBatches, release_ended, result_files
from tilth.llm.batch.imported import Imported, Problem
from tilth.llm.batch.manifest import Manifest, RequestFile, TooLarge, has_manifest, read_manifest
from tilth.llm.batch.outstanding import Seen, outstanding
from tilth.llm.batch.results import import_results, owner_of
from tilth.llm.batch.state import BatchState, FileState, read_state

__all__ = [
    "MAX_BYTES",
    "MAX_REQUESTS",
    "Batch",
    "BatchApi",
    "BatchState",
    "Counts",
    "Exported",
    "FileState",
    "HostedBatches",
    "Imported",
    "Manifest",
    "Problem",
    "RequestFile",
    "Seen",
    "TooLarge",
    "has_manifest",
    "import_results",
    "outstanding",
    "owner_of",
    "read_manifest",
    "read_state",
    "release_ended",
    "result_files",
    "write_requests",
]
