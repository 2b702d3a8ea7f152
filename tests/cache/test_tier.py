"""A request's budget for the cache."""

from cache.tier import Budget


def test_a_budget_is_spent_by_parts_and_never_below_nothing() -> None:
    budget = Budget(0.05)
    budget.spend(0.02)

    assert round(budget.left, 6) == 0.03

    budget.spend(1.0)

    assert budget.left == 0.0
