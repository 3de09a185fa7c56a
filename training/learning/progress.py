"""How far a run is, from 0 to 1, by a number of steps (repeatable) or by minutes of work (fits what time there is)."""

import time
from dataclasses import dataclass


@dataclass
class Progress:
    """Give `total_steps` or `total_seconds`. `seconds` and `step` survive in the checkpoint, so slices add up."""

    total_steps: int | None = None
    total_seconds: float | None = None
    step: int = 0
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if (self.total_steps is None) == (self.total_seconds is None):
            raise ValueError("Say how long to train: either --steps or --minutes.")
        self.start_clock()

    def start_clock(self) -> None:
        """What came before (loading, drawing the first pictures) does not count."""
        self._since = time.monotonic()

    def advance(self) -> None:
        now = time.monotonic()
        self.step += 1
        self.seconds += now - self._since
        self._since = now

    @property
    def share(self) -> float:
        done = self.step / self.total_steps if self.total_steps else self.seconds / (self.total_seconds or 1)
        return min(1.0, done)
