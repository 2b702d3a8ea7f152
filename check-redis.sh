#!/bin/sh
# Is Redis up, and does Tally answer for its cache? Exits 0 with "Redis is healthy", else 1.
#
#   REDIS_HOST=localhost REDIS_PORT=6379   where Redis is
#   REDISCLI_AUTH=password                 its password, never on a command line
#   REDIS_USERNAME=tally                   the user, if it is an ACL user
#   REDIS_TLS=1 REDIS_CACERT=ca.pem        TLS, and whom to trust
#   REDIS_CLI=redis-cli                    or valkey-cli
#   TALLY_URL=http://localhost:8000        where Tally is
#   CHECK_SECONDS=3                        how long each of the two may take
#
# It tells whether Redis answers, not whether Tally uses it: that is `redis_enabled` in the statistics.

seconds=${CHECK_SECONDS:-3}
port=${REDIS_PORT:-6379}

# No limit at all is what both `timeout` and curl take a 0 for.
case $seconds in
  *[!0-9]* | 0* | ?????*)
    echo "CHECK_SECONDS is '$seconds'; it must be a whole number of seconds from 1 to 9999."
    exit 1
    ;;
esac
case $port in
  *[!0-9]* | 0* | ??????*) fits=no ;;
  *) [ "$port" -le 65535 ] && fits=yes || fits=no ;;
esac
if [ "$fits" = no ]; then
  echo "REDIS_PORT is '$port'; it must be a number from 1 to 65535."
  exit 1
fi

# Runs a command for so long at most; for as long as it takes where there is no `timeout` (macOS).
bounded() {
  if command -v timeout >/dev/null 2>&1; then
    timeout "$seconds" "$@"
  else
    "$@"
  fi
}

set -- "${REDIS_CLI:-redis-cli}" -h "${REDIS_HOST:-localhost}" -p "$port"
if [ -n "${REDIS_USERNAME:-}" ]; then
  set -- "$@" --user "$REDIS_USERNAME"
fi
if [ -n "${REDIS_TLS:-}" ]; then
  set -- "$@" --tls
fi
if [ -n "${REDIS_CACERT:-}" ]; then
  set -- "$@" --cacert "$REDIS_CACERT"
fi

# A frozen server accepts connections and says nothing: redis-cli alone would wait for ever. It
# exits with 0 for an error reply, too (a wrong password, LOADING), so the answer is compared.
if [ "$(bounded "$@" ping 2>/dev/null)" != PONG ]; then
  echo "Redis is DOWN"
  exit 1
fi

# A redirect, or the page of somebody else at that address, is no failure to curl: the answer counts.
if ! curl -f -m "$seconds" "${TALLY_URL:-http://localhost:8000}/api/v2/cache/stats" 2>/dev/null |
  grep '"cache_enabled"' >/dev/null 2>&1; then
  echo "Cache stats endpoint is DOWN"
  exit 1
fi

echo "Redis is healthy"
exit 0
