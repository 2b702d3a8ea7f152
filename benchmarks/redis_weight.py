"""What documents weigh in a Redis: as Tally's entries, and as bare values with a lifetime.

`python -m benchmarks.redis_weight PORT COUNT LEAST GREATEST` with backend/ and the root on the path
prints the bytes as JSON. It empties that Redis, on 127.0.0.1. The bare values are what any cache of
the very same bytes needs there: what they weigh is Redis's own.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

from redis import Redis

import cache
from benchmarks.sizes import sizes
from cache.entry import encode, key
from jobs import Document, new_id

_LIFETIME: Final = 3_600_000
"""Milliseconds, as those of a job that is done."""
_AT_ONCE: Final = 500
_PUT: Final = Path(cache.__file__).with_name("put_if_newer.lua")


def document(size: int) -> Document:
    return Document(
        id=new_id(time.time()),
        owner="default",
        version=7,
        done=True,
        gone=False,
        retry_after=0,
        body=b"x" * size,
    )


def weigh(redis: "Redis", of_sizes: Sequence[int], *, as_entries: bool) -> int:
    """Bytes that the server uses more once it has them all; what it had before is gone."""
    script = redis.script_load(_PUT.read_text())

    def put(pipeline: Any, one: Document) -> None:
        """By Tally's own script; announced to nobody."""
        pipeline.evalsha(script, 1, key(one.id), encode(one, time.time()), _LIFETIME, "")

    def put_bare(pipeline: Any, one: Document) -> None:
        pipeline.set(key(one.id), one.body, px=_LIFETIME)

    how = put if as_entries else put_bare
    _fill(redis, of_sizes[:_AT_ONCE], how)  # so that what is made once counts for nobody
    _empty(redis)
    before = _used(redis)
    _fill(redis, of_sizes, how)
    return _used(redis) - before


def _fill(redis: "Redis", of_sizes: Sequence[int], put: Callable[[Any, Document], None]) -> None:
    left = iter(of_sizes)
    while some := [*islice(left, _AT_ONCE)]:
        pipeline = redis.pipeline(transaction=False)
        for size in some:
            put(pipeline, document(size))
        pipeline.execute()


def _empty(redis: "Redis") -> None:
    """At once: by default Valkey still frees it in the background when it is weighed again."""
    redis.eval("return redis.call('FLUSHALL', 'SYNC')", 0)


def _used(redis: "Redis") -> int:
    return int(redis.info("memory")["used_memory"])


def main(port: str, *numbers: str) -> None:
    of_sizes = sizes(*map(int, numbers))
    with Redis("127.0.0.1", int(port)) as redis:
        found = {
            "documents": sum(of_sizes),
            "entries": weigh(redis, of_sizes, as_entries=True),
            "bare": weigh(redis, of_sizes, as_entries=False),
        }
        _empty(redis)
    print(json.dumps({name: size / len(of_sizes) for name, size in found.items()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
