"""Arguments of one of the operators' commands, parsed as the command line does it."""

from argparse import ArgumentParser, Namespace
from types import ModuleType


def words(command: ModuleType, *given: str) -> Namespace:
    """With the options that the command line gives to all of them."""
    parser = ArgumentParser()
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--json", action="store_true")
    command.add_arguments(parser)
    return parser.parse_args(given)
