"""How large the documents of a lot are. Pure."""

from typing import Final

_GOLDEN: Final = (5**0.5 - 1) / 2


def sizes(count: int, least: int, greatest: int) -> list[int]:
    """So many, evenly on a logarithmic scale: as many below the middle of it as above.

    By steps of the golden ratio, so that any run of them is spread as the whole is.
    """
    return [round(least * (greatest / least) ** (place * _GOLDEN % 1)) for place in range(count)]
