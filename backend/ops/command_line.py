"""What stands behind `python -m ops`: its subcommands, their options, and settings for them all."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ops import advise, baseline, doctor, drill, stats
from ops.finding import NoSuchCheck
from ops.service import BadServiceUrl
from settings import BadSettings, Settings, read_settings

BROKEN: Final = 2
"""Exit code of what could not be done; argparse's own for words that mean nothing, too."""


@dataclass(frozen=True, kw_only=True)
class Subcommand:
    """One word after `python -m ops`, with its own options and its own exit codes."""

    about: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    """Its own; --url has everybody."""
    run: Callable[[argparse.Namespace, Settings], Coroutine[Any, Any, int]]
    """Finds `url` among its arguments, whether it was named or not."""
    as_json: str = ""
    """What --json gives; empty: there is no such option, or the subcommand adds it itself."""


SUBCOMMANDS: Final[dict[str, Subcommand]] = {
    "doctor": Subcommand(
        about="look at everything, say what to mend; changes nothing, takes 10 s at most",
        add_arguments=doctor.add_arguments,
        run=doctor.run,
    ),
    "stats": Subcommand(
        about="how the cache is doing, on one screen",
        add_arguments=stats.add_arguments,
        run=stats.run,
        as_json="as the service gives them",
    ),
    "advise": Subcommand(
        about="TTL, pool and memory for the traffic that there is",
        add_arguments=advise.add_arguments,
        run=advise.run,
        as_json="for programs: docs/tuning.md",
    ),
    "baseline": Subcommand(
        about="measure the service under a steady load, and keep the figures",
        add_arguments=baseline.add_arguments,
        run=baseline.run,
    ),
    "drill": Subcommand(
        about="try out the rollback, or a failover, under live polls",
        add_arguments=drill.add_arguments,
        run=drill.run,
    ),
}


def main(words: Sequence[str] | None = None) -> int:
    """Do what the words say (those of the command line), and give the exit code."""
    args = _parser().parse_args(words)
    try:
        settings = read_settings()
        args.url = args.url or f"http://127.0.0.1:{settings.port}"
        return asyncio.run(SUBCOMMANDS[args.subcommand].run(args, settings))
    except (BadSettings, BadServiceUrl, NoSuchCheck) as error:
        print(f"ops cannot begin. {error}", file=sys.stderr)
        return BROKEN
    except KeyboardInterrupt:
        return 130  # as a shell says it of a program that ended by Ctrl-C


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ops", description="Looks after a running Tally. Run it in backend/."
    )
    subcommands = parser.add_subparsers(dest="subcommand", required=True, metavar="what")
    for name, subcommand in SUBCOMMANDS.items():
        about = subcommand.about
        its = subcommands.add_parser(name, help=about, description=about)
        its.add_argument("--url", help="the service; else http://127.0.0.1:PORT of the settings")
        if subcommand.as_json:
            its.add_argument("--json", action="store_true", help=subcommand.as_json)
        subcommand.add_arguments(its)
    return parser
