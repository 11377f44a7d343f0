import Model

/// Services, users, devices, networks.
enum SystemPrograms {
  private static let crontab: ShellProgram.Judge = { invocation, run in
    let arguments = ShellArguments(invocation.arguments, taking: "u")
    var judgement = ShellJudgement("crontab", arguments.has("-l") ? .read : .execute)
    judgement.add(
      arguments.has("-l") ? "read" : arguments.has("-r") ? "drop" : "write", "schedule",
      arguments.value("-u")?.text ?? "crontab")
    for file in arguments.operands where file.text != "-" { judgement.add("read", "file", run.path(file)) }
    return judgement
  }

  private static let mount: ShellProgram.Judge = { invocation, run in
    let operands = ShellArguments(invocation.arguments, taking: "t o L U types options").operands
    var judgement = ShellJudgement(
      invocation.name, operands.isEmpty && !invocation.arguments.contains { $0.text == "-a" } ? .read : .privilege)
    for value in operands { judgement.add("alter", "file", run.path(value)) }
    return judgement
  }

  static let all: [ShellProgram] = [
    Subcommands.program(
      "systemctl", taking: "t type state p property n lines o output H host M machine s signal root what",
      [
        .init(
          .read,
          "status show list-units list-unit-files list-timers list-sockets list-dependencies list-jobs is-active is-enabled is-failed cat get-default show-environment is-system-running help",
          "service"),
        .init(
          .execute,
          "start stop restart reload try-restart reload-or-restart kill isolate reset-failed clean freeze thaw",
          "service"),
        .init(
          .privilege,
          "enable disable mask unmask edit daemon-reload daemon-reexec set-default set-property link revert reenable preset set-environment import-environment",
          "service"),
        .init(
          .privilege, "reboot poweroff halt suspend hibernate rescue emergency kexec", "service", access: "execute",
          name: "system"),
      ]),
    ShellProgram("service invoke-rc.d rc-service sv", .execute, .all("execute", "service")).judgingLast(
      "status", .read),
    ShellProgram("launchctl loginctl rc-update chkconfig update-rc.d initctl s6-rc", .privilege).judgingFirst(
      "list print show-session list-sessions show-user", .read),
    ShellProgram("crontab", crontab),
    ShellProgram("at batch", .execute, .none, note: "runs something later"), ShellProgram("atq", .read),
    ShellProgram("atrm", .write),
    ShellProgram(
      "useradd adduser usermod userdel deluser groupadd groupmod groupdel addgroup delgroup gpasswd newusers",
      .privilege, .all("alter", "role"),
      taking: "u g G d s c e f k K p b D uid gid groups home-dir shell comment"),
    ShellProgram(
      "passwd chpasswd chage chsh chfn vigr pwconv grpconv newgrp sg faillock pam-auth-update", .privilege,
      .all("alter", "role"), taking: "s m M E I W d n x w i"),
    ShellProgram(
      "iptables ip6tables ipset ebtables", .privilege, .none, note: "changes what may pass the network"
    ).reading("-L -S --list --list-rules", letters: "nvx").judgingFirst("list", .read),
    // `--state` of iptables is part of a rule.
    ShellProgram("firewall-cmd", .privilege, .none, note: "changes what may pass the network")
      .reading("--list-all --state"),
    ShellProgram(
      "nft ufw tc pfctl fail2ban-client iptables-restore", .privilege, .none, note: "changes what may pass the network"
    ).judgingFirst("status list", .read),
    ShellProgram("iptables-save ip6tables-save", .read),
    ShellProgram("mount umount swapoff losetup cryptsetup", mount),
    ShellProgram(
      "mkfs mkfs.ext4 mkfs.xfs mkfs.btrfs mkfs.vfat mke2fs mkswap sgdisk partprobe resize2fs xfs_growfs lvcreate lvremove lvextend vgcreate vgremove "
        + "pvcreate pvremove mdadm zpool zfs btrfs dmsetup tune2fs hdparm blkdiscard badblocks diskutil",
      .privilege, .all("alter", "file"), note: "changes devices"
    ),
    // With others `-l` and `-n` are sizes and names: `lvcreate -l 100%FREE`, `mkfs.vfat -n DATA`.
    ShellProgram("fdisk sfdisk gdisk parted", .privilege, .all("alter", "file"), note: "changes devices")
      .reading("-l --list"),
    ShellProgram("fsck e2fsck wipefs", .privilege, .all("alter", "file"), note: "changes devices").reading("-n"),
    ShellProgram("reboot shutdown poweroff halt init telinit", .privilege, .none, note: "stops the system"),
    ShellProgram(
      "insmod rmmod modprobe depmod dkms kexec update-grub grub-install grub-mkconfig update-initramfs efibootmgr fwupdmgr",
      .privilege, .none, note: "changes the kernel or how it starts"),
    ShellProgram(
      "setenforce semanage setsebool auditctl aa-complain aa-enforce apparmor_parser visudo-check", .privilege, .none,
      note: "changes what is guarded"),
    ShellProgram("getenforce sestatus ausearch aureport aa-status", .read),
    ShellProgram("logger wall write mesg notify-send osascript-notify say terminal-notifier", .session),
    ShellProgram("logrotate updatedb ldconfig-run mandb sync fstrim", .write),
    ShellProgram("defaults dconf gsettings xattr", .write).judgingFirst("read get list list-recursively", .read),
    ShellProgram("certbot acme.sh mkcert step", .privilege, note: "certificates").judgingFirst("certificates", .read),
    ShellProgram("htpasswd", .privilege, .none, note: "sets a password"),
    ShellProgram("renice", .execute), ShellProgram("adb fastboot", .execute, note: "acts on a device"),
    ShellProgram("kinit klist kdestroy", .session), ShellProgram("ldapsearch", .read, .none, taking: "H D w b s"),
    ShellProgram("ldapmodify ldapadd ldapdelete ldappasswd", .privilege),
    ShellProgram("xdotool ydotool cliclick", .execute, note: "acts on a screen"),
    ShellProgram("screencapture scrot import", .write, .all("write", "file")),
  ]
}

extension ShellProgram {
  /// The effect when the first argument is one of the words.
  fileprivate func judgingFirst(_ words: String, _ effect: Effect) -> ShellProgram {
    judging(words, effect) { $0.first }
  }

  fileprivate func judgingLast(_ words: String, _ effect: Effect) -> ShellProgram { judging(words, effect) { $0.last } }

  private func judging(
    _ words: String, _ effect: Effect, _ choose: @escaping @Sendable (ArraySlice<ShellValue>) -> ShellValue?
  ) -> ShellProgram {
    let names = Set(words.split(separator: " ").map(String.init))
    let judge = self.judge
    return ShellProgram(self.names) { invocation, run in
      var judgement = judge(invocation, &run)
      guard let word = choose(invocation.arguments), names.contains(word.text) else { return judgement }
      judgement.effect = effect
      judgement.notes = []
      judgement.resources = judgement.resources.map { Resource("read", $0.kind, $0.name) }
      return judgement
    }
  }
}
