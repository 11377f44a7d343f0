#!/usr/bin/env bash
# Makes a capture of SELECTs that return large rows, all of it recorded, and prints its path.
#   Benchmarks/make-large-rows.sh MEGABYTES
# 4,000 documents of 1 to 100 kB of text; each SELECT returns between 1 and 20 of them.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$ROOT/scripts/lab/lab.sh"
size=${1:?usage: Benchmarks/make-large-rows.sh MEGABYTES}
out=$EXHIBIT_BENCH/large-rows-$size.pcap
if [ ! -s "$out" ]; then
  lab_begin
  lab_postgres log_statement=none shared_buffers=512MB
  lab_admin <<'SQL'
SELECT setseed(0.2);
CREATE TABLE documents (id integer PRIMARY KEY, title text, body text);
ALTER TABLE documents ALTER body SET STORAGE EXTERNAL;
INSERT INTO documents
  SELECT n, 'document ' || n,
         (SELECT string_agg('chapter ' || piece || ' ' || md5(n * 1000 + piece || '') || ' lorem ipsum dolor sit amet ', '')
          FROM generate_series(1, (1 + (n * 7919) % 100) * 13) AS piece)
  FROM generate_series(1, 4000) AS n;
ANALYZE documents;
SQL
  lab_capture
  "$LAB_PYTHON" - "$size" "$PGPORT" <<'PY'
import random, sys
import psycopg

wanted, dice, seen, number = int(sys.argv[1]) * 1_000_000, random.Random(1), 0, 0
# A session every hundred results, as a pool would have them; half the results by simple query.
while seen < wanted:
    with psycopg.connect(f"host=127.0.0.1 port={sys.argv[2]} user=postgres dbname=postgres", autocommit=True) as connection:
        for _ in range(100):
            first, many = dice.randint(1, 3980), dice.randint(0, 19)
            number += 1
            if number % 2:
                rows = connection.execute(f"SELECT id, title, body FROM documents WHERE id BETWEEN {first} AND {first + many}")
            else:
                rows = connection.execute("SELECT id, title, body FROM documents WHERE id BETWEEN %s AND %s", [first, first + many])
            seen += sum(len(body) + len(title) + 30 for _, title, body in rows.fetchall())
            if seen >= wanted:
                break
PY
  lab_captured "$out.part"
  lab_stop_postgres
  mv "$out.part" "$out"
fi
echo "$out"
