#!/usr/bin/env bash
# An agent with Claude Code's hooks finds an error, mends it and pushes: PostgreSQL, HTTPS through a proxy and git over SSH, all through one
# gateway, which records prompts and traffic together. The push waits until somebody approves it on the gateway's page.
# All private keys, tokens and passwords are thrown away.
#   make.sh [FOLDER]      where the recording and what belongs to it go (this sample's own)
set -euo pipefail
to=$(realpath -m "${1:-$(dirname "${BASH_SOURCE[0]}")}")
cd "$(dirname "${BASH_SOURCE[0]}")"
. ../../scripts/lab/lab.sh
. ../../scripts/lab/ssh/ssh.sh
EXHIBIT=${EXHIBIT:-$(cd ../.. && swift build --product exhibit >&2 && swift build --show-bin-path)/exhibit}
CHROMIUM=$(command -v chromium-headless-shell || command -v chromium) || lab_die "no Chromium found: run scripts/setup.sh --tests first"
lab_begin
here=$LAB/gateway
mkdir -p "$here/state" "$here/approvals"

# The shop's database, and the column that nobody filled.
lab_postgres
lab_admin -c "CREATE ROLE svc_shop LOGIN PASSWORD 'only-the-gateway-has-it'" -c 'CREATE DATABASE shop OWNER svc_shop' >/dev/null
lab_admin -d shop -c "CREATE TABLE refunds AS SELECT n AS id, n * 7 AS order_id, CASE WHEN n % 9 = 0 THEN NULL ELSE 'EUR' END AS currency
  FROM generate_series(1, 90) n" -c 'ALTER TABLE refunds OWNER TO svc_shop' >/dev/null
lab_hba 'host all svc_shop 127.0.0.1/32 scram-sha-256'
echo only-the-gateway-has-it >"$here/password"

# Its web application behind TLS, and the host with its repository.
lab_tls
mkdir -p "$LAB/git"
WEB_PORT=$(lab_free_port 8443)
lab_start shop "$LAB_PYTHON" "$LAB_SCRIPTS/web/shop.py" "$WEB_PORT" "$LAB/shop.jsonl" "$LAB/git" --tls "$LAB/tls/server.pem" "$LAB/tls/server.key"
ssh_begin
export HOME=$LAB/home GIT_CONFIG_GLOBAL=/dev/null
git init -q --bare -b main "$LAB/home/shop.git"
git init -q -b main "$LAB/home/shop"
git -C "$LAB/home/shop" config user.name claude-code
git -C "$LAB/home/shop" config user.email claude-code@shop.example
cat >"$LAB/home/shop/refunds.py" <<'PY'
def total(refunds):
    return sum(refund.amount * rate(refund.currency) for refund in refunds)
PY
git -C "$LAB/home/shop" add refunds.py
git -C "$LAB/home/shop" commit -q -m "Refunds"
git -C "$LAB/home/shop" push -q "$LAB/home/shop.git" main

# Omar's key may certify his browser; nothing else decides.
ssh-keygen -q -t ed25519 -N '' -C omar -f "$here/omar"
echo "omar@shop.example cert-authority,namespaces=\"*@shop.example\" $(cut -d' ' -f1,2 "$here/omar.pub")" >"$here/allowed_signers"
cat >"$here/policy.yaml" <<'YAML'
# What an agent may do alone: look. A change of the database is never made by hand; one of the code is read by a maintainer before.
version: 1
people:
  omar@shop.example: { users: [maintainers] }
groups:
  maintainers: [omar@shop.example]
approvals:
  signers: allowed_signers
  namespace: shop.example
rules:
  - id: reads
    when: { effect: [read, session] }
    then: allow
  - id: by-hand
    when: { protocol: postgres }
    then: deny
    severity: high
  - id: pushes
    when: { kind: git }
    then: require-approval
    approval: { count: 1, from: [maintainers], within: 4h }
    severity: high
default: deny
YAML
"$EXHIBIT" log key gateway.shop.example/release --output "$here/log.key" >/dev/null
"$EXHIBIT" gateway ca "Shop's agents" --certificate "$here/ca.pem" --key "$here/ca.key" >/dev/null
cp "$LAB/tls/authority.pem" "$here/servers.pem"
ssh-keygen -q -t ed25519 -N '' -C gateway -f "$here/host"
cp "$LAB/ssh/user" "$here/deploy"
token=$("$EXHIBIT" gateway token release-agent)
secret=$(sed -n 's/^.*nowhere else: //p' <<<"$token")
database=$(lab_free_port 6432) shell=$(lab_free_port 2022) proxy=$(lab_free_port 3128) page=$(lab_free_port 8743)
ssh-keygen -q -t ed25519 -N '' -C release-agent -f "$LAB/agent"
cat >"$here/gateway.yaml" <<YAML
version: 1
policy: policy.yaml
approvals: approvals
state: state
socket: gateway.sock
page: { listen: 127.0.0.1:$page }
recording: { directory: recording, key: log.key, durability: strict }
listeners:
  - name: shop
    protocol: postgres
    listen: 127.0.0.1:$database
    authentication: scram-sha-256
    target: { name: shop, server: "127.0.0.1:$PGPORT", user: svc_shop, password-file: password, databases: [shop] }
  - name: app
    protocol: ssh
    listen: 127.0.0.1:$shell
    authentication: public-key
    host-keys: host
    target: { name: app, server: "127.0.0.1:$SSH_PORT", host-keys: ["$(cut -d' ' -f1,2 "$LAB/ssh/host.pub")"], user: $(id -un), key: deploy }
  - name: out
    protocol: http
    listen: 127.0.0.1:$proxy
    authentication: password
    forward: { authority: ca.pem, key: ca.key, hosts: [{ url: "https://localhost:$WEB_PORT", tls: { authority: servers.pem } }] }
tokens:
  - name: release-agent
    human: lin@shop.example
    agent: claude-code
    run: nightly-4712
    $(sed -n 's/^ *\(scram: .*\)/\1/p' <<<"$token")
    $(sed -n 's/^ *\(sha256: [0-9a-f]*\).*/\1/p' <<<"$token" | head -1)
    ssh-keys: ["$(cut -d' ' -f1,2 "$LAB/agent.pub")"]
YAML
chmod 600 "$here"/*.key "$here/host" "$here/deploy" "$here/password" "$here/gateway.yaml"
"$EXHIBIT" gateway check --config "$here/gateway.yaml"
"$EXHIBIT" gateway --config "$here/gateway.yaml" 2>"$LAB/gateway.log" &
gateway=$!
LAB_PROCESSES+=("$gateway")
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$page") 2>/dev/null && (exec 3<>"/dev/tcp/127.0.0.1/$database") 2>/dev/null; }
lab_until 30 "the gateway to listen" listens

# What the agent has: where the gateway is, and its own token and key. The servers' secrets it has not.
mkdir -p "$LAB/agent.d"
cat >"$LAB/agent.d/ssh_config" <<CONF
Host app.internal
  HostName 127.0.0.1
  Port $shell
  User release-agent
  IdentityFile $LAB/agent
  IdentitiesOnly yes
  HostKeyAlias gateway.internal
  UserKnownHostsFile $LAB/agent.d/known_hosts
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  SendEnv TRACEPARENT
CONF
echo "gateway.internal $(cut -d' ' -f1,2 "$here/host.pub")" >"$LAB/agent.d/known_hosts"
"$EXHIBIT" hook install claude-code --socket "$here/gateway.sock" --settings "$LAB/agent.d/settings.json" --closed --mark-calls >/dev/null
git -C "$LAB/home/shop" remote add origin "app.internal:~/shop.git"
cat >"$LAB/agent.d/plan.json" <<JSON
{"conversation": "7d2f4a10-53c6-4e0e-9f0a-1c8b5f3e9a21", "turns": [
  {"prompt": "Refunds fail since Tuesday: the report of totals is empty. Find out why, and change nothing.", "calls": [
    {"command": "curl -sS https://localhost:$WEB_PORT/orders"},
    {"command": "psql -X -c \"SELECT currency, count(*) FROM refunds GROUP BY 1\""},
    {"command": "ssh app.internal 'git -C ~/shop.git log --oneline -3 main'"}]},
  {"prompt": "Then let a refund without a currency count as EUR. Push it to main.", "calls": [
    {"command": "psql -X -c \"UPDATE refunds SET currency = 'EUR' WHERE currency IS NULL\"", "fails": true},
    {"command": "sed -i \"s/refund.currency)/refund.currency or 'EUR')/\" refunds.py && git commit -aqm 'A refund without a currency is one of EUR'"},
    {"command": "git push -q origin main"},
    {"command": "curl -sS -X DELETE https://localhost:$WEB_PORT/orders/7", "fails": false}]}]}
JSON
"$LAB_PYTHON" "$LAB_SCRIPTS/approver.py" "$CHROMIUM" "$LAB/browser" "http://localhost:$page/" "$EXHIBIT" "$here/gateway.sock" "$here/omar" \
  "$LAB/page.png" >"$LAB/approver.out" 2>"$LAB/approver.err" &
approver=$!
LAB_PROCESSES+=("$approver")
lab_until 60 "Omar to look at the page" lab_ready approver "$approver"
(
  cd "$LAB/home/shop"
  export HTTPS_PROXY=http://release-agent:$secret@127.0.0.1:$proxy CURL_CA_BUNDLE=$here/ca.pem NO_PROXY=
  export PGHOST=127.0.0.1 PGPORT=$database PGUSER=release-agent PGDATABASE=shop PGPASSWORD=$secret
  export PATH=/usr/local/bin:/usr/bin:/bin GIT_SSH_COMMAND="ssh -F $LAB/agent.d/ssh_config"
  ssh() { command ssh -F "$LAB/agent.d/ssh_config" "$@"; }
  export LAB
  export -f ssh
  "$LAB_PYTHON" "$LAB_SCRIPTS/hooked.py" "$LAB/agent.d/settings.json" "$LAB/agent.d/plan.json"
) || { cat "$LAB/gateway.log" "$LAB/approver.err" >&2; lab_die "the agent did not do what it was to do"; }
wait "$approver" || { cat "$LAB/approver.err" >&2; lab_die "nobody approved"; }
tail -n 1 "$LAB/approver.out"
[ "$(git -C "$LAB/home/shop.git" rev-parse main)" = "$(git -C "$LAB/home/shop" rev-parse main)" ] || lab_die "the push did not arrive"
kill "$gateway"
wait "$gateway" || { cat "$LAB/gateway.log" >&2; lab_die "the gateway did not end well"; }
for word in only-the-gateway-has-it "$secret"; do
  if grep -rqaF "$word" "$here/recording" "$LAB/gateway.log"; then lab_die "a secret is in the recording or the log"; fi
done

mkdir -p "$to"
rm -rf "$to/recording" "$to/approvals"
cp -r "$here/recording" "$to/recording"
rm -f "$to"/recording/lock "$to"/recording/reserve "$to"/recording/log/lock
cp -r "$here/approvals" "$to/"
cp "$here/policy.yaml" "$here/allowed_signers" "$to/"
cp "$here/log.key.vkey" "$to/log.vkey"
cp "$LAB/page.png" "$to/page.png"
lab_stop_postgres
