#!/usr/bin/env bash
# A Python driver over TLS 1.3 with the client's key log: decodes like plain.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../../scripts/lab/lab.sh"
lab_begin
lab_tls
chmod 755 "$LAB/tls"
if [ "$(id -u)" = 0 ]; then chown postgres "$LAB/tls/server.key"; fi
chmod 600 "$LAB/tls/server.key"
lab_postgres ssl=on "ssl_cert_file='$LAB/tls/server.pem'" "ssl_key_file='$LAB/tls/server.key'"
lab_capture
"$LAB_PYTHON" - "$LAB/tls/authority.pem" "$LAB/keys.log" <<'PY'
import sys

import psycopg

with psycopg.connect(host="127.0.0.1", sslmode="verify-full", sslrootcert=sys.argv[1], sslkeylogfile=sys.argv[2],
                     application_name="agent", autocommit=True) as connection:
    connection.execute("CREATE TABLE carts (id int PRIMARY KEY, total numeric)")
    connection.execute("INSERT INTO carts VALUES (%s, %s)", (7, "129.90"))
    print(connection.execute("SELECT * FROM carts WHERE id = %b", (7,), binary=True).fetchall())
    connection.execute("UPDATE carts SET total = total * 2")
PY
lab_captured "$here/input.pcap"
lab_stop_postgres
lab_account "$here/server.jsonl"
cp "$LAB/keys.log" "$here/keys.log"
