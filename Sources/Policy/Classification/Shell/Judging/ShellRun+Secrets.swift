/// Secrets among the arguments of a program.
extension ShellRun {
  mutating func hideSecrets(_ invocation: ShellInvocation) {
    var names = ShellSecrets.byProgram[invocation.name] ?? []
    if let second = invocation.arguments.first(where: { !$0.text.hasPrefix("-") }) {
      names.formUnion(ShellSecrets.byProgram["\(invocation.name) \(second.text)"] ?? [])
    }
    var rest = invocation.arguments
    while let word = rest.popFirst() {
      guard word.bytes.first == UInt8(ascii: "-"), word.bytes.count <= ShellLimits.valueSize else { continue }
      let text = word.text
      if let equals = word.bytes.firstIndex(of: UInt8(ascii: "=")) {
        let name = String(decoding: word.bytes[..<equals], as: UTF8.self)
        if ShellSecrets.isSecret(option: name) || names.contains(name) {
          hideCredential(word.dropFirst(equals + 1), name)
        }
      } else if names.contains(text) {
        // MySQL's `-p` has its value attached or asks for it.
        let isAttachedOnly = text == "-p" && invocation.name.hasPrefix("m") && !invocation.name.hasPrefix("mongo")
        if !isAttachedOnly, let value = rest.first { hideCredential(value, text) }
      } else if ShellSecrets.isSecret(option: text) {
        if let value = rest.first, value.bytes.first != UInt8(ascii: "-") { hideCredential(value, text) }
      } else if let name = names.first(where: { $0.utf8.count == 2 && text.hasPrefix($0) }), !text.hasPrefix("--") {
        hideCredential(word.dropFirst(2), name)
      }
    }
  }

  /// `user:password` keeps its user.
  private mutating func hideCredential(_ value: ShellValue, _ option: String) {
    let isPair = ["-u", "--user", "-U", "--proxy-user", "-a", "--auth"].contains(option)
    if isPair, let colon = value.bytes.firstIndex(of: UInt8(ascii: ":")) {
      hide(value.dropFirst(colon + 1))
    } else if !isPair || option == "-a" {
      hide(value)
    }
  }
}
