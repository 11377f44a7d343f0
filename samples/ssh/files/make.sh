#!/usr/bin/env bash
# Files by sftp, by scp of today (SFTP) and of old (its own protocol), and by rsync.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../../scripts/lab/lab.sh"
. "$LAB_SCRIPTS/ssh/ssh.sh"
lab_begin
ssh_begin
LAB_PORTS=$SSH_PORT
# The same paths each time.
there=/tmp/exhibit-sample-files
rm -rf "$there"
mkdir -p "$there/reports" "$LAB/mine/site"
printf 'id,email\n4711,ann@example.org\n4712,bob@example.org\n' >"$there/customers.csv"
seq 1 900 >"$there/reports/october.txt"
printf '<h1>Shop</h1>\n' >"$LAB/mine/site/index.html"
seq 1 400 >"$LAB/mine/site/prices.txt"
printf 'ALTER TABLE orders ADD COLUMN risk_score int;\n' >"$LAB/mine/0042.sql"
lab_capture
sftp -q -b - app.internal >"$LAB/client.log" <<BATCH
ls -l $there
get $there/customers.csv $LAB/mine/taken.csv
put $LAB/mine/0042.sql $there/0042.sql
chmod 600 $there/0042.sql
mkdir $there/old
rename $there/reports/october.txt $there/old/october.txt
rm $there/customers.csv
rmdir $there/reports
-get $there/nothing-here $LAB/mine/nothing
BATCH
scp -q "$LAB/mine/0042.sql" "app.internal:$there/0042-again.sql"
scp -q -O -r -p "$LAB/mine/site" "app.internal:$there/"
scp -q -O "app.internal:$there/old/october.txt" "$LAB/mine/october.txt"
rsync -a -e "$LAB/bin/ssh" "$LAB/mine/site/" "app.internal:$there/mirror/"
ssh_end "$here/input.pcap"
cp "$LAB/keys.log" "$here/keys.log"
(cd "$there" && find . -type f | LC_ALL=C sort | xargs sha256sum) >"$here/left.sha256"
rm -rf "$there"
