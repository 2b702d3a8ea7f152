"""The account is the one that the service would use."""

from cache import AccountKnobs
from settings import PROJECT, Settings


def test_the_settings_say_who_we_are() -> None:
    settings = Settings(
        redis_auth="elasticache-iam",
        redis_password_file="secrets/password",
        redis_username_file="secrets/user",
        redis_iam_cache="video-cache",
        redis_iam_region="us-east-1",
        redis_iam_serverless=True,
    )

    assert AccountKnobs.of(settings) == AccountKnobs(
        auth="elasticache-iam",
        password_file=PROJECT / "secrets/password",
        username_file=PROJECT / "secrets/user",
        iam_cache="video-cache",
        iam_region="us-east-1",
        iam_serverless=True,
    )
