"""The watch: what the table says is held, against what is in hand."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from example_jobs import a_job
from jobs import CancelRequested, Claimed, Job, Status
from work.holdings import Claim, Holding, Holdings, Reason
from work.watch import judge, watch_once
from workshop import Workshop

CLAIMS = st.dictionaries(
    st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(1, 3)), st.just(None), max_size=4
)
HELD = st.dictionaries(
    st.sampled_from(["a", "b", "c", "d"]),
    st.tuples(st.integers(1, 3), st.sampled_from([Status.RUNNING, Status.CANCELING])),
)


def jobs_of(held: dict[str, tuple[int, Status]]) -> list[Job]:
    return [
        replace(a_job(), id=job_id, fence=fence, status=status)
        for job_id, (fence, status) in held.items()
    ]


@given(CLAIMS, HELD, st.frozensets(st.sampled_from(["a", "b", "c", "d"])))
def test_each_thing_in_hand_is_kept_or_put_down_for_one_reason(
    claims: dict[Claim, None], held: dict[str, tuple[int, Status]], claiming: frozenset[str]
) -> None:
    in_hand = {claim: Holding(claim[0]) for claim in claims}
    job_ids = claiming | {job_id for job_id, _ in claims}
    verdict = judge(jobs_of(held), in_hand, job_ids)
    put_down = {*verdict.canceled, *verdict.forsaken}
    kept = {claim for claim, holding in in_hand.items() if holding not in put_down}

    assert not {*verdict.canceled} & {*verdict.forsaken}
    assert kept == {claim for claim in claims if held.get(claim[0]) == (claim[1], Status.RUNNING)}
    assert {job.id for job in verdict.dropped} == set(held) - job_ids


async def test_a_canceled_job_is_put_down_and_a_job_in_nobodys_hands_is_queued_again(
    small_workshop: Workshop,
) -> None:
    shop, holdings = small_workshop, Holdings()
    canceled, dropped = await shop.create(), await shop.create()
    for job in (canceled, dropped):
        await shop.store.advance(job.id, Claimed(worker="w"), now=1.0)
    await shop.store.advance(canceled.id, CancelRequested(), now=1.0)
    with holdings.open(canceled.id) as holding, holdings.open("job_of_before") as forsaken:
        holding.fence = forsaken.fence = 1
        await watch_once("w", shop.store, shop.backlog, holdings)

        assert holding.reason is Reason.CANCELED
        assert forsaken.reason is Reason.FORSAKEN
    back = await shop.get(dropped.id)
    assert (back.status, back.attempt) == (Status.QUEUED, 0)  # nobody died: none is counted


async def test_a_job_that_is_being_claimed_is_not_lost(small_workshop: Workshop) -> None:
    shop, holdings = small_workshop, Holdings()
    job = await shop.create()
    with holdings.open(job.id):
        await shop.store.advance(job.id, Claimed(worker="w"), now=1.0)
        await watch_once("w", shop.store, shop.backlog, holdings)

    assert (await shop.get(job.id)).status is Status.RUNNING
