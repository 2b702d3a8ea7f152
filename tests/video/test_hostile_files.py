"""Every hostile file of the corpus ends as an error that fits; none ends as another exception."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path

from hostile_clips import Hostile
from hostile_corpus import write_corpus
from video import Limits, VideoError, make, parse_spec, probe, recipes

AT_ONCE = 3


async def outcome(path: Path, limits: Limits) -> str:
    """How a transcode of this file ends: the error's code, "made it" or "left something"."""
    spec = parse_spec("transcode", {})
    folder = path.parent / f"{path.name}-made"
    folder.mkdir()
    try:
        media = await probe(path, limits=limits)
        for recipe in recipes("transcode", spec, media):
            await make(recipe, path, folder, limits=limits, told=lambda _: None)
    except VideoError as error:
        left = await asyncio.to_thread(os.listdir, folder)
        return "left something" if left else error.code.value
    return "made it"


async def test_every_hostile_file_fails_with_a_code_that_fits(
    tmp_path: Path, limits: Limits
) -> None:
    corpus = await asyncio.to_thread(write_corpus, tmp_path)
    turn = asyncio.Semaphore(AT_ONCE)

    async def tried(file: Hostile) -> tuple[str, str, frozenset[str]]:
        async with turn:
            ended = await outcome(tmp_path / file.name, replace(limits, wall_seconds=20))
            return file.name, ended, file.codes

    ends = await asyncio.gather(*(tried(file) for file in corpus))

    assert len({name for name, _, _ in ends}) == len(corpus) >= 60
    assert [end for end in ends if end[1] not in end[2]] == []
