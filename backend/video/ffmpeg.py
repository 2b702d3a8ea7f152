"""EDGE: makes files from videos with the ffmpeg binary. Decides nothing: see recipe and ending."""

import asyncio
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

from video.child import run_child
from video.ending import Ended, encode_code
from video.errors import Code, failure
from video.limits import Limits
from video.progress import ProgressReader
from video.recipe import Recipe
from video.sample import sample_arguments, sample_recipe


@cache
def ffmpeg_path() -> str:
    """Where the ffmpeg binary is. Raises ToolError (tool_missing) if there is none.

    Starts `ffmpeg -version` the first time: 0.1 s, and not for the event loop.
    """
    try:
        import imageio_ffmpeg  # only a worker needs it

        name = str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        raise failure(Code.TOOL_MISSING, detail=f"no ffmpeg: {error}") from error
    path = shutil.which(name)  # the machine's own is given without its path
    if path is None:
        raise failure(Code.TOOL_MISSING, detail=f"no ffmpeg at {name}")
    return path


async def make(
    recipe: Recipe,
    source: Path,
    folder: Path,
    *,
    limits: Limits,
    told: Callable[[float], None],
) -> None:
    """Make the files of one recipe from `source` in `folder`, replacing files of their names.

    `told` hears how much is done (0 to 1, never less than before), several times a second, and may
    raise to stop the work. Raises VideoError; then, as when cancelled, the files are not there.
    """
    if recipe.text is not None:
        await asyncio.to_thread(_write, recipe.text, folder / recipe.files[0].name)
        return
    source = await asyncio.to_thread(source.absolute)
    await _run(recipe, recipe.arguments(source, limits), folder, limits, told)


async def generate_sample(path: Path, *, limits: Limits) -> None:
    """Make the sample clip at `path`: 6 seconds, 640x360, H.264 and AAC in MP4, always the same
    pictures. Raises VideoError."""
    recipe = sample_recipe(path.name)
    await _run(recipe, sample_arguments(path.name, limits), path.parent, limits, lambda _: None)


async def _run(
    recipe: Recipe,
    arguments: tuple[str, ...],
    folder: Path,
    limits: Limits,
    told: Callable[[float], None],
) -> None:
    reader = ProgressReader()

    def heard(chunk: bytes) -> bool:
        moved = reader.feed(chunk)
        if moved:
            told(recipe.fraction(reader.position))
        return moved

    binary = await asyncio.to_thread(ffmpeg_path)
    try:
        ended = await run_child((binary, *arguments), folder=folder, limits=limits, heard=heard)
        _check(recipe, folder, ended)
    except BaseException:
        _remove(recipe, folder)
        raise


def _check(recipe: Recipe, folder: Path, ended: Ended) -> None:
    code = encode_code(ended)
    if code is not None:
        raise failure(code, detail=f"ffmpeg ended with {ended.exit_code}: {ended.said}")
    empty = _missing(recipe, folder)
    if empty:
        detail = f"ffmpeg made no {', '.join(empty)}: {ended.said}"
        raise failure(Code.ENCODE_FAILED, detail=detail)


def _missing(recipe: Recipe, folder: Path) -> list[str]:
    paths = [folder / file.name for file in recipe.files]
    return [path.name for path in paths if not path.is_file() or path.stat().st_size == 0]


def _remove(recipe: Recipe, folder: Path) -> None:
    for file in recipe.files:
        (folder / file.name).unlink(missing_ok=True)


def _write(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")
