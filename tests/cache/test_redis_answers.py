"""What was not answered is silence, with the reason."""

from cache import Refused, Silent, Told


def test_an_answer_is_as_it_was_given() -> None:
    told = Told(trouble=None, answers={"INFO": b"a:1", "ACL WHOAMI": Refused("NOPERM")})

    assert told.answer("INFO") == b"a:1"
    assert told.answer("ACL WHOAMI") == Refused("NOPERM")


def test_what_was_not_answered_is_silence() -> None:
    assert Told(trouble="it is still loading its data.").answer("INFO") == Silent(
        "it is still loading its data."
    )
    assert Told(trouble=None).answer("INFO") == Silent("it does not answer in time.")
