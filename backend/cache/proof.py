"""What vouches for what is remembered in this process: the face of the change feed. Pure."""

from dataclasses import dataclass
from typing import Protocol


class Proof(Protocol):
    """What the change feed vouches for; times are by the boot clock. `proven` ends by time, that is
    PROOF_SECONDS after `proven_at`, or because `proven_at` becomes another one; by nothing else."""

    @property
    def proven(self) -> bool: ...
    @property
    def proven_at(self) -> float: ...
    @property
    def failing(self) -> bool: ...


@dataclass(frozen=True)
class NoProof:
    """Where no feed runs: nothing is proven, and nothing known to be away."""

    proven: bool = False
    proven_at: float = float("-inf")
    failing: bool = False
