"""The judge of our tokens agrees with what AWS has published of its signatures."""

import pytest

from sigv4_verifier import parameters, signature, verdict

S3 = (
    "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
    "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
    "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
    "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
)
SUITE = (
    "X-Amz-Algorithm=AWS4-HMAC-SHA256"
    "&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fservice%2Faws4_request"
    "&X-Amz-Date=20150830T123600Z&X-Amz-SignedHeaders=host&X-Amz-Expires=3600"
)
SUITE_SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
UNRESERVED = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SESSION = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"
VECTORS = {
    "": "e93c787ed7f371d5c6b165c1b38ede9550f4dce4144713e844b25b7192d3865d",
    "Param1=value1&": "49096700cbbaa5753443850f40df10f904fc2fdb544dc9512203cc77c471a9de",
    "Param2=value2&Param1=value1&": (
        "86012e2c9ad4d77369f5d81c11f75158aae4f895a085212cc6d3f923d300bed5"
    ),
    "Param-3=Value3&Param=Value2&%E1%88%B4=Value1&": (
        "c5f1848ceec943ac2ca68ee720460c23aaae30a2300586597ada94c4a65e4787"
    ),
    "\u1234=bar&": "0bdd809b1519ac4f0c1dc3540e2cc46bd0c7f778eda408b2ebf3b913d21ff600",
    f"{UNRESERVED}={UNRESERVED}&": (
        "8e76a88a7433637b12778d5592799b29ad21ecd6cf6325051c21d86f0acda2bf"
    ),
    f"X-Amz-Security-Token={SESSION}&": (
        "7ff2b50b376cb4d151970630573d6291dc128cc5c2a12ffb237f73cc53f67b6c"
    ),
}
"""The suite's get-vanilla family, signed in the query."""


def test_the_example_in_the_documentation_of_s3_is_signed_as_we_say() -> None:
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

    assert signature(S3, secret, payload="UNSIGNED-PAYLOAD") == parameters(S3)["X-Amz-Signature"]


@pytest.mark.parametrize("query", VECTORS)
def test_the_vectors_of_the_suite_are_signed_as_we_say(query: str) -> None:
    url = f"https://example.amazonaws.com/?{query}{SUITE}"

    assert signature(url, SUITE_SECRET) == VECTORS[query]


def a_token(**changed: str) -> str:
    """A token that this file signs itself, and then changes."""
    query = SUITE.replace("service", "elasticache").replace("=3600", "=900")
    plain = f"my-cache/?Action=connect&User=ann&{query}"
    signed = f"{plain}&X-Amz-Signature={signature(plain, SUITE_SECRET)}"
    for old, new in changed.items():
        signed = signed.replace(old, new)
    return signed


MADE = 1_440_938_160.0
KEYS = {"AKIDEXAMPLE": SUITE_SECRET}


@pytest.mark.parametrize(
    ("changed", "region", "now", "said"),
    [
        ({}, "us-east-1", MADE, "fine"),
        ({}, "us-east-1", MADE + 899, "fine"),
        ({}, "us-east-1", MADE + 900, "expired"),
        ({}, "us-east-1", MADE - 1, "expired"),
        ({}, "eu-west-1", MADE, "for another place"),
        ({"ann": "bob"}, "us-east-1", MADE, "forged"),
        ({"my": "your"}, "us-east-1", MADE, "forged"),
        ({"123600Z": "123500Z"}, "us-east-1", MADE, "forged"),
        ({"20150830T": "20150831T"}, "us-east-1", MADE + 86400, "for another place"),
    ],
)
def test_what_is_not_as_it_was_signed_is_seen(
    changed: dict[str, str], region: str, now: float, said: str
) -> None:
    assert verdict(a_token(**changed), KEYS, region=region, now=now) == said
