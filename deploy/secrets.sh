#!/bin/sh
# Makes what docker-compose.yml and its variants mount as secrets, in ./secrets or the folder given.
# What is there already stays: run it again when a variant needs more. Needs openssl.
set -eu

folder=${1:-secrets}
mkdir -p "$folder"
# Only its owner can enter. The files in it are for all to read, since a container's user mounts
# them under another number.
chmod 700 "$folder"
cd "$folder"
umask 022

# Hexadecimal: nothing in it that a URL, a shell or a configuration file would read otherwise.
for name in redis-password redis-owner-password postgres-password grafana-password; do
  [ -s "$name" ] || openssl rand -hex 32 > "$name"
done

[ -s database-url ] ||
  echo "postgresql://tally:$(cat postgres-password)@postgres:5432/tally" > database-url

# For the TLS variant: an authority of your own, for ten years, and Redis's certificate, for one.
# Remove redis.crt and run this again to renew it.
if [ ! -s ca.crt ]; then
  openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=Tally's Redis" \
    -addext keyUsage=critical,keyCertSign,cRLSign -keyout ca.key -out ca.crt 2> /dev/null
fi
if [ ! -s redis.crt ]; then
  # The names under which it is asked: its service's, and from this machine.
  cat > redis.ext << END
subjectAltName=DNS:redis,DNS:localhost,IP:127.0.0.1
basicConstraints=critical,CA:FALSE
extendedKeyUsage=serverAuth
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
END
  rm -f redis.key
  openssl req -newkey rsa:2048 -nodes -subj "/CN=redis" -keyout redis.key -out redis.csr 2> /dev/null
  openssl x509 -req -in redis.csr -CA ca.crt -CAkey ca.key -set_serial "0x$(openssl rand -hex 16)" \
    -days 365 -extfile redis.ext -out redis.crt 2> /dev/null
  rm redis.csr redis.ext
fi
chmod 444 ./*
# It signs certificates: no container needs it.
chmod 400 ca.key
echo "$(pwd) has: $(echo *)"
