"""A model of a service that keeps its promises to pollers, and the histories it makes. Pure."""

from collections import defaultdict
from dataclasses import dataclass, field

from hypothesis import strategies as st

from live.observation import Committed, Observation
from live.promises import Promise

NEAR = "tally; hit; ttl=3; detail=near"
LIMIT = Promise().fresh_seconds


@dataclass
class World:
    """A correct service, step by step: a job has the versions 1, 2, ... and may be done."""

    now: float = 100.0
    timeline: list[Committed] = field(default_factory=list)
    seen: list[Observation] = field(default_factory=list)
    served: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    tags: dict[tuple[str, str], str] = field(default_factory=dict)

    def commit(self, job: str, *, done: bool = False) -> int:
        """The version that is committed; a done job keeps the one it has."""
        changes = [change for change in self.timeline if change.job == job]
        if changes and changes[-1].done:
            return changes[-1].version
        version = len(changes) + 1
        self.timeline.append(Committed(job=job, version=version, at=self.now, done=done))
        return version

    def poll(
        self, job: str, *, poller: str = "p", process: str = "1", tags: bool = False, lag: int = 0
    ) -> Observation:
        """An answer as old as is allowed, by `lag` versions at most."""
        sent = self.tags.get((poller, job), "") if tags else ""
        changes = [change for change in self.timeline if change.job == job]
        settled = [each.version for each in changes if each.at <= self.now - LIMIT]
        told = int(sent.strip('"').partition(".")[0] or 0)
        oldest = max([1, told, self.served[process, job], *settled])
        change = changes[max(oldest, len(changes) - lag) - 1]
        self.served[process, job] = change.version
        answer = self.answer(change, poller=poller, process=process, sent=sent)
        self.tags[poller, job] = answer.etag
        self.seen.append(answer)
        return answer

    def answer(
        self, change: Committed, *, poller: str = "p", process: str = "1", sent: str = ""
    ) -> Observation:
        etag = f'"{change.version}.1"'
        same = sent == etag
        return Observation(
            poller=poller,
            process=process,
            job=change.job,
            sent=sent,
            status=304 if same else 200,
            etag=etag,
            body_job="" if same else change.job,
            body_version=0 if same else change.version,
            body_done=change.done and not same,
            digest="" if same else f"{change}",
            due=self.now,
            began=self.now,
            ended=self.now + 0.001,
            cache=NEAR,
            age=0,
            error="",
        )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Jobs that change and pollers that ask: hopping with tags, or staying without them."""
    world = World()
    for job in "ab":
        world.commit(job)
    moves = st.tuples(
        st.sampled_from(["commit", "poll", "poll", "poll"]),
        st.sampled_from("ab"),
        st.sampled_from(["faithful", "hopper"]),
        st.sampled_from("12"),
        st.integers(0, 3),
        st.sampled_from([0.0, 0.1, 1.0, 3.0]),
    )
    for what, job, poller, process, number, seconds in draw(st.lists(moves, max_size=40)):
        world.now += seconds
        if what == "commit":
            world.commit(job, done=number == 3)
        else:
            hops = poller == "hopper"
            at = process if hops else "1"
            world.poll(job, poller=poller, process=at, tags=hops, lag=number)
    return world
