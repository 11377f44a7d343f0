#!/usr/bin/env bash
# git over SSH: a clone, a push, a push that rewrites main, one that a hook declines.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../../scripts/lab/lab.sh"
. "$LAB_SCRIPTS/ssh/ssh.sh"
lab_begin
ssh_begin
LAB_PORTS=$SSH_PORT
export HOME=$LAB/home
git config --global user.name 'Agent Seven'
git config --global user.email agent@contractor.example
git config --global init.defaultBranch main
git config --global safe.directory '*'
# The same path each time.
bare=/tmp/exhibit-sample-git/shop.git
rm -rf "${bare%/*}"
git init -q --bare "$bare"
cat >"$bare/hooks/update" <<'HOOK'
#!/bin/sh
echo "checking $1"
case $1 in refs/heads/release*) echo "only the release manager pushes $1"; exit 1 ;; esac
HOOK
chmod 755 "$bare/hooks/update"
git init -q "$LAB/first"
mkdir "$LAB/first/migrations"
echo 'CREATE TABLE orders (id int PRIMARY KEY, total numeric);' >"$LAB/first/migrations/0001.sql"
printf 'price = 10\n' >"$LAB/first/price.py"
git -C "$LAB/first" add -A
git -C "$LAB/first" commit -qm 'Shop'
git -C "$LAB/first" push -q "$bare" main 2>/dev/null
work=$LAB/work
lab_capture
{
  git clone -q "app.internal:$bare" "$work"
  cd "$work"
  echo 'ALTER TABLE orders ADD COLUMN risk_score int;' >migrations/0042.sql
  git add -A
  git commit -qm 'Migration 0042: risk score' -m $'Co-authored-by: Dana <dana@shop.example>\nAgent-Session: run-0042'
  git rm -q price.py
  printf 'def price():\n    return 9\n' >pricing.py
  git add -A
  git commit -qm 'Prices are computed'
  git tag -a v2 -m 'Second'
  git push -q origin main v2
  git reset -q --hard HEAD~1
  echo 'ALTER TABLE customers ADD COLUMN card_pan text;' >>migrations/0042.sql
  git commit -qa --amend -m 'Migration 0042: risk score'
  git push -q --force origin main
  git push -q origin main:release-2 || true
} 2>"$LAB/git.log"
ssh_end "$here/input.pcap"
cp "$LAB/keys.log" "$here/keys.log"
git -C "$bare" log --all --name-status --no-renames --format='commit %H%n%an <%ae>%n%s' >"$here/log.txt"
rm -rf "${bare%/*}"
