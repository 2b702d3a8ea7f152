"""How many keys there are is read from what INFO says of the databases."""

import pytest

from example_servers import meant, seen
from ops.keyspace import database, keys_in, keys_in_all

INFO = {"db0": "keys=12,expires=10,avg_ttl=5", "db3": "keys=7,expires=0", "dbx": "keys=9"}


def test_keys_of_one_and_of_all() -> None:
    assert [keys_in(INFO, number) for number in (0, 3, 5)] == [12, 7, 0]
    assert keys_in_all(INFO) == 19


@pytest.mark.parametrize("told", ["", "keys=", "keys=many", "=", "expires=3", "keys=-1"])
def test_what_makes_no_sense_is_none(told: str) -> None:
    assert keys_in({"db0": told}, 0) == 0


@pytest.mark.parametrize(
    ("url", "number"),
    [
        ("redis://localhost/3", 3),
        ("redis+sentinel://s1,s2,s3/mymaster/2", 2),
        ("redis+cluster://n1", 0),
    ],
)
def test_the_database_is_that_of_the_url(url: str, number: int) -> None:
    assert database(seen(target=meant(url))) == number
    assert database(seen(target=None)) == 0
