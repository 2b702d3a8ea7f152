"""A request's budget for the cache, and the closed list of what may go wrong."""

from pathlib import Path

from cache.tier import Budget, Trouble


def test_a_budget_is_spent_by_parts_and_never_below_nothing() -> None:
    budget = Budget(0.05)
    budget.spend(0.02)

    assert round(budget.left, 6) == 0.03

    budget.spend(1.0)

    assert budget.left == 0.0


def test_every_kind_of_trouble_but_not_having_asked_is_on_the_page_of_metrics() -> None:
    page = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text()
    (row,) = [line for line in page.splitlines() if "`tally_cache_errors_total`" in line]

    missing = [kind for kind in Trouble if kind is not Trouble.AWAY and f"`{kind}`" not in row]

    assert missing == []
