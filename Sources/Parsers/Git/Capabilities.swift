import Bytes

/// Names with values that one side told or asked for (gitprotocol-capabilities(5), gitprotocol-v2(5)).
struct Capabilities {
  private(set) var values: [String: String] = [:]
  private var symrefs: [String] = []

  init() {}

  /// `multi_ack thin-pack side-band-64k symref=HEAD:refs/heads/main agent=git/2.39.5`
  init(list: Span<UInt8>) {
    for word in list.string.split(whereSeparator: { $0 == " " || $0 == "\n" }) { add(String(word)) }
  }

  /// One capability, with its value where it has one.
  mutating func add(_ text: String) {
    guard values.count + symrefs.count < GitLimits.items else { return }
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let name = parts.first else { return }
    let value = parts.count > 1 ? String(parts[1]) : ""
    if name == "symref" { symrefs.append(value) } else { values[String(name)] = value }
  }

  subscript(name: String) -> String? { values[name] }

  /// What HEAD refers to.
  var head: String? {
    for symref in symrefs where symref.hasPrefix("HEAD:") { return String(symref.dropFirst(5)) }
    return nil
  }

  var objectFormat: ObjectFormat? { values["object-format"].flatMap { ObjectFormat(name: $0) } }
}
