"""What REDIS_URL may not say, and the exact line that stops the start then, without `REDIS_URL: `.

A message never repeats what stood there: where a URL is broken, any of it may be a password.
"""

from typing import Final

BEGIN: Final = (
    "must begin, without quotes, with redis://, rediss:// (TLS), redis+sentinel://, "
    "redis+cluster:// or unix://; valkey for redis is fine."
)
SPACE: Final = "holds a space or a control character; write it as %20 and the like."
PERCENT: Final = "has a % that begins no UTF-8 character; write a % itself as %25."
SPELL: Final = (
    "a password stands once, before the first host, and must spell / ? # @ in it "
    "as %2F %3F %23 %40."
)
NO_PASSWORD: Final = (
    "the part before the @ has no password; write redis://:password@host or "
    "redis://user:password@host."
)
NO_HOST: Final = "names no host; write redis://host:6379/0."
HOST: Final = "a host must be a name, an IPv4 address, or an IPv6 address in brackets, [::1]."
TWIN: Final = "names the same host and port twice; say it once."
SEVERAL: Final = "several hosts need ?cluster=true, or redis+sentinel:// before them."
PORT: Final = "a port, after its host and a colon, must be a number from 1 to 65535."
DB: Final = "the database, after a slash, must be a number such as 0."
DB_OPTION: Final = "the option db must be a number such as 0."
DB_TWICE: Final = "the database number stands both in the path and in ?db=; say it once."
CLUSTER_DB: Final = "a cluster has no database but 0; drop the number."
SERVICE: Final = (
    "names no service, in letters, digits, . - or _ after the Sentinels; write "
    "redis+sentinel://host:26379/mymaster/0."
)
SOCKET: Final = "a socket is named by its whole path: unix:///path/to/redis.sock?db=0."
SOCKET_TLS: Final = "ssl options mean nothing on a unix socket; drop them."
PAIR: Final = "what follows the ? must be name=value, joined by &."
KNOWN: Final = (
    "known are db, ssl, ssl_cert_reqs, ssl_ca_certs, ssl_certfile, ssl_keyfile, "
    "ssl_check_hostname, cluster, read, sentinel_username, sentinel_password, max_connections, "
    "socket_connect_timeout, socket_timeout."
)
UNKNOWN: Final = "option 1 after the ? is unknown"
SSL: Final = "the option ssl must be true or false."
REQS: Final = "the option ssl_cert_reqs must be required, optional or none."
NO_TLS: Final = "ssl_... options need TLS; add ssl=true or begin with rediss://."
TLS_TWICE: Final = "rediss:// and valkeys:// mean TLS, ssl=false does not; say one thing."
TIME: Final = "the option socket_timeout must be seconds, above 0 and at most 60."
COUNT: Final = "the option max_connections must be a number from 1 to 10000."
READ: Final = "the option read must be primary or replica."
REPLICA: Final = "read=replica needs redis+sentinel:// or a cluster; drop it."
SENTINELS: Final = "sentinel_... options need Sentinels; begin with redis+sentinel://."
KINDS: Final = "the beginning and the option cluster contradict; keep one of them."

REFUSED: Final = {
    # The beginning
    "localhost:6379": BEGIN,
    "http://h": BEGIN,
    "redis:h": BEGIN,
    "redis:/h": BEGIN,
    "://h": BEGIN,
    '"redis://h"': BEGIN,
    "REDIS_URL=redis://h": BEGIN,
    "redis+srv://h": BEGIN,
    "unix+sentinel:///run/redis.sock": BEGIN,
    "h.redis.cache.windows.net:6380,password=x,ssl=True": BEGIN,
    # Characters
    "redis://a b": SPACE,
    "redis://h\t/0": SPACE,
    "redis://:a\x00b@h": SPACE,
    "redis://h\udcff": SPACE,
    "redis://:50%off@h": PERCENT,
    "redis://:50%@h": PERCENT,
    "redis://:%ff@h": PERCENT,
    "rediss://h?ssl_ca_certs=%C3": PERCENT,
    # Accounts
    "redis://:a@b@h": SPELL,
    "redis://:a/b@h": SPELL,
    "redis://:a?b@h": SPELL,
    "redis://:a#b@h": SPELL,
    "redis://h/0#x": SPELL,
    "redis+sentinel://:p@a,:p@b/s": SPELL,
    "redis+sentinel://a/s?sentinel_password=p@w": SPELL,
    "redis://user:@h": NO_PASSWORD,
    "redis://:@h": NO_PASSWORD,
    "redis://@h": NO_PASSWORD,
    # Hosts and ports
    "redis://": NO_HOST,
    "redis:///0": NO_HOST,
    "redis://:6379": NO_HOST,
    "redis://:pw@": NO_HOST,
    "redis+cluster://a,,b": NO_HOST,
    "redis+cluster://a,": NO_HOST,
    "redis+sentinel:///s": NO_HOST,
    "redis://-h": HOST,
    "redis://a..b": HOST,
    "redis://bücher.example": HOST,
    "redis://h%41": HOST,
    f"redis://{'a' * 64}": HOST,
    f"redis://{'a.' * 127}a": HOST,
    "redis://6379": HOST,
    "redis://10.0.0.256": HOST,
    "redis://[::g]:1": HOST,
    "redis://[::1": HOST,
    "redis://[]": HOST,
    "redis://[fe80::1%25eth0]": HOST,
    "redis://::1": HOST,
    "redis://h:6379:6380": HOST,
    "redis://h:0": PORT,
    "redis://h:65536": PORT,
    "redis://h:x": PORT,
    "redis://h:": PORT,
    "redis://h:-1": PORT,
    "redis://h:\uff11": PORT,
    "redis+cluster://a,b:x": PORT,
    "redis+cluster://a:6379,A": TWIN,
    "redis+sentinel://a,a:26379/s": TWIN,
    "redis://a,b": SEVERAL,
    "redis://a,b?cluster=false": SEVERAL,
    # Databases
    "redis://h/notanum": DB,
    "redis://h/0/1": DB,
    "redis://h//0": DB,
    "redis://h/-1": DB,
    "redis://h/100000": DB,
    "redis+sentinel://a/s/x": DB,
    "redis+sentinel://a/0/s": DB,
    "redis://h?db=x": DB_OPTION,
    "redis://h?db=": DB_OPTION,
    "redis://h/0?db=1": DB_TWICE,
    "redis+sentinel://a/s/1?db=1": DB_TWICE,
    "redis+cluster://a/1": CLUSTER_DB,
    "redis+cluster://a?db=1": CLUSTER_DB,
    "redis://a,b/2?cluster=true": CLUSTER_DB,
    # Services
    "redis+sentinel://a": SERVICE,
    "redis+sentinel://a/": SERVICE,
    "redis+sentinel://a/0": SERVICE,
    "redis+sentinel://a//0": SERVICE,
    "redis+sentinel://a/my%20master": SERVICE,
    "redis+sentinel://a?db=1": SERVICE,
    # Unix sockets
    "unix://run/redis.sock": SOCKET,
    "unix://": SOCKET,
    "unix:///run/": SOCKET,
    "unix:///run/%00": SOCKET,
    "unix:///run/redis.sock?ssl=true": SOCKET_TLS,
    "unix:///run/redis.sock?ssl_ca_certs=/ca.pem": SOCKET_TLS,
    "unix:///run/redis.sock?cluster=true": KINDS,
    "unix:///run/redis.sock?read=replica": REPLICA,
    # Options
    "redis://h?ssl": PAIR,
    "redis://h?ssl=true&": PAIR,
    "redis://h?&ssl=true": PAIR,
    "redis://h?foo=1": f"{UNKNOWN}; {KNOWN}",
    "redis://h?db=1&=2": f"option 2 after the ? is unknown; {KNOWN}",
    "rediss://h?ssl_ca_cert=/x": f"{UNKNOWN} (is ssl_ca_certs meant?); {KNOWN}",
    "redis://h?SSL=true": f"{UNKNOWN} (is ssl meant?); {KNOWN}",
    "redis://h?ssl=true&amp;db=1": f"option 2 after the ? is unknown; {KNOWN}",
    "redis://h?db=1&db=2": "names the option db twice; say it once.",
    "redis://h?password=x": "password is no option; write user:password@ before the host.",
    "redis://h?protocol=3": "the option protocol is set by Tally itself; drop it.",
    "redis://h?ssl=maybe": SSL,
    "redis://h?ssl=": SSL,
    "redis://h?ssl=true\\": SSL,
    "redis://h?cluster=2": "the option cluster must be true or false.",
    "rediss://h?ssl=false": TLS_TWICE,
    "valkeys+sentinel://h/s?ssl=no": TLS_TWICE,
    "rediss://h?ssl_cert_reqs=perhaps": REQS,
    "rediss://h?ssl_ca_certs=": "the option ssl_ca_certs must name a file.",
    "rediss://h?ssl_ca_certs=%0A": "the option ssl_ca_certs must name a file.",
    "redis://h?ssl_cert_reqs=none": NO_TLS,
    "redis://h?ssl=false&ssl_ca_certs=/x": NO_TLS,
    "redis+cluster://h?ssl_check_hostname=false": NO_TLS,
    "rediss://h?ssl_keyfile=/k": "ssl_keyfile is the key of a certificate; add ssl_certfile.",
    "rediss://h?ssl_cert_reqs=none&ssl_check_hostname=true": (
        "ssl_cert_reqs=none checks no certificate, ssl_check_hostname=true does; say one thing."
    ),
    "redis://h?socket_timeout=0": TIME,
    "redis://h?socket_timeout=60.1": TIME,
    "redis://h?socket_timeout=1e1": TIME,
    "redis://h?socket_timeout=nan": TIME,
    "redis://h?socket_timeout=abc": TIME,
    "redis://h?max_connections=0": COUNT,
    "redis://h?max_connections=10001": COUNT,
    "redis://h?max_connections=2.5": COUNT,
    "redis://h?read=secondary": READ,
    "redis://h?read=replica": REPLICA,
    "redis://h?sentinel_password=x": SENTINELS,
    "redis+cluster://h?sentinel_username=x&sentinel_password=y": SENTINELS,
    "redis+sentinel://a/s?sentinel_password=": "the option sentinel_password must not be empty.",
    "redis+sentinel://a/s?sentinel_username=x": (
        "sentinel_username is half an account; add sentinel_password."
    ),
    "redis+sentinel://a/s?cluster=true": KINDS,
    "redis+cluster://a?cluster=false": KINDS,
}
