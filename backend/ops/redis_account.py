"""How Redis gets to know who we are, by the settings: as the service has it. Pure."""

from cache import AccountKnobs
from settings import Settings


def redis_account(settings: Settings) -> AccountKnobs:
    """The knobs of the account; nothing is read or fetched yet."""
    return AccountKnobs(
        auth=settings.redis_auth,
        password_file=settings.redis_password_path,
        username_file=settings.redis_username_path,
        iam_cache=settings.redis_iam_cache,
        iam_region=settings.redis_region,
        iam_serverless=settings.redis_iam_serverless,
    )
