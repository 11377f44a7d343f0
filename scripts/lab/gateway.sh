# A gateway before the laboratory's server, with one token: `agent`, or $LAB_TOKEN. Sourced after lab.sh, never run.
# Clients may ask for the database postgres, and for $LAB_DATABASE (`scratch`).
#
#   lab_gateway_files NAME DURABILITY [LIMITS]    what it needs, in $LAB/NAME; $GATEWAY_PORT, $GATEWAY_SECRET
#   lab_web_files NAME DURABILITY URL [LIMITS]    the same before a server of HTTP
#   lab_shell_files NAME DURABILITY               the same before the sshd of ssh/ssh.sh; who comes has the key $LAB/ssh/stranger
#   lab_gateway_start NAME                        starts it; returns once it listens; $GATEWAY_PROCESS
#   lab_gateway_listens NAME                      the same where it speaks no PostgreSQL
#
# EXHIBIT names the binary; otherwise it is the debug build of this checkout.
EXHIBIT=${EXHIBIT:-$LAB_SCRIPTS/../../.build/debug/exhibit}
[ -x "$EXHIBIT" ] || lab_die "no executable $EXHIBIT: run swift build first"

# Token, log and policy: what any gateway needs.
lab_gateway_ground() {
  local here=$LAB/$1
  mkdir -p "$here/state"
  GATEWAY_PORT=$(lab_free_port 6440)
  LAB_GATEWAY_TOKEN=$("$EXHIBIT" gateway token "${LAB_TOKEN:-agent}")
  GATEWAY_SECRET=$(sed -n 's/^.*nowhere else: //p' <<<"$LAB_GATEWAY_TOKEN")
  "$EXHIBIT" log key "lab.example/$1" --output "$here/log.key" >"$here/log.vkey"
  chmod 600 "$here/log.key"
  printf 'version: 1\nrules:\n  - { id: reads, when: { effect: [read, session] }, then: allow }\ndefault: allow\n' >"$here/policy.yaml"
}

lab_gateway_files() {
  local here=$LAB/$1
  lab_gateway_ground "$1"
  cat >"$here/gateway.yaml" <<YAML
version: 1
policy: policy.yaml
state: state
recording: { directory: recording, key: log.key, durability: $2 }
listeners:
  - name: lab
    protocol: postgres
    listen: 127.0.0.1:$GATEWAY_PORT
    authentication: scram-sha-256
    target: { name: lab, server: "${LAB_TARGET:-127.0.0.1:$PGPORT}", user: postgres, tls: { insecure: none }, databases: [postgres, ${LAB_DATABASE:-scratch}] }
tokens:
  - { name: ${LAB_TOKEN:-agent}, human: lab@example.com, $(sed -n 's/^ *\(scram: \)\(.*\)/\1"\2"/p' <<<"$LAB_GATEWAY_TOKEN") }
limits: { ${3:-sessions: 1000, sessions-per-identity: 1000} }
${LAB_THREADS:+threads: $LAB_THREADS}
YAML
}

lab_web_files() {
  local here=$LAB/$1
  lab_gateway_ground "$1"
  cat >"$here/gateway.yaml" <<YAML
version: 1
policy: policy.yaml
state: state
recording: { directory: recording, key: log.key, durability: $2 }
listeners:
  - name: web
    protocol: http
    listen: 127.0.0.1:$GATEWAY_PORT
    authentication: password
    http2: true
    limits: { head: 30s, idle: 30m }
    target: { name: web, url: "$3" }
tokens:
  - { name: ${LAB_TOKEN:-agent}, human: lab@example.com, $(sed -n 's/^ *\(sha256: \)\([0-9a-f]*\).*/\1\2/p' <<<"$LAB_GATEWAY_TOKEN" | head -1) }
limits: { ${4:-sessions: 1000, sessions-per-identity: 1000} }
${LAB_THREADS:+threads: $LAB_THREADS}
YAML
}

lab_shell_files() {
  local here=$LAB/$1
  lab_gateway_ground "$1"
  ssh-keygen -q -t ed25519 -N '' -C gateway.internal -f "$here/host"
  chmod 600 "$LAB/ssh/user"
  cat >"$here/gateway.yaml" <<YAML
version: 1
policy: policy.yaml
state: state
recording: { directory: recording, key: log.key, durability: $2 }
listeners:
  - name: shell
    protocol: ssh
    listen: 127.0.0.1:$GATEWAY_PORT
    authentication: [public-key]
    host-keys: host
    target: { name: app, server: "127.0.0.1:$SSH_PORT", host-keys: ["$(cut -d' ' -f1,2 "$LAB/ssh/host.pub")"], user: $SSH_LAB_USER, key: $LAB/ssh/user }
tokens:
  - { name: ${LAB_TOKEN:-agent}, human: lab@example.com, ssh-keys: ["$(cut -d' ' -f1,2 "$LAB/ssh/stranger.pub")"] }
YAML
}

lab_gateway_listens() {
  "$EXHIBIT" gateway --config "$LAB/$1/gateway.yaml" 2>>"$LAB/$1/log" &
  GATEWAY_PROCESS=$!
  LAB_PROCESSES+=("$GATEWAY_PROCESS")
  lab_until 30 "the gateway" grep -qs '"listening"' "$LAB/$1/log"
}

lab_gateway_start() {
  "$EXHIBIT" gateway --config "$LAB/$1/gateway.yaml" 2>>"$LAB/$1/log" &
  GATEWAY_PROCESS=$!
  LAB_PROCESSES+=("$GATEWAY_PROCESS")
  lab_until 30 "the gateway" "$PGBIN/pg_isready" -q -h 127.0.0.1 -p "$GATEWAY_PORT"
}
