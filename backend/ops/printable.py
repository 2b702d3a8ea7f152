"""Words of strangers as a terminal may show them: no escapes, no kilobytes. Pure.

Servers and services say what they like. What is printed of it goes through here.
"""

from typing import Final

LONGEST: Final = 200
"""Characters, where nobody says otherwise."""


def printable(text: str, *, longest: int | None = LONGEST) -> str:
    """The same, with whatever moves a cursor, hides or cannot be encoded escaped as in Python.

    Cut at `longest` characters, which its end then says by three dots; None: never cut. A backslash
    stays one, so it is not promised that the text can be had back.
    """
    short = text if longest is None else text[: longest + 1]  # escaping megabytes would take long
    shown = "".join(map(_escaped, short))
    return shown if longest is None or len(shown) <= longest else f"{shown[: longest - 3]}..."


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode()
