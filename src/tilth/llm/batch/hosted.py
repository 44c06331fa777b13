"""An export at a hosted batch endpoint: submitted once, looked after, fetched, cancelled; resumed after any crash."""

import random
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from msgspec.structs import replace

from tilth.errors import ConfigError, TransportError
from tilth.llm.batch.api import Batch, BatchApi
from tilth.llm.batch.claims import LEASE_S, claim_file, refuse_unless_granted, release_file
from tilth.llm.batch.disk import digest, locked
from tilth.llm.batch.manifest import RequestFile, read_manifest, refuse_if_changed
from tilth.llm.batch.results import owner_of
from tilth.llm.batch.state import BatchState, FileState, read_state, write_state
from tilth.llm.clock import Clock, SystemClock
from tilth.llm.prices import Price
from tilth.llm.retry import Backoff
from tilth.llm.store import Ledger, Store

RESULTS = "results"
EXPORT_KEY, FILE_KEY = "tilth_export", "tilth_sha256"
"""Metadata of a batch: which export and which of its files it is. By them it is found again."""

_SLACK_S = 48 * 3600  # how far the provider's clock may be behind ours
_TOO_LATE = frozenset({400, 409})  # what providers say to cancelling a batch that has ended
_POLL = Backoff(first_s=2.0, factor=1.5, max_s=60.0, jitter=0.1)

T = TypeVar("T")
OnState = Callable[[BatchState], None]


class HostedBatches:
    """The files of one export at the provider behind `api`.

    `state.json` in the folder is written before and after each step that the provider takes note of. A step of which
    nobody knows whether it was taken is looked up: each batch carries the export's id and its file's hash, so no file
    is submitted twice, not even where `state.json` was lost. At submission the requests are claimed in `store` against
    `ledgers`, at `price` times `discount`.

    Raises:
        DataError: the folder holds no whole export, or its state is damaged.
        ConfigError: it was exported for another endpoint.
    """

    def __init__(
        self,
        folder: Path,
        api: BatchApi,
        store: Store,
        *,
        ledgers: Sequence[Ledger] = (),
        price: Price | None = None,
        discount: float = 1.0,
        max_retries: int = 5,
        backoff: Backoff = Backoff(),  # noqa: B008 - frozen
        poll: Backoff = _POLL,
        clock: Clock | None = None,
    ) -> None:
        self.folder, self.manifest = folder, read_manifest(folder)
        if self.manifest.endpoint != api.endpoint:
            raise ConfigError(
                f"{folder}: was exported for {self.manifest.endpoint}, not for {api.endpoint}\n"
                "  hint: its answers would count as that endpoint's; export again for this one"
            )
        self.state = read_state(folder, self.manifest)
        self._api, self._store, self._owner = api, store, owner_of(self.manifest)
        self._claiming: dict[str, Any] = {"ledgers": ledgers, "price": price, "discount": discount}
        self._max_retries, self._backoff, self._poll = max_retries, backoff, poll
        self._clock, self._rng = clock or SystemClock(), random.Random(backoff.seed)  # noqa: S311 - jitter is no secret

    async def submit(self, on_state: OnState | None = None) -> BatchState:
        """Claim, upload and submit each file that is not at the provider yet; one that failed as a whole goes again.

        Raises:
            ConfigError: a ledger limits money and there is no price.
            DataError: a file has changed, or another process is at work on the export.
            LLMError: requests of a file were answered or asked elsewhere since, or are over the budget: that file is
                not submitted, those before it are. Or the provider refused, or could not be reached.
        """
        if self._claiming["price"] is None and any(one.limits.usd is not None for one in self._claiming["ledgers"]):
            hint = "set price in its section of tilth.toml"
            raise ConfigError(f"a budget in money needs the price of model '{self.manifest.model}'\n  hint: {hint}")
        with locked(self.folder):
            self.state = read_state(self.folder, self.manifest)
            todo = [(file, one) for file, one in self._files() if one.batch_id is None or one.status == "failed"]
            found = await self._found() if todo else {}
            for file, one in todo:
                refuse_if_changed(self.folder / file.name, digest(self.folder / file.name), file)
                await self._submit(file, one, found.get(file.sha256))
                if on_state is not None:
                    on_state(self.state)
        return self.state

    async def refresh(self) -> BatchState:
        """Ask how far each batch is. Claims of a batch that failed as a whole are released, all others extended.

        Raises:
            TransportError: the provider could not be asked.
        """
        with locked(self.folder):
            self.state = read_state(self.folder, self.manifest)
            for file, one in self._files():
                if one.batch_id is not None and not one.ended:
                    batch_id = one.batch_id
                    self._note(file, one.with_batch(await self._retried(lambda i=batch_id: self._api.get(i))))
            if self.state.submitted:
                self._store.extend(self._owner, LEASE_S)
        return self.state

    async def wait(self, on_state: OnState | None = None) -> BatchState:
        """`refresh`, at growing distances, until every batch that was submitted has ended.

        Raises:
            TransportError: the provider could not be asked.
        """
        attempt = 0
        while True:
            state = await self.refresh()
            if on_state is not None:
                on_state(state)
            if all(one.ended for one in state.files if one.batch_id is not None):
                return state
            await self._clock.sleep(self._poll.delay(attempt, self._rng))
            attempt += 1

    async def fetch(self) -> list[Path]:
        """Download what batches that ended have left: their results and errors. Returns all files fetched so far.

        Raises:
            TransportError: a file did not come whole; those before it are there.
            DataError: a file cannot be written.
        """
        with locked(self.folder):
            self.state = read_state(self.folder, self.manifest)
            for file, one in self._files():
                for kind, file_id in one.to_fetch if one.ended else ():
                    path = self.folder / RESULTS / f"{Path(file.name).stem}-{kind}.jsonl"
                    await self._retried(lambda i=file_id, p=path: self._api.download(i, p))
                    one = replace(one, fetched=(*one.fetched, file_id))
                    self._put(one)
        return result_files(self.folder)

    async def cancel(self) -> BatchState:
        """Ask the provider to stop; what it has answered can be fetched. What was never submitted is released.

        Raises:
            TransportError: the provider could not be asked, or refused.
        """
        with locked(self.folder):
            self.state = read_state(self.folder, self.manifest)
            unclear = any(one.creating and one.batch_id is None for one in self.state.files)
            found = await self._found() if unclear else {}
            for file, one in self._files():
                if one.batch_id is None and file.sha256 in found:
                    one = one.with_batch(found[file.sha256])
                if one.batch_id is None:
                    self._release(file)
                    self._put(FileState(name=file.name))
                elif not one.ended:
                    batch_id = one.batch_id
                    self._note(file, one.with_batch(await self._retried(lambda i=batch_id: self._cancelled(i))))
        return self.state

    async def _cancelled(self, batch_id: str) -> Batch:
        try:
            return await self._api.cancel(batch_id)
        except TransportError as exc:
            if exc.status not in _TOO_LATE:
                raise
            return await self._api.get(batch_id)  # it has ended meanwhile

    async def _submit(self, file: RequestFile, one: FileState, found: Batch | None) -> None:
        states = claim_file(self.folder, file, store=self._store, owner=self._owner, **self._claiming)
        if found is not None:
            return self._note(file, one.with_batch(found))
        try:
            refuse_unless_granted(states, file)
            one = await self._upload(file, FileState(name=file.name) if one.status == "failed" else one)
        except BaseException:
            self._release(file)  # nothing was submitted
            raise
        return await self._create(file, one)

    async def _upload(self, file: RequestFile, one: FileState) -> FileState:
        if one.input_file_id is not None:
            return one
        name = f"{self.manifest.export_id}-{file.name}"
        sent = await self._retried(lambda: self._api.find_file(name)) if one.uploading else None
        if sent is None or sent.bytes != file.bytes:
            one = self._put(replace(one, uploading=True))
            sent = await self._retried(lambda: self._api.upload(self.folder / file.name, name))
        return self._put(replace(one, input_file_id=sent.id))

    async def _create(self, file: RequestFile, one: FileState) -> None:
        metadata = {EXPORT_KEY: self.manifest.export_id, FILE_KEY: file.sha256}
        one = self._put(replace(one, creating=True))
        for attempt in range(self._max_retries + 1):
            try:
                batch = await self._api.create(one.input_file_id or "", self.manifest.url, metadata)
                return self._note(file, one.with_batch(batch))
            except TransportError as exc:
                if not exc.retryable:
                    self._release(file)
                    self._put(FileState(name=file.name))
                    raise
                if attempt == self._max_retries:
                    raise
                await self._clock.sleep(self._backoff.delay(attempt, self._rng, exc.retry_after))
            # It may have been taken although no reply came.
            batch = (await self._found()).get(file.sha256)
            if batch is not None:
                return self._note(file, one.with_batch(batch))
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _found(self) -> dict[str, Batch]:
        """The batches of this export at the provider by their files' hashes, but for those that failed as a whole."""

        async def look() -> dict[str, Batch]:
            found: dict[str, Batch] = {}
            async for batch in self._api.batches():
                if batch.created_at < self.manifest.created_at.timestamp() - _SLACK_S:
                    break
                metadata = batch.metadata or {}
                if metadata.get(EXPORT_KEY) == self.manifest.export_id and batch.status != "failed":
                    found[metadata.get(FILE_KEY, "")] = batch
            return found

        return await self._retried(look)

    async def _retried(self, call: Callable[[], Awaitable[T]]) -> T:
        """Only for calls that may be made twice."""
        for attempt in range(self._max_retries):
            try:
                return await call()
            except TransportError as exc:
                if not exc.retryable:
                    raise
                await self._clock.sleep(self._backoff.delay(attempt, self._rng, exc.retry_after))
        return await call()

    def _note(self, file: RequestFile, one: FileState) -> None:
        """Write down what the provider said. A batch that ended without a single answer holds nothing any more."""
        self._put(one)
        if one.ended and one.output_file_id is None:
            self._release(file)

    def _put(self, one: FileState) -> FileState:
        self.state = self.state.put(one)
        write_state(self.state, self.folder)
        return one

    def _release(self, file: RequestFile) -> None:
        release_file(self.folder, file, store=self._store, owner=self._owner)

    def _files(self) -> list[tuple[RequestFile, FileState]]:
        return list(zip(self.manifest.files, self.state.files, strict=True))


def result_files(folder: Path) -> list[Path]:
    """The result files in the folder of an export: fetched ones, and what `vllm run-batch` was told to write there."""
    beside = [path for path in folder.glob("*.jsonl") if not path.name.startswith("requests-")]
    return sorted([*(folder / RESULTS).glob("*.jsonl"), *beside])


def release_ended(folder: Path, store: Store) -> None:
    """After the results were read: give up claims on requests that an ended batch has left without any.

    Batches whose results are not all fetched keep their claims.

    Raises:
        DataError: the export cannot be read.
        CacheError: the store failed.
    """
    manifest = read_manifest(folder)
    state = read_state(folder, manifest)
    for file, one in zip(manifest.files, state.files, strict=True):
        if one.ended and not one.to_fetch:
            release_file(folder, file, store=store, owner=owner_of(manifest))
