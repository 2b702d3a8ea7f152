"""The checker finds nothing in what a correct service says, and each single lie in it."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings

from live.correct_service import World, worlds
from live.history import examine
from live.observation import Committed, Observation
from live.promises import Promise

Lie = Callable[[World], None]


def another_job(world: World) -> None:
    world.seen[-1] = world.poll("new")._replace(body_job="somebody's")


def no_document(world: World) -> None:
    world.seen[-1] = world.poll("new")._replace(body_job="", error="no document")


def tag_and_body_differ(world: World) -> None:
    world.seen[-1] = world.poll("new")._replace(etag='"7.1"')


def wrong_304(world: World) -> None:
    world.poll("new")
    world.seen[-1] = world.poll("new", tags=True)._replace(etag='"1.2"')


def unasked_304(world: World) -> None:
    world.seen[-1] = world.poll("new")._replace(status=304, body_job="", body_version=0)


def error_status(world: World) -> None:
    world.seen[-1] = world.poll("new")._replace(status=500, etag="", body_job="")


def no_answer(world: World) -> None:
    world.seen[-1] = world.poll("new")._replace(status=0, etag="", body_job="", error="reset")


def back_for_who_hops_with_tags(world: World) -> None:
    world.commit("new")
    world.poll("new", poller="x", process="1", tags=True)
    first = next(change for change in world.timeline if change.job == "new")
    world.seen.append(world.answer(first, poller="x", process="2", sent='"2.1"'))


def back_for_who_stays_without_tags(world: World) -> None:
    world.commit("new")
    world.poll("new")
    first = next(change for change in world.timeline if change.job == "new")
    world.seen.append(world.answer(first))


def two_bodies(world: World) -> None:
    world.poll("new")
    world.seen[-1] = world.poll("new", process="2")._replace(digest="other bytes")


def undone(world: World) -> None:
    world.commit("new", done=True)
    world.poll("new")
    world.seen.append(
        world.answer(Committed(job="new", version=3, at=world.now, done=False), process="2")
    )


def vanished(world: World) -> None:
    world.now += Promise().fresh_seconds + 0.1
    world.seen[-1] = world.poll("new")._replace(status=404, etag="", body_job="")


def vanished_for_who_saw_it(world: World) -> None:
    world.poll("new")
    gone = world.poll("new", tags=True)
    world.seen[-1] = gone._replace(status=404, etag="", process="2")


def too_old(world: World) -> None:
    old = world.poll("new", poller="x")
    world.commit("new")
    world.now += Promise().fresh_seconds + 0.1
    world.seen.append(old._replace(poller="y", began=world.now, ended=world.now))


LIES: Sequence[tuple[str, Lie]] = [
    ("another job", another_job),
    ("no document", no_document),
    ("tag and body differ", tag_and_body_differ),
    ("wrong 304", wrong_304),
    ("wrong 304", unasked_304),
    ("status", error_status),
    ("status", no_answer),
    ("went back", back_for_who_hops_with_tags),
    ("went back", back_for_who_stays_without_tags),
    ("two bodies", two_bodies),
    ("undone", undone),
    ("vanished", vanished),
    ("vanished", vanished_for_who_saw_it),
    ("too old", too_old),
]


@given(worlds())
def test_a_correct_service_breaks_no_promise(world: World) -> None:
    history = examine(world.seen, world.timeline)

    assert history.violations == []
    assert history.figures.polls == len(world.seen)


@pytest.mark.parametrize(("name", "lie"), LIES, ids=[lie.__name__ for _, lie in LIES])
@settings(max_examples=20)  # of each lie
@given(world=worlds())
def test_each_single_lie_is_found_and_only_by_the_check_for_it(
    name: str, lie: Lie, world: World
) -> None:
    world.now += 1.0
    world.commit("new")
    lie(world)

    found = examine(world.seen, world.timeline)
    unwatched = examine(world.seen, world.timeline, without=name)

    assert found.broken == {name: 1}
    assert unwatched.broken == {}
    assert found.violations[0].startswith(f"{name}: {world.seen[-1].poller} asked ")


def an_old_answer(cache: str) -> tuple[list[Observation], list[Committed]]:
    world = World()
    world.commit("new")
    too_old(world)
    return [seen._replace(cache=cache) for seen in world.seen], world.timeline


def test_an_answer_that_says_it_is_stale_may_be_old() -> None:
    cache = "tally; fwd=stale; fwd-status=503; detail=near"

    assert examine(*an_old_answer(cache), Promise(fresh_tiers=None)).broken == {}


def test_other_tiers_are_held_to_the_same_where_that_is_asked_for() -> None:
    cache = "tally; hit; ttl=3; detail=redis"

    assert examine(*an_old_answer(cache)).broken == {}
    assert examine(*an_old_answer(cache), Promise(fresh_tiers=None)).broken == {"too old": 1}


def test_who_hops_without_tags_may_meet_a_process_that_knows_less() -> None:
    world = World()
    first, _ = world.commit("new"), world.commit("new")
    answers = [
        world.answer(change, process=process)
        for change, process in zip(world.timeline[::-1], "12", strict=True)
    ]

    assert first == 1
    assert examine(answers, world.timeline).broken == {}


def test_a_job_made_this_moment_may_be_unheard_of_but_not_one_that_was_always_there() -> None:
    world = World()
    world.commit("new")
    gone = world.poll("new")._replace(status=404, etag="", body_job="")

    assert examine([gone], world.timeline).broken == {}
    assert examine([gone]).broken == {"vanished": 1}


def test_statuses_may_be_allowed_for_an_outage() -> None:
    world = World()
    world.commit("new")
    error_status(world)
    outage = Promise(statuses=frozenset({200, 304, 500}))

    assert examine(world.seen, world.timeline, outage).broken == {}


def test_of_many_violations_some_are_told_and_all_are_counted() -> None:
    world = World()
    world.commit("new")
    error_status(world)
    history = examine(world.seen * 5000)

    assert len(history.violations) == 100
    assert history.broken == {"status": 5000}
