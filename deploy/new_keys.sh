#!/bin/sh
# Settings for `docker compose up` on a new machine: random keys, and the Toss sandbox.
#     sh deploy/new_keys.sh >> .env
# For Toss's own keys remove COMPOSE_PROFILES: the sandbox is not started then.
set -eu

random() {
  od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}

# a .env whose last line has no end
echo
echo "COMPOSE_PROFILES=sandbox"
for name in POSTGRES_PASSWORD ORDER_DATABASE_PASSWORD PAYMENT_DATABASE_PASSWORD \
  INTERNAL_API_KEY MERCHANT_API_KEY SESSION_SECRET; do
  echo "$name=$(random)"
done
