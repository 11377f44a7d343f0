import Model

extension ApprovalRequest {
  /// The first line of every request.
  static let opening = "exhibit approval 1"

  /// The file that people read and sign. Equal requests have equal bytes.
  public var text: String {
    var lines = [ApprovalRequest.opening, "title: \(title)", "requested-by: \(requestedBy)"]
    func add(_ key: String, _ value: String?) { if let value { lines.append("\(key): \(value)") } }
    add("agent", agent)
    add("reason", reason)
    add("target", place.target)
    add("protocol", place.protocolName)
    add("server", place.server)
    add("database", place.database)
    add("user", place.user)
    add("uses", String(uses))
    add("decide-by", decideBy?.formatted(fractionDigits: 0))
    add("use-from", useFrom?.formatted(fractionDigits: 0))
    add("use-by", useBy.formatted(fractionDigits: 0))
    add("policy", policySHA256)
    for setting in settings { add("setting", setting) }
    for (index, change) in changes.enumerated() {
      lines.append("")
      lines.append("change \(index + 1) of \(changes.count): \(change.kind)")
      if let fingerprint = change.fingerprint {
        lines.append("every-statement-of-shape: \(fingerprint)")
        lines.append("for example")
      }
      if ApprovalText.isPlain(change.text) {
        for line in change.text.split(separator: "\n", omittingEmptySubsequences: false) { lines.append("| \(line)") }
      } else {
        lines.append("quoted: \(ApprovalText.quoted(change.text))")
      }
      if !change.parameters.isEmpty { lines.append("parameters: \(ApprovalText.list(change.parameters))") }
      add("body-sha256", change.bodySHA256)
      add("rows-at-most", change.rowsAtMost.map(String.init))
      lines.append("subject: \(subject(of: change))")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
