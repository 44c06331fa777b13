"""A progress bar with rate, time left and money spent."""

from types import TracebackType

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from tilth.apps.cli.console import err, money


class Bars:
    """Draws `tilth.apps.project.progress.Progress` on stderr; quiet where stderr is no terminal."""

    def __init__(self) -> None:
        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}", markup=False),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.fields[spent]}", markup=False),
            TextColumn("{task.fields[note]}", markup=False, style="yellow"),
            console=err,
            transient=True,
            disable=not err.is_terminal,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> "Bars":
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def start(self, what: str, total: int | None) -> None:
        self.finish()
        self._task = self._bars.add_task(what, total=total, rate="", spent="", note="")

    def advance(self, by: int = 1, *, cost_usd: float | None = None) -> None:
        if self._task is None:
            return
        speed = self._bars.tasks[-1].speed
        self._bars.update(
            self._task,
            advance=by,
            rate=f"{speed:,.0f}/s" if speed else "",
            spent=f"{money(cost_usd)} spent" if cost_usd is not None else "",
        )

    def note(self, text: str) -> None:
        if self._task is not None:
            self._bars.update(self._task, note=text)

    def finish(self) -> None:
        if self._task is not None:
            self._bars.remove_task(self._task)
            self._task = None
