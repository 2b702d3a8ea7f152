"""Entries decoded lately: the same bytes again are the same entry again. No I/O.

A job is polled more often than it changes, and to look through 2 KB once more, and make all anew,
costs several times as much as to see that they are the same. No tier: it never answers by itself.
"""

from collections import OrderedDict

from cache.entry import Entry, Foreign, Unreadable, decode

_JOBS = 1000
"""Of so many; their documents are kept for it, about 2.5 MB."""


class Decoded:
    """Remembers the last entry of each of at most `jobs` jobs. Not safe for several threads."""

    def __init__(self, *, jobs: int = _JOBS) -> None:
        self._jobs = jobs
        self._last: OrderedDict[str, tuple[bytes, Entry]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._last)

    def decode(self, raw: bytes, job_id: str) -> Entry | Unreadable | Foreign:
        """As `entry.decode`; the very same object while a job's bytes are the same."""
        last = self._last.get(job_id)
        if last is not None:
            head, entry = last
            body = entry.document.body
            same = len(raw) == len(head) + len(body)
            if same and raw.startswith(head) and raw.endswith(body):
                return entry
        found = decode(raw, job_id)
        if isinstance(found, Entry):
            self._keep(job_id, raw[: len(raw) - len(found.document.body)], found)
        return found

    def _keep(self, job_id: str, head: bytes, entry: Entry) -> None:
        if len(self._last) >= self._jobs and job_id not in self._last:
            self._last.popitem(last=False)
        self._last[job_id] = head, entry
