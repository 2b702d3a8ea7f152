"""A piece of advice: the guide's row, the reason, and the setting to change. Pure.

Given by ttl_advice.py, pool_advice.py and memory_advice.py; docs/tuning.md explains them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Advice:
    """One piece of advice. `row` has the cells of the guide's table; empty where nothing fits.

    `change` is the setting as it should be, or None: nothing to change, or not known.
    """

    subject: Literal["ttl", "pool", "memory"]
    measured: str
    row: Sequence[str] = ()
    now: str
    recommended: str = "unknown"
    why: Sequence[str]
    change: str | None = None
    doubt: str | None = None
    figures: Mapping[str, float] = field(default_factory=dict)
