import Model

/// Command lines that take or give more rights.
enum EscalationCommands {
  private static let becoming: Set<String> = [
    "sudo", "su", "doas", "pkexec", "runuser", "sudoedit", "gosu", "su-exec", "nsenter",
  ]
  private static let groups: Set<String> = [
    "sudo", "wheel", "root", "admin", "docker", "lxd", "libvirt", "disk", "shadow", "adm",
  ]
  private static let administrators = [
    "administratoraccess", "poweruseraccess", "iamfullaccess", "cluster-admin", "system:masters", "roles/owner",
    "roles/editor",
  ]

  /// Whether a policy or role gives everything, or all that is needed for it.
  static func isAdministrator(_ name: String) -> Bool {
    let name = name.lowercased()
    return administrators.contains { name == $0 || name.hasSuffix("/" + $0) || name.hasSuffix("=" + $0) }
  }

  /// Whether one of its words is a program that acts as somebody else.
  static func isBecoming(_ text: String) -> Bool {
    text.split { !$0.isLetter && !$0.isNumber && $0 != "-" && $0 != "_" }.contains { becoming.contains(String($0)) }
  }

  static func what(_ commands: [[String]]) -> (what: String, severity: Finding.Severity?)? {
    let found = commands.compactMap(what)
    return found.max { ($0.severity ?? .high) < ($1.severity ?? .high) }
  }

  private static func what(_ words: [String]) -> (what: String, severity: Finding.Severity?)? {
    guard let first = words.first else { return nil }
    let program = RuleSubject.program(first)
    let arguments = words.dropFirst()
    switch program {
    case let program where becoming.contains(program): return ("runs \(program)", .medium)
    case "setcap": return ("gives a program capabilities", nil)
    case "chmod":
      let isSet = arguments.contains {
        $0.contains("s") && ($0.contains("+") || $0.contains("=")) && !$0.contains("/") || isSetID($0)
      }
      return isSet ? ("makes a program run as its owner", nil) : nil
    case "install":
      let modes = zip(arguments, arguments.dropFirst()).filter { $0.0 == "-m" || $0.0 == "--mode" }.map(\.1)
      return modes.contains(where: isSetID) ? ("makes a program run as its owner", nil) : nil
    case "usermod", "gpasswd", "adduser", "addgroup", "useradd":
      let named = arguments.flatMap { $0.split(separator: ",").map(String.init) }
      guard let group = named.first(where: groups.contains),
        program != "useradd" || arguments.contains(where: { $0.hasPrefix("-G") || $0 == "--groups" })
      else { return nil }
      return ("adds somebody to \(group)", nil)
    case "kubectl", "oc", "aws", "gcloud", "az":
      guard arguments.contains(where: gives), let role = arguments.first(where: isAdministrator) else { return nil }
      return ("\(program) gives \(role.split(separator: "=").last ?? "")", nil)
    default: return nil
    }
  }

  private static func gives(_ word: String) -> Bool {
    word.contains("rolebinding") || word.hasPrefix("attach-") || word.hasPrefix("put-")
      || word.contains("add-iam-policy-binding")
      || word == "create" || word.hasPrefix("add-")
  }

  /// `4755`, `06755`: the set-user-ID or set-group-ID bit.
  private static func isSetID(_ mode: String) -> Bool {
    guard (4...5).contains(mode.utf8.count), let bits = UInt32(mode, radix: 8) else { return false }
    return bits & 0o6000 != 0
  }
}
