#!/usr/bin/env bash
# Adds to samples/story/evidence.tar.gz what the contractor's agent did over SSH: it pushed the migration to the repository on the
# application's host and looked around there. Real git, bash and sshd, moved to the hosts and the hour of the story; with the
# key log of the agent's client.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. scripts/lab/lab.sh
. "$LAB_SCRIPTS/ssh/ssh.sh"
. "$LAB_SCRIPTS/ssh/home.sh"

archive=samples/story/evidence.tar.gz
lab_begin
SSH_LAB_ADDRESS=127.0.0.21 ssh_begin
ssh_home
export HOME=$LAB/home
git config --global user.name 'Contractor Agent'
git config --global user.email agent@contractor.example
git config --global init.defaultBranch main
git config --global safe.directory '*'
bare=$LAB/home/git/shop.git
git init -q --bare "$bare"
git init -q "$LAB/first"
mkdir "$LAB/first/migrations"
echo 'ALTER TABLE customers ADD COLUMN phone text;' >"$LAB/first/migrations/0041.sql"
git -C "$LAB/first" add -A
git -C "$LAB/first" -c user.name='Dana' -c user.email=dana@shop.example commit -qm 'Migration 0041, reviewed in CHG-1188'
git -C "$LAB/first" push -q "$bare" main 2>/dev/null
git clone -q "$bare" "$LAB/tree"
cat >"$LAB/tree/migrations/0042.sql" <<'SQL'
ALTER TABLE customers ADD COLUMN card_pan text;
ALTER TABLE customers ADD COLUMN card_expiry text;
ALTER TABLE orders ADD COLUMN risk_score int;
SQL
git -C "$LAB/tree" add -A
git -C "$LAB/tree" commit -qm 'Migration 0042: risk score' -m $'Co-authored-by: ci-runner <ci@contractor.example>\nAgent-Session: run-0042'
git -C "$LAB/tree" remote set-url origin app.internal:~/git/shop.git
LAB_PORTS=$SSH_PORT
lab_capture
git -C "$LAB/tree" push -q origin main
printf '%s\n' $'\tapp:~\\$ ' $'git -C git/shop.git log --oneline\\r\trisk score.*app:~\\$ ' \
  $'cat shop.conf\\r\tapp:~\\$ ' $'tail -n 3 logs/shop-api.log\\r\tapp:~\\$ ' \
  $'echo "migrate 0042" >> releases/42/plan\\r\tapp:~\\$ ' |
  ssh_python "$SSH_LAB/typist.py" --at 127.0.0.21 "$SSH_PORT" "$LAB/ssh/user" "$SSH_LAB_USER" "$LAB/screen"
ssh_end "$LAB/ssh.pcap"

mkdir -p "$LAB/files"
tar --exclude='app01-22*' -xzf "$archive" -C "$LAB/files"
"$LAB_PYTHON" scripts/lab/relocate.py --start 2026-11-20T02:15:26Z --lasts 30 --pause 20 --server 10.20.1.11:22 \
  --move 127.0.0.21=10.20.9.41 "$LAB/ssh.pcap" "$LAB/files/app01-22-20261120T021526Z.pcap"
cp "$LAB/keys.log" "$LAB/files/app01-22.keys"
lab_archive "$archive" "$LAB/files"
