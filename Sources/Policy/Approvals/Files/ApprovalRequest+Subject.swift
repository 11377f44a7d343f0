import Bytes
import Model

extension ApprovalRequest {
  /// What an approval of one change binds, as one number: SHA-256 over all that decides whether an action is meant by it,
  /// hexadecimal. Each part is preceded by its name and length, so that no two requests give the same bytes.
  public func subject(of change: ApprovalChange) -> String {
    let hash = SHA256()
    func add(_ name: String, _ value: String?) {
      let text = value.map { "\(name) \($0.utf8.count)\n\($0)\n" } ?? "\(name) none\n"
      hash.update(Array(text.utf8).span)
    }
    add("subject", "exhibit approval 1")
    add("kind", change.kind)
    add("text", change.text)
    add("shape", change.fingerprint)
    add("parameters", ApprovalText.list(change.parameters))
    add("body", change.bodySHA256)
    add("rows", change.rowsAtMost.map(String.init))
    add("target", place.target)
    add("protocol", place.protocolName)
    add("server", place.server)
    add("database", place.database)
    add("user", place.user)
    add("agent", agent)
    add("settings", ApprovalText.list(settings))
    add("uses", String(uses))
    add("use-from", useFrom?.formatted(fractionDigits: 0))
    add("use-by", useBy.formatted(fractionDigits: 0))
    add("policy", policySHA256)
    return hash.finish().hex
  }
}
