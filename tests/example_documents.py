"""Documents to test with, of jobs that no database knows."""

from jobs import Document, new_id


def a_document(
    job_id: str | None = None,
    version: int = 1,
    *,
    body: bytes = b'{"id":"..."}',
    owner: str = "default",
    done: bool = False,
) -> Document:
    return Document(
        id=job_id or new_id(1.0),
        owner=owner,
        version=version,
        done=done,
        gone=False,
        retry_after=2,
        body=body,
    )


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now
