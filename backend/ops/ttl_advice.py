"""Advice on the TTL, from how often one client polls one job. Pure."""

from ops.advice import Advice
from ops.measured import Measured
from ops.tuning import TtlRow, plain_hit_rate, recommended_ttl, ttl_row


def advise_ttl(measured: Measured) -> Advice:
    now = f"{measured.ttl_seconds:g} s"
    if measured.interval is None:
        return Advice(
            subject="ttl",
            measured="the polling interval is not known",
            now=now,
            why=["nobody polled the same job twice so far; or say it: --interval SECONDS"],
        )
    interval = measured.interval.value
    row, best = ttl_row(interval), recommended_ttl(interval)
    return Advice(
        subject="ttl",
        measured=f"one client polls one job every {interval:.3g} s{measured.interval.told_by()}",
        row=(row.polling, row.recommended, row.efficiency),
        now=now,
        recommended=f"{best} s",
        why=[*_ttl_reasons(measured, interval, best), *_longer(measured, row)],
        change=f"CACHE_TTL_SECONDS={best}" if _wrong(measured, row) else None,
        doubt=measured.interval.doubt,
        figures={
            "interval_seconds": interval,
            "ttl_seconds": measured.ttl_seconds,
            "recommended_ttl_seconds": best,
            "plain_hit_rate": plain_hit_rate(measured.ttl_seconds, interval),
            "recommended_plain_hit_rate": plain_hit_rate(best, interval),
        },
    )


def _wrong(measured: Measured, row: TtlRow) -> bool:
    """Too short always is; too long only where nothing but the TTL ends what is old."""
    too_long = measured.ttl_seconds > row.longest and not measured.follows
    return measured.ttl_seconds < row.shortest or too_long


def _longer(measured: Measured, row: TtlRow) -> list[str]:
    if measured.ttl_seconds <= row.longest or not measured.follows:
        return []
    return ["longer than the row says, which costs memory only: no answer grows old for it"]


def _ttl_reasons(measured: Measured, interval: float, best: int) -> list[str]:
    rates = [plain_hit_rate(ttl, interval) for ttl in (measured.ttl_seconds, best)]
    reasons = [
        f"a cache that knows nothing but its TTL answers {rates[0]:.1f} % of such polls now, "
        f"{rates[1]:.1f} % with {best} s: 1 - 1/ceil(TTL / interval)"
    ]
    if not measured.follows:
        return [*reasons, "there is no near tier here, so the TTL bounds how old an answer may be"]
    if measured.hit_rate is not None:
        told = f"{measured.hit_rate:g} % of the polls of the last hour were hits"
        reasons.append(f"Tally's change feed keeps entries true past their TTL: {told}")
    reasons.append(
        "in Tally the TTL says how long Redis helps a process that does not know the job yet, and "
        "for how long old answers stand in for a database that is away: "
        f"{_polls(measured.ttl_seconds / interval)} polls now, {_polls(best / interval)} then"
    )
    return reasons


def _polls(number: float) -> str:
    return f"{number:.0f}" if number >= 10 else f"{number:.2g}"
