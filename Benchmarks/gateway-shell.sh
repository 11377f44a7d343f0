#!/usr/bin/env bash
# OpenSSH's client straight to its server, and through the gateway with its recording batched and strict: a new connection for `true`,
# `true` over a connection that is there (ControlMaster), and `scp` of a file. The ways take turns; what is shown is the median.
#   Benchmarks/gateway-shell.sh [MEGABYTES [ROUNDS]]      512, 5
#   Benchmarks/gateway-shell.sh --smoke                   that it runs: one round with 64 MB
# EXHIBIT names the binary to measure; otherwise this checkout is built. BEFORE names another one that takes turns with it, batched.
# WAYS names some of them; CIPHER is that of both ends, their own choice if not given. All run on one machine and share its cores.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$ROOT/scripts/lab/lab.sh"
. "$LAB_SCRIPTS/ssh/ssh.sh"
[ "${1:-}" = --smoke ] && set -- 64 1
megabytes=${1:-512} rounds=${2:-5}
bench_exhibit
. "$ROOT/scripts/lab/gateway.sh"
lab_begin
ssh_begin ${CIPHER:+"Ciphers $CIPHER"}
read -r -a ways <<<"${WAYS:-direct ${BEFORE:+before }batched strict}"
declare -A process
chmod 600 "$LAB/ssh/stranger"

# The clients' own configuration: what writes a key log in the laboratory would cost time here.
config=$LAB/ssh/bench_config
for way in "${ways[@]}"; do
  [ "$way" != direct ] || continue
  now=$EXHIBIT
  [ "$way" != before ] || EXHIBIT=$BEFORE
  lab_shell_files "$way" "${way/before/batched}"
  lab_gateway_listens "$way"
  EXHIBIT=$now
  process[$way]=$GATEWAY_PROCESS
  echo "$way.internal $(cut -d' ' -f1,2 "$LAB/$way/host.pub")" >>"$LAB/ssh/known_hosts"
  printf 'Host %s\n  HostName 127.0.0.1\n  HostKeyAlias %s.internal\n  Port %s\n  User agent\n  IdentityFile %s\n' \
    "$way" "$way" "$GATEWAY_PORT" "$LAB/ssh/stranger" >>"$config"
done
printf 'Host direct\n  HostName 127.0.0.1\n  HostKeyAlias app.internal\n  Port %s\n  User %s\n  IdentityFile %s\n' \
  "$SSH_PORT" "$SSH_LAB_USER" "$LAB/ssh/user" >>"$config"
{
  printf 'Host *\n  IdentitiesOnly yes\n  UserKnownHostsFile %s\n  GlobalKnownHostsFile /dev/null\n' "$LAB/ssh/known_hosts"
  printf '  UpdateHostKeys no\n  StrictHostKeyChecking yes\n  LogLevel ERROR\n%s' "${CIPHER:+  Ciphers $CIPHER
}"
} >>"$config"
client=(/usr/bin/ssh -F "$config" -n)

median() { sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
ticks() { [ -n "$1" ] && awk '{ sub(/.*\) /, ""); print $12, $13 }' "/proc/$1/stat" || echo 0 0; } # PROCESS: user, system
hertz=$(getconf CLK_TCK)
# took COMMAND…: milliseconds
took() {
  local begun=$EPOCHREALTIME
  "$@" >/dev/null || bench_die "failed: $*"
  awk -v a="$begun" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.2f\n", (b - a) * 1000 }'
}

head -c "${megabytes}000000" /dev/urandom >"$LAB/sent"
echo "$(bench_machine); $(bench_versions)"
echo "$(/usr/bin/ssh -V 2>&1 | cut -d, -f1); $rounds rounds, a file of $megabytes MB"
masters=()
for way in "${ways[@]}"; do
  /usr/bin/ssh -F "$config" -o ControlMaster=yes -o ControlPath="$LAB/$way.control" -N "$way" &
  LAB_PROCESSES+=($!)
  masters+=($!)
  lab_until 20 "a connection through $way" "${client[@]}" -o ControlPath="$LAB/$way.control" -O check "$way" 2>/dev/null
done
for ((round = 0; round < rounds; round++)); do
  for way in "${ways[@]}"; do
    for ((n = 0; n < 5; n++)); do took "${client[@]}" "$way" true >>"$LAB/$way.new"; done
  done
  for way in "${ways[@]}"; do
    for ((n = 0; n < 20; n++)); do took "${client[@]}" -o ControlPath="$LAB/$way.control" "$way" true >>"$LAB/$way.kept"; done
  done
  for way in "${ways[@]}"; do
    for direction in up down; do
      rm -f "$LAB/received"
      from="$LAB/sent" to="$way:$LAB/received"
      [ $direction = up ] || from="$way:$LAB/sent" to="$LAB/received"
      read -r user system < <(ticks "${process[$way]:-}")
      took /usr/bin/scp -q -F "$config" "$from" "$to" >>"$LAB/$way.$direction"
      read -r user2 system2 < <(ticks "${process[$way]:-}")
      cmp -s "$LAB/sent" "$LAB/received" || bench_die "the copy through $way is not the file"
      awk -v u=$((user2 - user)) -v s=$((system2 - system)) -v h="$hertz" 'BEGIN { print (u + s) / h }' >>"$LAB/$way.$direction.cpu"
    done
  done
done
printf '%-8s %14s %14s %8s %10s %8s %10s %8s %8s\n' way new-ms kept-ms up-MB/s of-direct cpu-s down-MB/s of-direct cpu-s
for way in "${ways[@]}"; do
  for what in new kept up up.cpu down down.cpu; do median <"$LAB/$way.$what"; done | tr '\n' ' '
  echo "$way"
done | awk -v size="$megabytes" '
  { up = size / $3 * 1000; down = size / $5 * 1000; if ($7 == "direct") { u = up; d = down }
    printf "%-8s %14.1f %14.1f %8.0f %10s %8.2f %10.0f %8s %8.2f\n", $7, $1, $2, up, u ? sprintf("%.2f", up / u) : "-", $4, down, d ? sprintf("%.2f", down / d) : "-", $6 }'
for way in "${ways[@]}"; do
  [ -z "${process[$way]:-}" ] ||
    echo "$way: $(awk '/VmHWM/ { printf "%d", $2 / 1024 }' "/proc/${process[$way]}/status") MB of memory at most, $(du -sm "$LAB/$way/recording" | cut -f1) MB recorded"
done
kill "${masters[@]}"
for way in "${ways[@]}"; do
  [ -z "${process[$way]:-}" ] || { kill "${process[$way]}" && wait "${process[$way]}" || true; }
done
