#!/usr/bin/env bash
# What can be told of SSH without keys: a shell typed into, a file put, a stranger refused.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../../scripts/lab/lab.sh"
. "$LAB_SCRIPTS/ssh/ssh.sh"
. "$LAB_SCRIPTS/ssh/home.sh"
lab_begin
ssh_begin
ssh_home
LAB_PORTS=$SSH_PORT
lab_capture
printf '%s\n' $'\tapp:~\\$ ' $'whoami\\r\tapp:~\\$ ' $'cat shop.conf\\r\tapp:~\\$ ' $'tail -n 3 logs/shop-api.log\\r\tapp:~\\$ ' |
  ssh_python "$SSH_LAB/typist.py" "$SSH_PORT" "$LAB/ssh/user" "$SSH_LAB_USER" "$LAB/screen"
head -c 60000 /dev/urandom >"$LAB/noise"
scp -q "$LAB/noise" "app.internal:$LAB/home/noise"
ssh -o PasswordAuthentication=no -o KbdInteractiveAuthentication=no stranger.internal true 2>/dev/null || true
ssh_end "$here/input.pcap"
