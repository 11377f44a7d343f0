import Model

/// The message of an action, taken apart into the lines that psql shows.
struct ServerLine: Hashable {
  /// `ERROR`, `DETAIL`, `HINT`, …
  var label: String
  var text: String

  /// The labels that open a message. Everything else has no severity of its own.
  private static let severities = ["ERROR", "FATAL", "PANIC", "WARNING", "NOTICE", "INFO", "LOG", "DEBUG"]

  /// Reads the form of the case file: `ERROR: relation "x" does not exist; detail: …; hint: …; where: …`.
  /// `defaultLabel` is for a message that begins without a severity.
  static func lines(of message: String, defaultLabel: String) -> [ServerLine] {
    var head = Substring(message)
    var rest: [ServerLine] = []
    // From the end, so that a word in the message itself is only taken for a field when nothing else can be.
    for name in ["where", "hint", "detail"] {
      guard let place = head.lastRange(of: "; \(name): ") else { continue }
      let label = name == "where" ? "CONTEXT" : name.uppercased()
      rest.insert(ServerLine(label: label, text: String(head[place.upperBound...])), at: 0)
      head = head[..<place.lowerBound]
    }
    for severity in severities where head.hasPrefix("\(severity): ") {
      return [ServerLine(label: severity, text: String(head.dropFirst(severity.count + 2)))] + rest
    }
    return [ServerLine(label: defaultLabel, text: String(head))] + rest
  }
}

extension Substring {
  fileprivate func lastRange(of needle: String) -> Range<Index>? {
    let needle = Array(needle.utf8)
    let bytes = utf8
    guard bytes.count >= needle.count, let first = needle.first else { return nil }
    var place = bytes.index(bytes.endIndex, offsetBy: 1 - needle.count)
    while place > bytes.startIndex {
      place = bytes.index(before: place)
      if bytes[place] == first, bytes[place...].starts(with: needle) {
        return place..<bytes.index(place, offsetBy: needle.count)
      }
    }
    return nil
  }
}
