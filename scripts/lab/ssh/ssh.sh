# What the SSH samples and the live SSH test have in common: a real sshd on loopback that the current user may enter, and
# clients that write a key log. Sourced after scripts/lab/lab.sh, never run.
#
#   ssh_begin [sshd_config line ...]   sshd on $SSH_PORT, its log in $LAB/ssh/sshd.log, the clients' keys in $LAB/keys.log;
#                                      ssh, scp, sftp, rsync and git of PATH reach it as the host app.internal,
#                                      or as stranger.internal with a key that it does not know
#   ssh_python PROGRAM [argument ...]  a Python program whose asyncssh writes to the key log
#   ssh_end FILE                       stops capturing, leaves the packets in FILE
#
# sftp begins in $SSH_SFTP_START if that is set, else in the user's own home.
# The login shell finds its home in $LAB/home, so that nothing of the user's own is read, shown or changed.
SSH_LAB=$LAB_SCRIPTS/ssh

ssh_begin() {
  local sshd line
  sshd=$(PATH=$PATH:/usr/sbin command -v sshd) || lab_die "no sshd found: run scripts/setup.sh --tests first"
  SSH_LAB_USER=$(id -un)
  mkdir -p "$LAB/ssh" "$LAB/bin" "$LAB/home"
  if [ "$(id -u)" = 0 ]; then mkdir -p /run/sshd; fi
  ssh-keygen -q -t ed25519 -N '' -C app.internal -f "$LAB/ssh/host"
  ssh-keygen -q -t ed25519 -N '' -C agent@contractor.example -f "$LAB/ssh/user"
  ssh-keygen -q -t ed25519 -N '' -C stranger@nowhere.example -f "$LAB/ssh/stranger"
  SSH_PORT=$(lab_free_port "${SSH_LAB_PORT:-2222}")
  {
    printf '%s\n' "HostKey $LAB/ssh/host" "ListenAddress ${SSH_LAB_ADDRESS:-127.0.0.1}:$SSH_PORT" "PidFile none" "StrictModes no" "UsePAM no" \
      "PermitRootLogin yes" "AuthorizedKeysFile $LAB/ssh/user.pub" "AcceptEnv LC_*" "SetEnv HOME=$LAB/home" \
      "PrintMotd no" "PrintLastLog no" "MaxSessions 50" "MaxStartups 100" "LogLevel VERBOSE" "Subsystem sftp internal-sftp${SSH_SFTP_START:+ -d $SSH_SFTP_START}"
    for line in "$@"; do echo "$line"; done
  } >"$LAB/ssh/sshd_config"
  echo "app.internal $(cut -d' ' -f1,2 "$LAB/ssh/host.pub")" >"$LAB/ssh/known_hosts"
  cat >"$LAB/ssh/config" <<CONF
Host stranger.internal
  IdentityFile $LAB/ssh/stranger
Host * !stranger.internal
  IdentityFile $LAB/ssh/user
Host *
  HostName ${SSH_LAB_ADDRESS:-127.0.0.1}
  HostKeyAlias app.internal
  Port $SSH_PORT
  User $SSH_LAB_USER
  IdentitiesOnly yes
  UserKnownHostsFile $LAB/ssh/known_hosts
  GlobalKnownHostsFile /dev/null
  UpdateHostKeys no
  StrictHostKeyChecking yes
CONF
  cc -shared -fPIC -O2 -o "$LAB/ssh/keylog.so" "$SSH_LAB/keylog-openssh.c" -ldl || lab_die "no C compiler for keylog-openssh.c"
  : >"$LAB/keys.log"
  printf '#!/bin/sh\nexec env SSHKEYLOGFILE=%s LD_PRELOAD=%s /usr/bin/ssh -F %s "$@"\n' \
    "$LAB/keys.log" "$LAB/ssh/keylog.so" "$LAB/ssh/config" >"$LAB/bin/ssh"
  printf '#!/bin/sh\nexec /usr/bin/scp -S %s "$@"\n' "$LAB/bin/ssh" >"$LAB/bin/scp"
  printf '#!/bin/sh\nexec /usr/bin/sftp -S %s "$@"\n' "$LAB/bin/ssh" >"$LAB/bin/sftp"
  chmod 755 "$LAB/bin"/*
  export PATH=$LAB/bin:$PATH GIT_SSH_COMMAND=$LAB/bin/ssh GIT_CONFIG_NOSYSTEM=1
  # The server's own environment is clean: what it has, its commands show.
  env -i PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 "$sshd" -D -E "$LAB/ssh/sshd.log" -f "$LAB/ssh/sshd_config" &
  LAB_PROCESSES+=($!)
  lab_until 20 "sshd" ssh_listens
}

ssh_listens() { grep -qs 'Server listening' "$LAB/ssh/sshd.log"; }

ssh_python() { SSHKEYLOGFILE=$LAB/keys.log "$LAB_PYTHON" "$SSH_LAB/keylog.py" "$@"; }

ssh_end() { lab_captured "$1"; }
