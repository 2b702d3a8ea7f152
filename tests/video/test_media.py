"""A video is described once for the job's document and once, in more words, for probe.json."""

import json

from video import Media


def test_the_document_is_plain_json(media: Media) -> None:
    document = media.document()

    assert json.loads(json.dumps(document)) == document
    assert type(document["container"]) is str


def test_probe_json_holds_the_document_and_more(media: Media) -> None:
    report = json.loads(media.report())

    assert report == media.document() | {"rotation": 0, "pixel_format": "yuv420p"}
