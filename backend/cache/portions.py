"""Divides puts into portions that may travel in one pipeline. Pure.

A server answers others between what it reads, 16 kB at a time, so that a pipeline holds up nobody
there; but this process packs it and reads its answers in one turn of its event loop.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from cache.tier import Put

MOST: Final = 100
"""Puts of one portion."""
MOST_BYTES: Final = 256 * 1024
"""Bytes of the values of one portion: about a hundred documents of the usual size."""


def portions(
    puts: Sequence[Put], *, most: int = MOST, most_bytes: int = MOST_BYTES
) -> Iterator[Sequence[Put]]:
    """All of them in their order, none of them empty. A value above the bound travels alone."""
    begin = size = 0
    for end, put in enumerate(puts):
        size += len(put.value)
        if end > begin and (end - begin >= most or size > most_bytes):
            yield puts[begin:end]
            begin, size = end, len(put.value)
    if puts:
        yield puts[begin:]
