/// Programs that print credentials.
enum HandOutCommands {
  /// The program and words that its arguments hold in this order, options left out.
  private static let printing: [(program: Set<String>, words: [String])] = [
    (["vault", "bao"], ["kv", "get"]), (["vault", "bao"], ["read"]), (["vault", "bao"], ["token", "create"]),
    (["vault", "bao"], ["unwrap"]), (["aws"], ["secretsmanager", "get-secret-value"]),
    (["aws"], ["secretsmanager", "batch-get-secret-value"]), (["aws"], ["sts", "assume-role"]),
    (["aws"], ["sts", "assume-role-with-web-identity"]), (["aws"], ["sts", "get-session-token"]),
    (["aws"], ["sts", "get-federation-token"]), (["aws"], ["iam", "create-access-key"]),
    (["aws"], ["ecr", "get-login-password"]), (["aws"], ["rds", "generate-db-auth-token"]),
    (["aws"], ["configure", "export-credentials"]), (["gcloud"], ["secrets", "versions", "access"]),
    (["gcloud"], ["auth", "print-access-token"]), (["gcloud"], ["auth", "print-identity-token"]),
    (["az"], ["keyvault", "secret", "show"]), (["az"], ["account", "get-access-token"]),
    (["kubectl", "oc"], ["create", "token"]), (["op"], ["read"]), (["op"], ["item", "get"]),
    (["pass", "gopass"], ["show"]), (["security"], ["find-generic-password"]), (["secret-tool"], ["lookup"]),
    (["gh"], ["auth", "token"]), (["ansible-vault"], ["view"]), (["ansible-vault"], ["decrypt"]),
    (["sops"], ["decrypt"]),
  ]
  private static let formats = ["yaml", "json", "jsonpath", "go-template", "custom-columns"]

  /// What a command line prints, for a person; nil when it is no credential.
  static func what(_ commands: [[String]]) -> String? { commands.lazy.compactMap(what).first }

  private static func what(_ words: [String]) -> String? {
    guard let first = words.first else { return nil }
    let program = RuleSubject.program(first)
    let arguments = words.dropFirst()
    let operands = arguments.filter { !$0.hasPrefix("-") }
    switch program {
    case "env", "printenv":
      if arguments.isEmpty || arguments.allSatisfy({ $0 == "-0" || $0 == "--null" }) { return "prints the environment" }
      let names = operands.filter { SecretNames.isSecret($0, in: .text) }
      return program == "printenv" && !names.isEmpty ? "prints \(names.joined(separator: ", "))" : nil
    case "export", "declare": return arguments.elementsEqual(["-p"]) ? "prints the environment" : nil
    case "kubectl", "oc":
      // Options with a value may stand before the verb: `-n shop get secret`.
      let verb = operands.firstIndex(of: "get") ?? operands.endIndex
      if operands[verb...].contains(where: isSecret), printsContent(Array(arguments)) {
        return "\(program) get secret"
      }
    case "aws" where operands.starts(with: ["ssm"]):
      guard arguments.contains("--with-decryption"), let verb = operands.dropFirst().first else { return nil }
      return "aws ssm \(verb)"
    case "curl", "wget":
      let isMetadata = operands.contains { $0.contains("169.254.169.254") && $0.contains("/security-credentials/") }
      return isMetadata ? "asks the cloud's metadata for credentials" : nil
    default: break
    }
    for (programs, telling) in printing where programs.contains(program) && holds(operands, telling) {
      return "\(program) \(telling.joined(separator: " "))"
    }
    return nil
  }

  /// `secret`, `secrets`, `secret/db`, `secrets,configmaps`
  private static func isSecret(_ word: String) -> Bool {
    word.split(separator: ",").contains { kind in
      let kind = kind.split(separator: "/").first ?? ""
      return kind == "secret" || kind == "secrets" || kind.hasPrefix("secrets.")
    }
  }

  /// A list of Secrets holds their names alone; an output format shows what is in them.
  private static func printsContent(_ arguments: [String]) -> Bool {
    for (index, word) in arguments.enumerated() {
      let value =
        if word == "-o" || word == "--output" {
          index + 1 < arguments.count ? arguments[index + 1] : ""
        } else if word.hasPrefix("--output=") {
          String(word.dropFirst("--output=".count))
        } else if word.hasPrefix("-o") {
          String(word.dropFirst(2).drop { $0 == "=" })
        } else {
          ""
        }
      if formats.contains(where: value.hasPrefix) || word.hasPrefix("--template") { return true }
    }
    return false
  }

  private static func holds(_ words: [String], _ wanted: [String]) -> Bool {
    var left = wanted[...]
    for word in words where word == left.first { left = left.dropFirst() }
    return left.isEmpty
  }
}
