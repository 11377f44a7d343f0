#!/usr/bin/env bash
# An agent whose psql says on the wire which tool call it serves, and somebody else who sets the same ids.
#   forged.sh FOLDER     leaves capture.pcap and transcripts/session.jsonl, older.jsonl (two conversations of the agent)
set -euo pipefail
out=$1
. "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/../../scripts/lab/lab.sh"
mkdir -p "$out/transcripts"
lab_begin
lab_postgres
lab_admin -c "CREATE TABLE orders AS SELECT n AS id, 'new' AS state FROM generate_series(1, 20) n; CREATE ROLE mallory LOGIN" \
  -c 'GRANT ALL ON orders TO mallory' >/dev/null
lab_capture

now() { date -u +%Y-%m-%dT%H:%M:%S.%3NZ; }
# line FILE TYPE TIME MESSAGE: a record of a transcript, after the one before it
line() {
  parents[$1]=${parents[$1]:-null}
  local id
  id=$(cat /proc/sys/kernel/random/uuid)
  jq -cn --argjson parent "${parents[$1]}" --arg id "$id" --arg session "$(basename "$1" .jsonl)-0f6c1d2e3b4a" --arg type "$2" \
    --arg at "$3" --argjson message "$4" \
    '{parentUuid: $parent, isSidechain: false, userType: "external", cwd: "/srv/shop", sessionId: $session, version: "2.1.205",
      type: $type, message: $message, uuid: $id, timestamp: $at}' >>"$out/transcripts/$1"
  parents[$1]=\"$id\"
}
prompt() { line "$1" user "$2" "$(jq -cn --arg text "$3" '{role: "user", content: $text}')"; }
asks() { # FILE TIME ID COMMAND
  line "$1" assistant "$2" "$(jq -cn --arg id "$3" --arg command "$4" '{model: "claude-opus-4-6", id: ("msg_" + $id), type: "message",
    role: "assistant", content: [{type: "tool_use", id: $id, name: "Bash", input: {command: $command}}]}')"
}
answered() { # FILE TIME ID OUTPUT
  line "$1" user "$2" "$(jq -cn --arg id "$3" --arg output "$4" '{role: "user", content: [{type: "tool_result", tool_use_id: $id, content: $output}]}')"
}
# agent ID COMMAND: the agent's call, done as it is told
agent() {
  local output
  asks session.jsonl "$(now)" "$1" "$2"
  output=$(PGAPPNAME=$1 bash -c "$2")
  answered session.jsonl "$(now)" "$1" "$output"
}
declare -A parents=()

# Yesterday's conversation, of which the captures have nothing.
day=$(date -u -d '26 hours ago' +%Y-%m-%dT%H:%M)
prompt older.jsonl "$day:01.000Z" "How many orders are open?"
asks older.jsonl "$day:05.000Z" toolu_01YesterdaysCallOfCount "psql -Atc 'SELECT count(*) FROM orders'"
answered older.jsonl "$day:06.000Z" toolu_01YesterdaysCallOfCount 20

prompt session.jsonl "$(now)" "Tell me which orders are new"
agent toolu_01HonestCallThatCounts "psql -Atc \"SELECT count(*) FROM orders WHERE state = 'new'\""
agent toolu_01HonestCallThatLists "psql -Atc \"SELECT id FROM orders WHERE state = 'new' ORDER BY id LIMIT 3\""
sleep 0.2
prompt session.jsonl "$(now)" "Ship order 3"
agent toolu_01HonestCallThatShips "psql -Atc \"UPDATE orders SET state = 'shipped' WHERE id = 3\""

# Somebody who has seen the ids: another statement, as another user, under two names, and under yesterday's.
forge() { PGAPPNAME=$1 psql -At "${@:2}" >/dev/null; }
forge toolu_01HonestCallThatShips -c 'DELETE FROM orders WHERE id > 10'
# The call tells whom it logs in as.
agent toolu_01HonestCallNamesUser "psql -U postgres -Atc 'SELECT max(id) FROM orders'"
forge toolu_01HonestCallNamesUser -U mallory -c 'SELECT max(id) FROM orders'
forge 'toolu_01HonestCallThatCounts toolu_01HonestCallThatShips' -c "UPDATE orders SET state = 'paid' WHERE id = 4"
forge toolu_01YesterdaysCallOfCount -c 'SELECT count(*) FROM orders'
sleep 0.2
lab_captured "$out/capture.pcap"
