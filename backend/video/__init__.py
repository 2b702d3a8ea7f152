"""Turns one video into others. Knows nothing of jobs, databases or HTTP.

spec = parse_spec("thumbnail", {"width": 320})       pure; SpecError
planned_files("thumbnail", spec)                     pure; the files to come
media = await probe(source, limits=limits)           VideoError
for recipe in recipes("thumbnail", spec, media):     pure; VideoError
    await make(recipe, source, folder, limits=limits, told=told)
"""

from video.container import Container
from video.errors import Code, InputError, LimitError, ToolError, VideoError
from video.ffmpeg import ffmpeg_path, generate_sample, make
from video.limits import Limits
from video.media import Media
from video.plan import planned_files, recipes
from video.probing import probe
from video.progress import Throttle, overall_percent
from video.recipe import PlannedFile, Recipe
from video.specs import KINDS, Spec, SpecError, parse_spec

__all__ = [
    "KINDS",
    "Code",
    "Container",
    "InputError",
    "LimitError",
    "Limits",
    "Media",
    "PlannedFile",
    "Recipe",
    "Spec",
    "SpecError",
    "Throttle",
    "ToolError",
    "VideoError",
    "ffmpeg_path",
    "generate_sample",
    "make",
    "overall_percent",
    "parse_spec",
    "planned_files",
    "probe",
    "recipes",
]
