# The laboratory behind a gateway: PostgreSQL, HTTP and SSH go through it, for people and timers as for agents, and it records them. The agents
# have its hooks. Sourced by ../agents.sh when the servers are there, never run.
#
# Everyone comes with the same token (and at psql under other names with tokens of their own), from the same hosts: what tells agents from
# others is what the hooks say, and nothing else.
EXHIBIT=${EXHIBIT:-$LAB_SCRIPTS/../../.build/debug/exhibit}
[ -x "$EXHIBIT" ] || lab_die "no executable $EXHIBIT: run swift build first"
gateway=$LAB/gateway
mkdir -p "$gateway/state" "$LAB/hooks"

agents_token() { # NAME: a line of the configuration; the secret goes to $gateway/NAME.secret
  local made
  made=$("$EXHIBIT" gateway token "$1")
  sed -n 's/^.*nowhere else: //p' <<<"$made" >"$gateway/$1.secret"
  printf '  - { name: %s, human: lab@example.com, sha256: %s, %s%s }\n' "$1" "$(sed -n 's/^ *sha256: \([0-9a-f]*\).*/\1/p' <<<"$made" | head -n 1)" \
    "$(sed -n 's/^ *\(scram: \)\(.*\)/\1"\2"/p' <<<"$made")" "$2"
}

"$EXHIBIT" log key lab.example/agents --output "$gateway/log.key" >"$gateway/log.vkey"
"$EXHIBIT" gateway ca "The laboratory" --certificate "$gateway/ca.pem" --key "$gateway/ca.key" >/dev/null
ssh-keygen -q -t ed25519 -N '' -C gateway.internal -f "$gateway/host"
chmod 600 "$gateway/log.key" "$gateway/ca.key" "$LAB/ssh/user"
printf 'version: 1\nrules:\n  - { id: reads, when: { effect: [read, session] }, then: allow }\ndefault: allow\n' >"$gateway/policy.yaml"
databases=$("$LAB_PYTHON" - "$AGENTS" "$LAB/settings.json" "$seed" "$conversations" "$turns" <<'PY'
import json, sys
sys.path.insert(0, sys.argv[1])
import plan
made = plan.plans(int(sys.argv[3]), int(sys.argv[4]), json.load(open(sys.argv[2]))["ports"], int(sys.argv[5]))
print(", ".join(["shop"] + [name for one in made for name in one.databases]))
PY
)
gateway_pg=$(lab_free_port 6432) gateway_ssh=$(lab_free_port 2022) gateway_proxy=$(lab_free_port 3128)
{
  cat <<YAML
version: 1
policy: policy.yaml
state: state
socket: gateway.sock
recording: { directory: recording, key: log.key, durability: batched }
listeners:
  - name: shop
    protocol: postgres
    listen: 127.0.0.1:$gateway_pg
    authentication: scram-sha-256
    target: { name: shop, server: "127.0.0.1:$PGPORT", user: agent, tls: { insecure: none }, databases: [$databases] }
  - name: app
    protocol: ssh
    listen: 127.0.0.1:$gateway_ssh
    authentication: [public-key]
    host-keys: host
    target: { name: app, server: "127.0.0.1:$SSH_PORT", host-keys: ["$(cut -d' ' -f1,2 "$LAB/ssh/host.pub")"], user: $SSH_LAB_USER, key: $LAB/ssh/user }
  - name: out
    protocol: http
    listen: 127.0.0.1:$gateway_proxy
    authentication: password
    forward:
      authority: ca.pem
      key: ca.key
      hosts:
        - { url: "https://localhost:$HTTPS_PORT", tls: { authority: $LAB/tls/authority.pem } }
        - { url: "http://127.0.0.1:$HTTP_PORT" }
limits: { sessions: 1000, sessions-per-identity: 1000 }
tokens:
YAML
  agents_token agent ", ssh-keys: [\"$(cut -d' ' -f1,2 "$LAB/ssh/stranger.pub")\"]"
  for person in dana omar lin cron; do agents_token "$person" ""; done
} >"$gateway/gateway.yaml"
"$EXHIBIT" gateway --config "$gateway/gateway.yaml" 2>>"$gateway/log" &
agents_gateway=$!
LAB_PROCESSES+=("$agents_gateway")
lab_until 30 "the gateway" grep -qs '"listening"' "$gateway/log"

# What the developers' machines are set up with: files and variables, nothing that a command says.
for person in agent dana omar lin cron; do echo "*:*:*:$person:$(cat "$gateway/$person.secret")"; done >"$LAB/pgpass"
chmod 600 "$LAB/pgpass"
printf 'cacert = "%s"\n' "$gateway/ca.pem" >"$LAB/curl/.curlrc"
echo "app.internal $(cut -d' ' -f1,2 "$gateway/host.pub")" >"$LAB/ssh/known_hosts"
sed -i "s|^  Port .*|  Port $gateway_ssh|; s|^  User .*|  User agent|; s|^  IdentityFile .*|  IdentityFile $LAB/ssh/stranger|" "$LAB/ssh/config"
printf 'Host *\n  SendEnv TRACEPARENT\n' >>"$LAB/ssh/config"
for agent in claude-code codex; do
  "$EXHIBIT" hook install "$agent" --socket "$gateway/gateway.sock" --mark-calls --mark-proxy "127.0.0.1:$gateway_proxy" \
    --settings "$LAB/hooks/$agent.json" >/dev/null
done
jq --argjson server "$PGPORT" --argjson pg "$gateway_pg" --argjson ssh "$gateway_ssh" --argjson proxy "$gateway_proxy" --arg lab "$LAB" \
  --arg url "http://agent:$(cat "$gateway/agent.secret")@127.0.0.1:$gateway_proxy" '. + {
    $server, host: "localhost", hooks: {"claude-code": ($lab + "/hooks/claude-code.json"), codex: ($lab + "/hooks/codex.json")},
    environment: {PGPASSFILE: ($lab + "/pgpass"), HTTPS_PROXY: $url, https_proxy: $url, HTTP_PROXY: $url, http_proxy: $url}
  } | .ports += {$pg, $ssh, $proxy}' "$LAB/settings.json" >"$LAB/settings.new"
mv "$LAB/settings.new" "$LAB/settings.json"

# Leaves the recording and what tells whose each connection was.
agents_gateway_recorded() { # OUT
  kill -TERM "$agents_gateway"
  wait "$agents_gateway" || lab_die "the gateway ended with $?: $(tail -n 3 "$gateway/log")"
  cp -r "$gateway/recording" "$1/recording"
  cp "$gateway/log.vkey" "$LAB/connections.jsonl" "$LAB/calls.jsonl" "$LAB/settings.json" "$1/"
}
