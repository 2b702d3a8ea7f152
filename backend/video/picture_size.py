"""How large a picture may become: inside what is asked, never larger than the source, even sides.

Pure arithmetic. A source of one pixel grows to two, since the codecs know no odd sizes.
"""

from typing import NamedTuple

from video.media import Media


class Size(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int


def fit_height(media: Media, height: int) -> Size:
    """At most `height` high."""
    return fit_box(media, media.width, height)


def fit_width(media: Media, width: int) -> Size:
    """At most `width` wide."""
    return fit_box(media, width, media.height)


def fit_box(media: Media, width: int, height: int) -> Size:
    """At most `width` wide and `height` high, in the shape of the source."""
    factor = min(1.0, width / media.width, height / media.height)
    return Size(
        _even(media.width * factor, min(width, media.width)),
        _even(media.height * factor, min(height, media.height)),
    )


def _even(length: float, most: int) -> int:
    """The nearest even number that is not above `most`."""
    return max(2, min(2 * round(length / 2), most - most % 2))
