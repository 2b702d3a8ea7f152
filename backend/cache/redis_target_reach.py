"""What of REDIS_URL this version can connect to. The rest is understood, and refused here alone."""

from cache.redis_target import BadRedisUrl, RedisAddress, RedisTarget


def reachable(target: RedisTarget | None) -> RedisAddress | None:
    """The same target, if it is one that the driver serves. Raises BadRedisUrl for any other."""
    if target is None:
        return None
    if not isinstance(target, RedisAddress):
        raise BadRedisUrl(
            "Sentinel and Cluster are not supported yet in this version; name one server, "
            "redis://host:6379/0."
        )
    if target.certfile or (target.cert_reqs != "none" and not target.check_hostname):
        raise BadRedisUrl(
            "ssl_certfile, ssl_keyfile and ssl_check_hostname=false are not supported yet in this "
            "version; drop them."
        )
    return target
