#!/usr/bin/env bash
# People's data on its way through a real PostgreSQL server, in every form that clients have, and what an agent said of it.
#   masked.sh FOLDER     leaves capture.pcap, transcripts/session.jsonl and values, one value a line
set -euo pipefail
out=$1
. "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/../../scripts/lab/lab.sh"
mkdir -p "$out/transcripts"
lab_begin
lab_postgres
lab_admin -c "CREATE TABLE staff (id int PRIMARY KEY, full_name text, email text, ssn text UNIQUE, pan bigint, peer inet,
  tags text[], profile jsonb, photo bytea, CHECK (id < 1000))" >/dev/null
lab_capture

cat >"$LAB/rows.sql" <<'SQL'
INSERT INTO staff (id, full_name, email, ssn, pan, peer, tags, profile, photo) VALUES
  (1, 'Omar Haddad', 'omar.haddad@shop.example', '523-45-6781', 4111111111111111, '203.0.113.77',
   '{omar.haddad@shop.example,plain}', '{"ssn": "523-45-6781", "mail": "omar.haddad@shop.example", "n": 7}', 'photo of omar.haddad@shop.example');
SELECT * FROM staff;
SELECT ssn AS x, upper(full_name) AS y FROM staff WHERE email = 'omar.haddad@shop.example';
SELECT s.q FROM (SELECT ssn AS q FROM staff) s;
SELECT row_to_json(staff) FROM staff;
UPDATE staff SET ssn = '523-45-6782' WHERE ssn = '523-45-6781' RETURNING ssn;
INSERT INTO staff (id, ssn) VALUES (2, '523-45-6782');
INSERT INTO staff VALUES (1001, 'Lin Chenwei', 'lin.chenwei@shop.example', '523-45-6783');
SELECT count(*) FROM staff WHERE pan = 4111111111111111;
SELECT 'mail omar.haddad@shop.example', 1; SELECT 2 AS two;
SQL
psql -q -At -f "$LAB/rows.sql" >/dev/null 2>&1 || true
psql -q -c '\copy staff TO STDOUT' >/dev/null
psql -q -c "\\copy staff (id, full_name, ssn) TO STDOUT WITH (FORMAT csv, HEADER)" >/dev/null
psql -q -c "\\copy (SELECT id, ssn AS secret_number FROM staff) TO STDOUT" >/dev/null
printf '3\tBo Larsson\t523-45-6784\n' | psql -q -c "\\copy staff (id, full_name, ssn) FROM STDIN"
"$LAB_PYTHON" - <<'PYTHON'
import psycopg
with psycopg.connect("", autocommit=True) as c:
    for binary in (False, True):
        cur = c.cursor(binary=binary)
        cur.execute("SELECT id, full_name, email, ssn, pan, peer, tags, profile, photo FROM staff WHERE ssn = %s", ("523-45-6782",), binary=binary)
        cur.fetchall()
    c.execute("INSERT INTO staff (id, full_name, ssn, email) VALUES (%s, %s, %s, %s)", (4, "Ada Novak", "523-45-6785", "ada.novak@shop.example"))
    with c.cursor().copy("COPY staff (id, email, ssn) TO STDOUT (FORMAT binary)") as copy:
        for _ in copy: pass
PYTHON
sleep 0.2
lab_captured "$out/capture.pcap"

at=$(date -u +%Y-%m-%dT%H:%M:%S.000Z)
jq -cn --arg at "$at" '{parentUuid: null, isSidechain: false, userType: "external", cwd: "/srv/shop", sessionId: "5e55-0f6c1d2e3b4a",
  version: "2.1.205", type: "user", message: {role: "user", content: "Write to omar.haddad@shop.example, card 4111 1111 1111 1111"},
  uuid: "0b1f7c1e-1111-4222-8333-444455556666", timestamp: $at}' >"$out/transcripts/session.jsonl"
jq -cn --arg at "$at" '{parentUuid: "0b1f7c1e-1111-4222-8333-444455556666", isSidechain: false, userType: "external", cwd: "/srv/shop",
  sessionId: "5e55-0f6c1d2e3b4a", version: "2.1.205", type: "assistant", message: {model: "claude-opus-4-6", id: "msg_1", type: "message",
  role: "assistant", content: [{type: "text", text: "I write to omar.haddad@shop.example"}, {type: "tool_use", id: "toolu_01Mask", name: "Bash",
  input: {command: "echo lin.chenwei@shop.example"}}]}, uuid: "0b1f7c1e-1111-4222-8333-444455556667", timestamp: $at}' >>"$out/transcripts/session.jsonl"

cat >"$out/values" <<'VALUES'
omar.haddad@shop.example
lin.chenwei@shop.example
ada.novak@shop.example
523-45-6781
523-45-6782
523-45-6783
523-45-6784
523-45-6785
4111111111111111
4111 1111 1111 1111
203.0.113.77
Omar Haddad
OMAR HADDAD
Lin Chenwei
Bo Larsson
Ada Novak
VALUES
