"""A performer at work in the test's own process, on a store that can be away."""

from collections.abc import Callable

from jobs import Change, Event, SqlJobs, StoreUnavailable
from video import Limits
from work.holdings import Holdings
from work.making import Making
from work.performer import Performer
from workshop import Workshop


class Faltering(SqlJobs):
    """The real store, that fails at a change where the test says so."""

    fails: Callable[[Event], bool] = staticmethod(lambda event: False)
    error: type[Exception] = StoreUnavailable

    async def advance(
        self, job_id: str, event: Event, *, now: float, owner: str | None = None
    ) -> Change:
        if self.fails(event):
            raise self.error
        return await super().advance(job_id, event, now=now, owner=owner)


class Bench:
    """A performer at work in this process."""

    def __init__(self, shop: Workshop) -> None:
        self.holdings = Holdings()
        self.store = Faltering(shop.database, shop.delivery)
        self.may_claim = True
        self.asked = 0
        self.perform = Performer(
            "w",
            self.store,
            Making(files=shop.files, limits=Limits()),
            self.holdings,
            may_claim=self._may_claim,
        )

    def _may_claim(self) -> bool:
        self.asked += 1
        return self.may_claim
