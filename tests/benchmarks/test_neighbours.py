"""Who is compared is measured close together, and told in the order of the table."""

from pathlib import Path

import pytest

from benchmarks import contenders as who
from benchmarks.part import Figures, Pace
from benchmarks.polls import Aim, competitors, one_round
from benchmarks.serving import Running

ALL = Pace(rounds=1, seconds=1, quick=True, peers=True)


def aim_at(contender: who.Contender) -> Aim:
    running = Running(contender=contender, port=0, parts=(), log=Path())
    return Aim(name=contender.name, server=running, paths=[])


def test_each_is_measured_once_and_none_forgotten() -> None:
    names = [contender.name for contender in who.NEIGHBOURS]

    assert {contender.name for contender in competitors(ALL)} <= {*names}
    assert len({*names}) == len(names)


SOME = (who.HELLO, who.FAST, who.REDIS, who.CLIENT_SIDE)
SIDE_BY_SIDE = [one.name for one in (who.HELLO, who.FAST, who.CLIENT_SIDE, who.REDIS)]


@pytest.mark.parametrize(("number", "order"), [(0, SIDE_BY_SIDE), (1, SIDE_BY_SIDE[::-1])])
def test_they_are_measured_as_neighbours_every_second_time_backwards_and_told_as_they_came(
    number: int, order: list[str]
) -> None:
    measured: list[str] = []

    def noted(aim: Aim, seconds: float) -> Figures:
        measured.append(aim.name)
        return {"seconds": seconds}

    found = one_round([aim_at(one) for one in SOME], 1.0, noted, number)

    assert measured == order
    assert [*found] == [one.name for one in SOME]
