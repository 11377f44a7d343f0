#!/usr/bin/env bash
# An agent's session through the recording gateway to a real PostgreSQL: reads, a write that is forbidden, and a migration that waits
# until somebody has signed it with ssh-keygen. All private keys, tokens and passwords are thrown away.
#   make.sh [FOLDER]      where the recording and what belongs to it go (this sample's own)
set -euo pipefail
to=$(realpath -m "${1:-$(dirname "${BASH_SOURCE[0]}")}")
cd "$(dirname "${BASH_SOURCE[0]}")"
. ../../scripts/lab/lab.sh
EXHIBIT=${EXHIBIT:-$(cd ../.. && swift build --product exhibit >&2 && swift build --show-bin-path)/exhibit}
lab_begin
lab_postgres
lab_admin -c "CREATE ROLE svc_shop LOGIN PASSWORD 'only-the-gateway-has-it'" -c 'CREATE DATABASE shop OWNER svc_shop' >/dev/null
lab_admin -d shop -c "CREATE TABLE orders AS SELECT n AS id, n % 40 AS customer_id, 'paid' AS status, n * 3.5 AS total
  FROM generate_series(1, 400) n" -c 'ALTER TABLE orders OWNER TO svc_shop' >/dev/null
lab_hba 'host all svc_shop 127.0.0.1/32 scram-sha-256'

here=$LAB/gateway
mkdir -p "$here/state" "$here/approvals"
cp ../approvals/0042.sql "$here/"
ssh-keygen -q -t ed25519 -N '' -C omar -f "$here/omar"
echo "omar@shop.example namespaces=\"*@shop.example\" $(cut -d' ' -f1,2 "$here/omar.pub")" >"$here/allowed_signers"
cat >"$here/policy.yaml" <<'YAML'
# What an agent may do to the shop's database: look; change what a person has signed; never write every row.
version: 1
targets:
  prod: { protocol: postgres, database: shop }
people:
  omar@shop.example: { users: [dba] }
groups:
  dba: [omar@shop.example]
approvals:
  signers: allowed_signers
  namespace: shop.example
rules:
  - id: reads
    when: { effect: [read, session] }
    then: allow
  - id: unfiltered
    when: { verb: [DELETE, UPDATE], unfiltered: true }
    then: deny
    severity: high
  - id: changes
    when: { target: prod }
    then: require-approval
    approval: { count: 1, from: [dba], within: 4h }
    severity: high
default: require-approval
YAML
echo only-the-gateway-has-it >"$here/password"
"$EXHIBIT" log key gateway.shop.example/prod --output "$here/log.key" >/dev/null
token=$("$EXHIBIT" gateway token report-agent)
port=$(lab_free_port 6432)
cat >"$here/gateway.yaml" <<YAML
version: 1
policy: policy.yaml
approvals: approvals
state: state
recording: { directory: recording, key: log.key, durability: strict }
listeners:
  - name: shop
    protocol: postgres
    listen: 127.0.0.1:$port
    authentication: scram-sha-256
    target: { name: prod, server: "127.0.0.1:$PGPORT", user: svc_shop, password-file: password, databases: [shop] }
tokens:
  - name: report-agent
    human: lin@shop.example
    agent: claude-code
    run: nightly-4711
    $(sed -n 's/^ *\(scram: .*\)/\1/p' <<<"$token")
YAML
chmod 600 "$here"/*.key "$here/password" "$here/gateway.yaml"
"$EXHIBIT" gateway check --config "$here/gateway.yaml"
"$EXHIBIT" gateway --config "$here/gateway.yaml" 2>"$LAB/gateway.log" &
gateway=$!
LAB_PROCESSES+=("$gateway")
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; }
lab_until 30 "the gateway to listen" listens

export PGPASSWORD PGHOST=127.0.0.1 PGPORT=$port PGUSER=report-agent PGDATABASE=shop PGAPPNAME=claude-code
PGPASSWORD=$(sed -n 's/^.*nowhere else: //p' <<<"$token")
psql="psql -X -q -v ON_ERROR_STOP=1"
echo '$ psql -c "SELECT count(*), sum(total) FROM orders"'
$psql -c "SELECT count(*), sum(total) FROM orders WHERE status = 'paid'"
echo '$ psql -c "UPDATE orders SET total = 0"'
if $psql -c "UPDATE orders SET total = 0"; then lab_die "a write of every row went through"; fi
echo '$ psql -f 0042.sql'
$psql -f "$here/0042.sql" >"$LAB/migration.out" 2>&1 &
migration=$!
held() { grep -q '"held"' "$LAB/gateway.log"; }
lab_until 30 "the migration to be held" held
waits() { grep -q 'waiting for an approval' "$LAB/migration.out"; }
lab_until 30 "the client to be told" waits

# Omar reads what is asked for, and signs it; the gateway looks into its folder of approvals each second.
"$EXHIBIT" plan "$here/0042.sql" --title "Risk scores for orders" --requested-by lin@shop.example \
  --reason "OPS-1412: the fraud team sorts by it" --target prod --database shop --user svc_shop \
  --use-by "$(date -u -d '+6 hours' +%Y-%m-%dT%H:%M:%SZ)" --policy "$here/policy.yaml" --output "$here/0042.approval" >"$LAB/plan.txt"
ssh-keygen -q -Y sign -n approval@shop.example -f "$here/omar" "$here/0042.approval" 2>/dev/null
mv "$here/0042.approval" "$here/0042.approval.sig" "$here/approvals/"
wait "$migration" || { cat "$LAB/migration.out" "$LAB/gateway.log" >&2; lab_die "the migration failed"; }
cat "$LAB/migration.out"
$psql -c "SELECT count(*) FROM orders WHERE risk_score > 0"
kill "$gateway"
wait "$gateway" || { cat "$LAB/gateway.log" >&2; lab_die "the gateway did not end well"; }
cat "$LAB/gateway.log"
for secret in only-the-gateway-has-it "$PGPASSWORD"; do
  if grep -rqaF "$secret" "$here/recording" "$LAB/gateway.log"; then lab_die "a secret is in the recording or the log"; fi
done

mkdir -p "$to"
rm -rf "$to/recording" "$to/approvals"
cp -r "$here/recording" "$to/recording"
rm -f "$to"/recording/lock "$to"/recording/reserve "$to"/recording/log/lock
cp -r "$here/approvals" "$to/"
cp "$here/policy.yaml" "$here/allowed_signers" "$here/0042.sql" "$to/"
cp "$here/log.key.vkey" "$to/log.vkey"
unset PGPASSWORD
lab_stop_postgres
