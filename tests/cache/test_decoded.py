"""What was decoded lately is the same again for the same bytes, and only for those."""

from hypothesis import given
from hypothesis import strategies as st

from cache.decoded import Decoded
from cache.entry import Entry, Foreign, Unreadable, decode, encode
from example_documents import a_document
from jobs import Document

NOW = 1_000_000.0
SIZE = len(encode(a_document(version=2), NOW))


def test_the_same_bytes_are_the_same_entry() -> None:
    decoded, document = Decoded(), a_document(version=2)
    raw = encode(document, NOW)
    first = decoded.decode(raw, document.id)

    assert first == Entry(document=document, written_at=NOW)
    assert decoded.decode(bytes(bytearray(raw)), document.id) is first


def test_a_newer_version_and_a_later_word_are_seen_at_once() -> None:
    decoded, old = Decoded(), a_document(version=2)
    new = a_document(old.id, 3)
    for document, said_at in ((old, NOW), (new, NOW), (new, NOW + 1.0), (old, NOW)):
        found = decoded.decode(encode(document, said_at), old.id)

        assert found == Entry(document=document, written_at=said_at)


@given(at=st.integers(0, SIZE - 1), bit=st.integers(0, 7))
def test_damage_is_found_as_if_nothing_were_remembered(at: int, bit: int) -> None:
    decoded, document = Decoded(), a_document(version=2)
    raw = encode(document, NOW)
    decoded.decode(raw, document.id)
    damaged = bytearray(raw)
    damaged[at] ^= 1 << bit

    assert decoded.decode(bytes(damaged), document.id) == decode(bytes(damaged), document.id)
    assert decoded.decode(raw[:at], document.id) == Unreadable()
    longer = raw[:at] + b"0" + raw[at:]
    assert decoded.decode(longer, document.id) == decode(longer, document.id)


def test_another_jobs_value_is_foreign_under_every_key() -> None:
    decoded, (ours, theirs) = Decoded(), (a_document(), a_document())
    raw = encode(theirs, NOW)
    decoded.decode(raw, theirs.id)

    assert decoded.decode(raw, ours.id) == Foreign()


def test_it_remembers_no_more_jobs_than_it_may() -> None:
    decoded = Decoded(jobs=3)
    documents: list[Document] = [a_document() for _ in range(10)]
    for document in documents:
        found = decoded.decode(encode(document, NOW), document.id)

        assert found == Entry(document=document, written_at=NOW)
        assert len(decoded) <= 3


def test_the_last_bytes_of_a_job_are_remembered_and_cost_no_other_its_place() -> None:
    decoded, (kept, changed) = Decoded(jobs=2), (a_document(), a_document())
    of_kept, of_changed = encode(kept, NOW), encode(a_document(changed.id, 2), NOW)
    first = decoded.decode(of_kept, kept.id)
    decoded.decode(encode(changed, NOW), changed.id)
    newest = decoded.decode(of_changed, changed.id)

    assert decoded.decode(of_changed, changed.id) is newest
    assert decoded.decode(of_kept, kept.id) is first


def test_who_came_first_goes_first() -> None:
    decoded, documents = Decoded(jobs=2), [a_document() for _ in range(3)]
    raws = [encode(document, NOW) for document in documents]
    found = [decoded.decode(raw, it.id) for raw, it in zip(raws, documents, strict=True)]

    assert decoded.decode(raws[1], documents[1].id) is found[1]
    assert decoded.decode(raws[2], documents[2].id) is found[2]
    assert decoded.decode(raws[0], documents[0].id) is not found[0]
