from tilth.llm.store.sqlite import SqliteStore


def open_store(path, work=None):
    from pathlib import Path

    return SqliteStore(Path(work) / "answers.sqlite" if work is not None else path)
