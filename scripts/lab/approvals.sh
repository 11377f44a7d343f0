#!/usr/bin/env bash
# A migration that was asked for, approved and run, and then run again with one byte changed: a real PostgreSQL, psql,
# ssh-keygen and openssl.
#   approvals.sh FOLDER     leaves 0042.sql, policy.yaml, allowed_signers, tsa.pem, approvals/ with a request, its signature
#                           and the time stamp of that, and planned.pcap, changed.pcap, again.pcap
# Needs $EXHIBIT, the program, for the request itself. All private keys are thrown away.
set -euo pipefail
out=$1
exhibit=${EXHIBIT:?set EXHIBIT to the program}
. "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/lab.sh"
lab_begin
lab_postgres
rm -rf "$out/approvals"
mkdir -p "$out/approvals"

base() {
  export PGOPTIONS="-c client_min_messages=warning"
  lab_admin -c 'DROP DATABASE IF EXISTS shop' -c 'CREATE DATABASE shop' >/dev/null
  lab_admin -d shop -c "CREATE TABLE orders AS SELECT n AS id, n % 40 AS customer_id, 'paid' AS status, n * 3.5 AS total
    FROM generate_series(1, 400) n" -c 'GRANT ALL ON orders TO migrator; ALTER TABLE orders OWNER TO migrator' \
    -c 'GRANT CREATE ON SCHEMA public TO migrator' >/dev/null
}
lab_admin -c 'CREATE ROLE migrator LOGIN' >/dev/null
base

cat >"$out/0042.sql" <<'SQL'
-- A risk score on every order, for the fraud team (OPS-1412).
SET lock_timeout = '5s';
BEGIN;
ALTER TABLE orders ADD COLUMN risk_score int NOT NULL DEFAULT 0;
CREATE INDEX orders_risk_score_idx ON orders (risk_score) WHERE risk_score > 0;
UPDATE orders SET risk_score = 50 WHERE total > 1000;
COMMIT;
SQL
sed 's/total > 1000/total > 100/' "$out/0042.sql" >"$LAB/changed.sql"

cat >"$out/policy.yaml" <<'YAML'
# Every change of the shop's database needs a database administrator who neither asked for it nor does it.
version: 1
targets:
  prod: { protocol: postgres, database: shop }
people:
  omar@shop.example: { users: [dba] }
groups:
  dba: [omar@shop.example, ines@shop.example]
approvals:
  signers: allowed_signers
  time-stamps: tsa.pem
  namespace: shop.example
rules:
  - id: reads
    when: { effect: [read, session] }
    then: allow
  - id: changes
    when: { target: prod }
    then: require-approval
    approval: { count: 1, from: [dba], within: 4h }
    severity: high
default: require-approval
YAML

# Who may sign.
for name in lin omar; do ssh-keygen -q -t ed25519 -N '' -C "$name" -f "$LAB/$name"; done
for name in lin omar; do
  echo "$name@shop.example namespaces=\"*@shop.example\" $(cut -d' ' -f1,2 "$LAB/$name.pub")"
done >"$out/allowed_signers"

# A time stamping authority (RFC 3161).
tsa=$LAB/tsa
mkdir "$tsa"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj "/CN=Lab time stamp root" \
  -keyout "$tsa/root.key" -out "$out/tsa.pem" 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=Lab time stamps" \
  -keyout "$tsa/tsa.key" -out "$tsa/tsa.csr" 2>/dev/null
printf 'extendedKeyUsage=critical,timeStamping\n' >"$tsa/usage"
openssl x509 -req -in "$tsa/tsa.csr" -CA "$out/tsa.pem" -CAkey "$tsa/root.key" -CAcreateserial -days 3650 \
  -extfile "$tsa/usage" -out "$tsa/tsa.pem" 2>/dev/null
cat >"$tsa/tsa.conf" <<CONF
[tsa]
default_tsa = lab
[lab]
serial = $tsa/serial
signer_cert = $tsa/tsa.pem
signer_key = $tsa/tsa.key
certs = $out/tsa.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
ess_cert_id_chain = no
CONF
echo 01 >"$tsa/serial"
stamp() {
  openssl ts -query -data "$1" -sha256 -cert -out "$tsa/query" 2>/dev/null
  openssl ts -reply -config "$tsa/tsa.conf" -queryfile "$tsa/query" -out "$1.tsr" 2>/dev/null
}

# Lin asks, Omar reads and signs.
"$exhibit" plan "$out/0042.sql" --title "Risk scores for orders" --requested-by lin@shop.example \
  --reason "OPS-1412: the fraud team sorts by it" --target prod --database shop --user migrator \
  --use-by "$(date -u -d '+6 hours' +%Y-%m-%dT%H:%M:%SZ)" --policy "$out/policy.yaml" \
  --output "$out/approvals/0042.approval" >"$LAB/plan.txt"
ssh-keygen -q -Y sign -n approval@shop.example -f "$LAB/omar" "$out/approvals/0042.approval" 2>/dev/null
stamp "$out/approvals/0042.approval.sig"
# The stamp says the second; what runs now runs after it.
sleep 1.1

migrate() { # FILE CAPTURE
  lab_capture
  unset PGOPTIONS
  PGUSER=migrator PGDATABASE=shop PGAPPNAME="ci-runner migrate 0042" psql -X -q -v ON_ERROR_STOP=1 -f "$1"
  lab_captured "$out/$2"
}
migrate "$out/0042.sql" planned.pcap
base
migrate "$LAB/changed.sql" changed.pcap
base
migrate "$out/0042.sql" again.pcap
lab_stop_postgres
