#!/usr/bin/env bash
# git over HTTP: a clone, a push to main, a tag, a branch that is deleted.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../../scripts/lab/lab.sh"
. "$LAB_SCRIPTS/web/web.sh"
lab_begin
mkdir -p "$LAB/git" "$LAB/home"
export HOME=$LAB/home GIT_CONFIG_NOSYSTEM=1
git config --global user.name 'Agent Seven'
git config --global user.email agent@example.org
git config --global init.defaultBranch main
git config --global safe.directory '*'
git init -q --bare "$LAB/git/shop.git"
git -C "$LAB/git/shop.git" config http.receivepack true
web_begin
repository=http://127.0.0.1:$SHOP_PORT/git/shop.git
{
  git clone -q "$repository" "$LAB/work"
  cd "$LAB/work"
  printf 'price = 10\n' >price.py
  git add . && git commit -qm 'Price of a thing'
  git push -q origin main
  printf 'price = 9\n' >price.py
  git commit -qam 'Cheaper' && git tag v1
  git push -q origin main v1 main:refs/heads/spare
  git push -q origin :refs/heads/spare
} 2>"$LAB/git.log" || { cat "$LAB/git.log" >&2; exit 1; }
web_end "$LAB/all.pcap"
tcpdump -r "$LAB/all.pcap" --time-stamp-precision=nano -Z "$(id -un)" -w "$here/input.pcap" "port $SHOP_PORT" 2>/dev/null
