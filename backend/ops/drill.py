"""`python -m ops drill rollback|failover`: tries out, under live polls, what must work one day.

What happened goes on record, with the date and the version of the code.
"""

import asyncio
import signal
import sys
import time
from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from cache import BadRedisUrl, FailoverRefused
from ops.children import CommandFailed
from ops.code_version import code_version
from ops.failover import fail_over_under_polls
from ops.given_numbers import TooManyPolls, between, check_load
from ops.records import Kind, Record, records_folder, write_record
from ops.rollback import on_the_service, rehearse
from ops.sample_jobs import NoJobs
from ops.service import Service
from ops.spare_redis import CannotRehearse
from settings import PROJECT, Settings

_REFUSALS: Final = (
    CannotRehearse,
    CommandFailed,
    NoJobs,
    FailoverRefused,
    BadRedisUrl,
    TooManyPolls,
)
"""Why a drill did not take place, or broke off: each is one line that says what to do."""

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""SIGINT, too: the loop's own way with a second Ctrl-C cuts off what the first one tidies up."""

_PHASES: Final = {"rollback": 5, "failover": 2}
"""At most."""


class BadWords(Exception):
    """Options that do not go together; the message says which are wanted."""


def add_arguments(parser: ArgumentParser) -> None:
    drills = parser.add_subparsers(dest="drill", required=True, metavar="which")
    about = "all three ways to switch Redis off, on servers of the drill's own"
    _add_rollback_arguments(drills.add_parser("rollback", help=about, description=about))
    about = "make a replica the primary, by Sentinels or in a cluster; the service is polled"
    _add_failover_arguments(drills.add_parser("failover", help=about, description=about))


def _add_rollback_arguments(parser: ArgumentParser) -> None:
    _add_load(parser, rate=200.0, seconds=2.0)
    parser.add_argument("--redis-url", help="a spare Redis instead of one of the drill's own")
    parser.add_argument("--stop", metavar="COMMAND", help="stops Redis")
    parser.add_argument("--start", metavar="COMMAND", help="starts it again")
    parser.add_argument(
        "--live", action="store_true", help="stop the Redis of the running service (--url)"
    )


def _add_failover_arguments(parser: ArgumentParser) -> None:
    _add_load(parser, rate=50.0, seconds=2.0)


def _add_load(parser: ArgumentParser, *, rate: float, seconds: float) -> None:
    parser.add_argument("--url", default=SUPPRESS, help="the service, as before the drill's name")
    parser.add_argument("--rate", type=between(1, 1000), default=rate, help="polls per second")
    parser.add_argument(
        "--seconds", type=between(0.1, 600), default=seconds, help="of each phase, at least"
    )
    parser.add_argument("--yes", action="store_true", help="yes, do this to the running service")


async def run(args: Namespace, settings: Settings) -> int:
    """0: on record, all as it should be; 2: not so, or the drill did not take place."""
    drills = {"rollback": _rollback, "failover": _failover}
    with _endings() as came:
        try:
            check_load(rate=args.rate, seconds=args.seconds, phases=_PHASES[args.drill])
            kind, figures = await drills[args.drill](args, settings)
        except (BadWords, *_REFUSALS) as refusal:
            print(f"The drill ends here. {refusal}", file=sys.stderr)
            return 2
        except asyncio.CancelledError:
            if not came:
                raise
            print("The drill was ended; what it had started is stopped.", file=sys.stderr)
            return 128 + came[0]
    return await _keep(kind, figures, settings)


async def _rollback(args: Namespace, settings: Settings) -> tuple[Kind, Mapping[str, Any]]:
    _check_rollback(args)
    if args.live:
        service = Service(args.url)
        return "drill-rollback", await on_the_service(args, service, _say)
    return "drill-rollback", await rehearse(args, _say)


async def _failover(args: Namespace, settings: Settings) -> tuple[Kind, Mapping[str, Any]]:
    if not args.yes:
        raise BadWords("it makes another server the primary for everybody: add --yes.")
    service = Service(args.url)
    return "drill-failover", await fail_over_under_polls(args, settings, service, _say)


def _check_rollback(args: Namespace) -> None:
    """Raises BadWords."""
    commands = bool(args.stop) + bool(args.start)
    if args.live and args.redis_url:
        raise BadWords("--live is about the service's own Redis: drop --redis-url.")
    if (args.live or args.redis_url) and commands < 2:
        raise BadWords("say how Redis is stopped and started: --stop COMMAND --start COMMAND")
    if commands and not (args.live or args.redis_url):
        raise BadWords("--stop and --start go with --live, or with --redis-url.")
    if args.live and not args.yes:
        raise BadWords("it stops the Redis of the running service: add --yes.")


async def _keep(kind: Kind, figures: Mapping[str, Any], settings: Settings) -> int:
    record = Record(
        kind=kind,
        at=time.time(),
        version=await asyncio.to_thread(code_version, PROJECT),
        ok=bool(figures["ok"]),
        figures=figures,
    )
    try:
        place = await asyncio.to_thread(write_record, records_folder(settings), record)
    except OSError as error:
        print(f"The drill cannot be kept on record: {error}. Set DATA_DIR.", file=sys.stderr)
        return 2
    print(f"{'All as it should be' if record.ok else 'NOT as it should be'}. On record: {place}")
    return 0 if record.ok else 2


def _say(line: str) -> None:
    print(line, flush=True)


@contextmanager
def _endings() -> Iterator[list[int]]:
    """Ctrl-C, SIGTERM and SIGHUP end a drill in order, however often: the signals that came."""
    came: list[int] = []
    task, loop = asyncio.current_task(), asyncio.get_running_loop()

    def end(number: int) -> None:
        came.append(number)
        if task is not None:
            task.cancel()

    for number in _SIGNALS:
        loop.add_signal_handler(number, end, number)
    try:
        yield came
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
