"""The clip that Tally generates, so that a newcomer needs no file. Pure: arguments only."""

from video.limits import Limits
from video.recipe import PlannedFile, Recipe, speaking

SECONDS = 6
# A slow sunset; before it, a test card with a running clock goes round in an eight.
PICTURES = (
    "gradients=s=640x360:r=25:d=6:n=4:c0=0x0b1d3a:c1=0x17486f:c2=0x2a7f8e:c3=0xf2b544"
    ":speed=0.015:seed=7[sky];"
    "testsrc2=s=320x180:r=25:d=6,drawbox=c=white:t=3[card];"
    "[sky][card]overlay=x='160+150*sin(2*PI*t/6)':y='90+80*sin(4*PI*t/6)'[pictures];"
    "sine=f=440:r=48000:d=6,volume=0.3[sound]"
)


def sample_recipe(name: str) -> Recipe:
    """One MP4 file of this name, whatever its ending."""
    file = PlannedFile(name=name, content_type="video/mp4")
    return Recipe(files=(file,), weight=1.0, seconds=SECONDS)


def sample_arguments(name: str, limits: Limits) -> tuple[str, ...]:
    """ffmpeg's arguments to make the clip in its working directory."""
    return (
        *speaking(limits),
        *("-filter_complex", PICTURES, "-map", "[pictures]", "-map", "[sound]"),
        *("-threads", str(limits.threads), "-c:v", "libx264", "-preset", "superfast"),
        *("-crf", "23", "-g", "50", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "96k"),
        *("-fflags", "+bitexact", "-movflags", "+faststart", "-f", "mp4", f"file:{name}"),
    )
