#!/usr/bin/env bash
# Programs run over SSH: exit codes, signals, input, errors, several over one connection, one that is refused.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../../scripts/lab/lab.sh"
. "$LAB_SCRIPTS/ssh/ssh.sh"
lab_begin
ssh_begin
LAB_PORTS=$SSH_PORT
mkdir -p "$LAB/home/releases/41" "$LAB/home/releases/42"
ln -s releases/41 "$LAB/home/current"
printf 'listen = 8080\ndatabase = db01.shop.example\n' >"$LAB/home/shop.conf"
lab_capture
may_fail() { "$@" || true; }
app() { may_fail ssh app.internal "$@" </dev/null >>"$LAB/client.log" 2>&1; }
app 'uname -s; id -un'
app 'cd; cat shop.conf'
app 'cd; ln -sfn releases/42 current && readlink current'
app 'cd; sed -i s/8080/9090/ shop.conf; grep -c 9090 shop.conf'
app 'ls /no/such/folder'
app 'no-such-program --now'
app 'exit 42'
app 'kill -TERM $$'
app 'for n in 1 2 3; do echo "line $n"; done | sort -r | head -n 1'
may_fail ssh app.internal "bash -c 'wc -l && rm -rf ~/releases/41'" <"$here/make.sh" >>"$LAB/client.log" 2>&1
# A master, and two programs over its one connection.
ssh -M -S "$LAB/ssh/master" -o ControlPersist=yes -f -N app.internal
for n in 1 2; do may_fail ssh -S "$LAB/ssh/master" app.internal "echo shared $n; exit $n" >>"$LAB/client.log"; done
ssh -S "$LAB/ssh/master" -O exit app.internal 2>/dev/null
# A stranger.
may_fail ssh -o PasswordAuthentication=no -o KbdInteractiveAuthentication=no stranger.internal true 2>>"$LAB/client.log"
ssh_end "$here/input.pcap"
cp "$LAB/keys.log" "$here/keys.log"
