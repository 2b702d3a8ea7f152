"""How much one piece of video work may take. Pure: numbers and the reasons for them."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds for one probe or one encode. Times are seconds, sizes are bytes or pixels."""

    # A film of two hours at 1080p takes about an hour on two cores.
    wall_seconds: float = 3600.0
    # A child short of memory can wait for ever without using any CPU.
    stall_seconds: float = 60.0
    # A probe reads the file once: 60 s is 6 GB from a slow disk.
    probe_seconds: float = 60.0
    # Address space, which is more than memory used. A tight value makes ffmpeg hang, not fail.
    memory_bytes: int = 4 << 30
    # For each file made.
    output_bytes: int = 4 << 30
    # 8K UHD is 33.2 million pixels.
    max_pixels: int = 36_000_000
    # WebP pictures end here, H.264 one pixel later.
    max_side: int = 16_383
    max_duration_seconds: float = 6 * 3600.0
    # For each decoder and each encoder. More jobs at once use a machine better than more threads.
    threads: int = 2
    # Between the request to stop and the kill. A flush of VP9's look-ahead takes 13 s: no use.
    grace_seconds: float = 1.0

    @property
    def cpu_seconds(self) -> int:
        """A backstop for when nobody watches any more: more than the wall clock allows."""
        return math.ceil(self.wall_seconds * (2 * self.threads + 2))
