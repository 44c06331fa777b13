"""A stand-in for the engine around one worker."""


class Quiet:
    """Nobody listens."""

    stopping = False

    def add(self, **amounts: float) -> None:
        pass
