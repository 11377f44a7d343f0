#!/usr/bin/env bash
# As full.sh, under load of HTTP and SSH: the gateway's recording on a disk of its own, of 64 MiB, that others fill and clear again.
#
#   Tests/Live/full_web.sh [strict | batched]
#
# Takes root: the disk is a tmpfs, mounted where nobody else sees it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
if [ -z "${EXHIBIT_OWN_MOUNTS:-}" ]; then EXHIBIT_OWN_MOUNTS=1 exec unshare -m --propagation private "$0" "$@"; fi
. scripts/lab/lab.sh
. scripts/lab/gateway.sh
durability=${1:-strict}
lab_begin
target=$(lab_free_port 6450)
"$LAB_PYTHON" Tests/Live/web_kills.py serve "$target" "$LAB/served" >"$LAB/target.log" 2>&1 &
LAB_PROCESSES+=($!)

# A server of SSH, which lets the gateway's key in.
mkdir -p "$LAB/ssh" /run/sshd
chmod 700 "$LAB/ssh"
for key in host target gateway client; do ssh-keygen -q -t ed25519 -N '' -C lab -f "$LAB/ssh/$key"; done
cp "$LAB/ssh/target.pub" "$LAB/ssh/authorized_keys"
shell=$(lab_free_port 6460)
printf '%s\n' "Port $shell" "ListenAddress 127.0.0.1" "HostKey $LAB/ssh/host" "AuthorizedKeysFile $LAB/ssh/authorized_keys" "PidFile none" \
  "StrictModes no" "UsePAM no" "PasswordAuthentication no" "PermitRootLogin yes" "MaxStartups 100" >"$LAB/ssh/sshd_config"
/usr/sbin/sshd -D -f "$LAB/ssh/sshd_config" -E "$LAB/ssh/log" &
LAB_PROCESSES+=($!)

lab_web_files gateway "$durability" "http://127.0.0.1:$target"
ssh_port=$(lab_free_port 6470)
metrics=$(lab_free_port 9187)
listener="  - name: build\n    protocol: ssh\n    listen: 127.0.0.1:$ssh_port\n    authentication: public-key\n    host-keys: $LAB/ssh/gateway\n"
listener+="    target: { name: build, server: \"127.0.0.1:$shell\", host-keys: $LAB/ssh/host.pub, user: $(id -un), key: $LAB/ssh/target }"
sed -i "s|^listeners:|&\n$listener|; s|human: lab@example.com,|& ssh-keys: $LAB/ssh/client.pub,|" "$LAB/gateway/gateway.yaml"
echo "metrics: 127.0.0.1:$metrics" >>"$LAB/gateway/gateway.yaml"
mkdir "$LAB/gateway/recording"
mount -t tmpfs -o size=64m,mode=700 tmpfs "$LAB/gateway/recording"
"$EXHIBIT" gateway --config "$LAB/gateway/gateway.yaml" 2>>"$LAB/gateway/log" &
process=$!
LAB_PROCESSES+=("$process")
lab_until 30 "the gateway" curl -s -o /dev/null "http://127.0.0.1:$metrics/health"
status=0
"$LAB_PYTHON" Tests/Live/full_web.py --exhibit "$EXHIBIT" --here "$LAB/gateway" --port "$GATEWAY_PORT" --secret "$GATEWAY_SECRET" \
  --ssh-port "$ssh_port" --ssh "$LAB/ssh" --served "$LAB/served" --metrics "$metrics" --process "$process" --durability "$durability" || status=$?
umount -l "$LAB/gateway/recording"
exit "$status"
