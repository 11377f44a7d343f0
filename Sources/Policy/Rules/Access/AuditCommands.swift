import Model

/// Command lines that stop recorders, or wipe and switch off what a host writes down.
enum AuditCommands {
  private static let services: Set<String> = [
    "auditd", "rsyslog", "rsyslogd", "syslog", "syslog-ng", "syslogd", "systemd-journald", "journald", "osqueryd",
    "osquery",
    "falco", "filebeat", "auditbeat", "fluentd", "fluent-bit", "td-agent", "tcpdump", "dumpcap", "zeek", "suricata",
    "sysmon", "wazuh-agent", "asciinema", "sudo_logsrvd", "vector", "promtail", "crowdstrike", "falcon-sensor",
  ]
  /// Where it is said what is written down.
  private static let settings = [
    "/etc/ssh/sshd_config", "/etc/audit/", "/etc/rsyslog", "/etc/syslog", "/etc/systemd/journald.conf", "/etc/pam.d/",
    "/etc/security/", "/pgaudit", "/etc/falco", "/etc/logrotate",
  ]
  private static let histories = ["_history", ".histfile", ".zhistory"]

  static func what(files: [Resource]) -> String? {
    for resource in files where resource.kind == "file" && resource.access != "read" {
      let name = resource.name
      if histories.contains(where: name.hasSuffix) || name.hasPrefix("/var/log/")
        || settings.contains(where: name.hasPrefix)
      {
        return "changes \(name)"
      }
    }
    return nil
  }

  static func what(_ commands: [[String]]) -> String? { commands.lazy.compactMap(what).first }

  private static func what(_ words: [String]) -> String? {
    guard let first = words.first else { return nil }
    let arguments = words.dropFirst()
    switch RuleSubject.program(first) {
    case "history":
      return arguments.contains { $0.hasPrefix("-") && $0.contains { "cd".contains($0) } }
        ? "wipes the shell's history" : nil
    case "unset": return arguments.contains(where: isHistory) ? switchesOff : nil
    case "set": return arguments.elementsEqual(["+o", "history"]) ? switchesOff : nil
    case "export", "declare", "typeset", "readonly": return arguments.contains(where: setsHistory) ? switchesOff : nil
    case "ln":
      guard arguments.contains("/dev/null"), let target = arguments.last, histories.contains(where: target.hasSuffix)
      else { return nil }
      return "changes \(target)"
    case "systemctl":
      guard ["stop", "disable", "mask", "kill"].contains(where: arguments.contains) else { return nil }
      return service(arguments).map { "stops \($0)" }
    case "service", "rc-service", "invoke-rc.d":
      return arguments.contains("stop") ? service(arguments).map { "stops \($0)" } : nil
    case "kill", "pkill", "killall", "skill": return service(arguments).map { "stops \($0)" }
    case "auditctl":
      let isOff = arguments.contains("-D") || zip(arguments, arguments.dropFirst()).contains { $0 == "-e" && $1 == "0" }
      return isOff ? "switches auditing off" : nil
    case "setenforce":
      return arguments.contains { $0 == "0" || $0.lowercased() == "permissive" } ? "switches SELinux off" : nil
    case "journalctl": return arguments.contains { $0.hasPrefix("--vacuum") } ? "wipes the journal" : nil
    case "dmesg":
      return arguments.contains { ["-c", "-C", "--clear", "--read-clear"].contains($0) }
        ? "wipes the kernel's log" : nil
    case let program:
      // `/etc/init.d/auditd stop`; an assignment before nothing: `HISTFILE=`.
      if first.hasPrefix("/etc/init.d/"), arguments.contains("stop"), services.contains(program) {
        return "stops \(program)"
      }
      return setsHistory(first) ? switchesOff : nil
    }
  }

  private static let switchesOff = "switches the shell's history off"

  private static func service(_ words: ArraySlice<String>) -> String? {
    words.first { word in services.contains(String(word.split(separator: ".").first ?? "")) }
  }

  private static func isHistory(_ name: String) -> Bool { ["HISTFILE", "HISTSIZE", "HISTFILESIZE"].contains(name) }

  private static func setsHistory(_ word: String) -> Bool {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, isHistory(String(parts[0])) else { return false }
    return ["", "0", "/dev/null"].contains(parts[1])
  }
}
