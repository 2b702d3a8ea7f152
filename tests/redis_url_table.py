"""What REDIS_URL may say and what it means then. What it may not is in redis_url_table_refused.py.

Ordered by topology; the forms of the deployment guide come first in each.
"""

from typing import Any, Final

from cache import ClusterAddress, RedisAddress, RedisTarget, SentinelAddress
from cache.redis_target import Node


def one(host: str = "h", **more: Any) -> RedisAddress:
    return RedisAddress(host=host, **more)


def sentinels(*hosts: str, port: int = 26379, service: str = "s", **more: Any) -> RedisTarget:
    nodes = tuple(Node(host=host, port=port) for host in hosts)
    return SentinelAddress(sentinels=nodes, service=service, **more)


def cluster(*hosts: str, port: int = 6379, **more: Any) -> RedisTarget:
    nodes = tuple(Node(host=host, port=port) for host in hosts)
    return ClusterAddress(nodes=nodes, **more)


STANDALONE: Final[dict[str, RedisTarget]] = {
    # The guide's
    "redis://localhost:6379/0": RedisAddress(),
    "redis://:password@localhost:6379/0": RedisAddress(password="password"),
    "redis://video-cache.abc123.use1.cache.amazonaws.com:6379/0": one(
        "video-cache.abc123.use1.cache.amazonaws.com"
    ),
    "redis://:password@redis-12345.cloud.redislabs.com:12345": one(
        "redis-12345.cloud.redislabs.com", port=12345, password="password"
    ),
    "redis://:primary-key@video-cache.redis.cache.windows.net:6380?ssl=true": one(
        "video-cache.redis.cache.windows.net", port=6380, password="primary-key", tls=True
    ),
    "redis://:password@localhost:6380?ssl=true&ssl_cert_reqs=required": RedisAddress(
        port=6380, password="password", tls=True
    ),
    # What a shell leaves of the one before if it stands there without quotes
    "redis://:password@localhost:6380?ssl=true": RedisAddress(
        port=6380, password="password", tls=True
    ),
    "redis://10.0.0.3:6379/0": one("10.0.0.3"),
    "redis://invalid:9999": one("invalid", port=9999),
    # Of providers and platforms
    "rediss://:token=@cache.redis.azure.net:10000": one(
        "cache.redis.azure.net", port=10000, password="token=", tls=True
    ),
    "rediss://app:pw@master.c.x1.use1.cache.amazonaws.com:6379": one(
        "master.c.x1.use1.cache.amazonaws.com", username="app", password="pw", tls=True
    ),
    "rediss://default:AbC-1_2@eu1-cat-1.upstash.io:6379": one(
        "eu1-cat-1.upstash.io", username="default", password="AbC-1_2", tls=True
    ),
    "rediss://:p5f@ec2-1-2-3-4.compute-1.amazonaws.com:7500?ssl_cert_reqs=CERT_NONE": one(
        "ec2-1-2-3-4.compute-1.amazonaws.com",
        port=7500,
        password="p5f",
        tls=True,
        cert_reqs="none",
    ),
    "valkeys://avnadmin:pw@valkey-1.aivencloud.com:12691": one(
        "valkey-1.aivencloud.com", port=12691, username="avnadmin", password="pw", tls=True
    ),
    "redis://redis-master.cache.svc.cluster.local": one("redis-master.cache.svc.cluster.local"),
    # Schemes, databases and ports
    "redis://h": one(),
    "REDIS://h/": one(),
    "  redis://h\n": one(),
    "redis://h?": one(),
    "valkey://h/15": one(db=15),
    "redis://h/99999": one(db=99999),
    "redis://h?db=3": one(db=3),
    "redis://h/?db=3": one(db=3),
    "redis://h:1": one(port=1),
    "redis://h:65535": one(port=65535),
    "redis://h:06379": one(),
    "rediss://h": one(tls=True),
    "ValkeyS://h": one(tls=True),
    # Hosts
    "redis://my_redis-1.local.:1/2": one("my_redis-1.local.", port=1, db=2),
    "redis://[::1]:7000/1": one("::1", port=7000, db=1),
    "redis://[2001:DB8::1]": one("2001:DB8::1"),
    "redis://[::ffff:10.0.0.1]": one("::ffff:10.0.0.1"),
    f"redis://{'a' * 63}.b": one(f"{'a' * 63}.b"),
    # Accounts: what stands behind the first colon, spelled as in any URL; a + is a +
    "redis://user:p%40w@[::1]:7000": one("::1", port=7000, username="user", password="p@w"),
    "redis://us%3Aer:pw@h": one(username="us:er", password="pw"),
    "redis://user@h": one(username="user"),
    "rediss://us%3Aer%40x@h": one(username="us:er@x", tls=True),
    "redis://:a:b@h": one(password="a:b"),
    "redis://:a,b&c=d+e@h": one(password="a,b&c=d+e"),
    "redis://:%2F%3F%23%40%25@h": one(password="/?#@%"),
    "redis://:%20%0A%00@h": one(password=" \n\0"),
    "redis://:[x]@h": one(password="[x]"),
    "redis://:pässword@h": one(password="pässword"),
    "redis://:p%C3%A4ss@h": one(password="päss"),
    # TLS
    "rediss://h?ssl=true": one(tls=True),
    "redis://h?ssl=1": one(tls=True),
    "redis://h?ssl=YES": one(tls=True),
    "redis://h?ssl=false": one(),
    "rediss://h?ssl_cert_reqs=none": one(tls=True, cert_reqs="none"),
    "rediss://h?ssl_cert_reqs=Optional": one(tls=True, cert_reqs="optional"),
    "rediss://h?ssl_ca_certs=/etc/my%20ca.pem": one(tls=True, ca_certs="/etc/my ca.pem"),
    "rediss://h?ssl_certfile=me.pem": one(tls=True, certfile="me.pem"),
    "rediss://h?ssl_certfile=/c.pem&ssl_keyfile=/k.pem": one(
        tls=True, certfile="/c.pem", keyfile="/k.pem"
    ),
    "rediss://h?ssl_check_hostname=false": one(tls=True, check_hostname=False),
    "rediss://h?ssl_check_hostname=true": one(tls=True),
    "rediss://h?ssl_cert_reqs=none&ssl_check_hostname=no": one(
        tls=True, cert_reqs="none", check_hostname=False
    ),
    # Limits, and what says nothing new
    "redis://h?max_connections=20": one(max_connections=20),
    "redis://h?max_connections=10000": one(max_connections=10000),
    "redis://h?socket_timeout=5&socket_connect_timeout=0.25": one(
        socket_timeout=5.0, socket_connect_timeout=0.25
    ),
    "redis://h?socket_timeout=60.0": one(socket_timeout=60.0),
    "redis://h?cluster=false": one(),
    "redis://h?read=primary": one(),
    # Unix sockets
    "unix:///run/redis.sock": RedisAddress(path="/run/redis.sock"),
    "UNIX:///run/my%20redis.sock?db=2": RedisAddress(path="/run/my redis.sock", db=2),
    "unix://user:pw@/run/redis.sock": RedisAddress(
        path="/run/redis.sock", username="user", password="pw"
    ),
    "unix://user@/run/redis.sock": RedisAddress(path="/run/redis.sock", username="user"),
    "unix:///run/redis.sock?socket_timeout=1": RedisAddress(
        path="/run/redis.sock", socket_timeout=1.0
    ),
}

SENTINEL: Final[dict[str, RedisTarget]] = {
    "redis+sentinel://sentinel1:26379,sentinel2:26379/mymaster/0": sentinels(
        "sentinel1", "sentinel2", service="mymaster"
    ),
    "redis+sentinel://a,b,c/s": sentinels("a", "b", "c"),
    "redis-sentinel://a/s": sentinels("a"),
    "rediss+sentinel://a/s": sentinels("a", tls=True),
    "rediss-sentinel://a/s": sentinels("a", tls=True),
    "valkey+sentinel://a/s": sentinels("a"),
    "valkeys+sentinel://a/s": sentinels("a", tls=True),
    "Redis+Sentinel://a/s": sentinels("a"),
    "redis+sentinel://a:5000,b:5000/s/3": sentinels("a", "b", port=5000, db=3),
    "redis+sentinel://a/s?db=3": sentinels("a", db=3),
    "redis+sentinel://a/s/": sentinels("a"),
    "redis+sentinel://[::1],[::2]:26379/s": sentinels("::1", "::2"),
    "redis+sentinel://a/my.Master-1_x/0": sentinels("a", service="my.Master-1_x"),
    "redis+sentinel://a/7/0": sentinels("a", service="7"),
    "redis+sentinel://user:pw@a,b/s": sentinels("a", "b", username="user", password="pw"),
    "redis+sentinel://user@a/s?sentinel_password=pw": sentinels(
        "a", username="user", sentinel_password="pw"
    ),
    "redis+sentinel://a/s?sentinel_password=b64+/x==": sentinels("a", sentinel_password="b64+/x=="),
    "redis+sentinel://:pw@a/s?sentinel_username=w&sentinel_password=p%26%40": sentinels(
        "a", password="pw", sentinel_username="w", sentinel_password="p&@"
    ),
    "redis+sentinel://a/s?read=replica": sentinels("a", read="replica"),
    "redis+sentinel://a/s?ssl=true&ssl_ca_certs=/ca.pem": sentinels(
        "a", tls=True, ca_certs="/ca.pem"
    ),
    "redis+sentinel://a/s?cluster=false": sentinels("a"),
    "redis+sentinel://a/s?socket_timeout=1.5": sentinels("a", socket_timeout=1.5),
}

CLUSTER: Final[dict[str, RedisTarget]] = {
    "redis://node1:7000,node2:7000,node3:7000?cluster=true": cluster(
        "node1", "node2", "node3", port=7000
    ),
    "redis://node1:7000?cluster=true": cluster("node1", port=7000),
    "redis+cluster://a,b": cluster("a", "b"),
    "redis-cluster://a": cluster("a"),
    "rediss+cluster://a": cluster("a", tls=True),
    "rediss://a,b?cluster=true": cluster("a", "b", tls=True),
    "redis://a,b?cluster=true&ssl=true": cluster("a", "b", tls=True),
    "valkeys-cluster://a": cluster("a", tls=True),
    "valkey://a,b?cluster=yes": cluster("a", "b"),
    "redis+cluster://a?cluster=true": cluster("a"),
    "redis+cluster://a/0": cluster("a"),
    "redis+cluster://a?db=0": cluster("a"),
    "redis+cluster://u:pw@a:7000,b:7000/?read=replica": cluster(
        "a", "b", port=7000, username="u", password="pw", read="replica"
    ),
    "rediss://:pw@clustercfg.c.x1.use1.cache.amazonaws.com:6379?cluster=true": cluster(
        "clustercfg.c.x1.use1.cache.amazonaws.com", password="pw", tls=True
    ),
    "rediss://iam-user@clustercfg.c.x1.use1.cache.amazonaws.com:6379?cluster=true": cluster(
        "clustercfg.c.x1.use1.cache.amazonaws.com", username="iam-user", tls=True
    ),
    "redis://[::1]:7000,[::2]:7000?cluster=true": cluster("::1", "::2", port=7000),
}

VALID: Final = {**STANDALONE, **SENTINEL, **CLUSTER}
OFF: Final = ("", "  ", "none", "None", " NONE\n")
