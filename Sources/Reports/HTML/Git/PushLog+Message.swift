extension PushLog.Commit {
  /// The first paragraph on one line.
  var subject: String {
    let lines = message.drop { $0.allSatisfy(\.isWhitespace) }
    return lines.prefix { !$0.allSatisfy(\.isWhitespace) }.joined(separator: " ")
  }

  /// What follows the subject, without the trailers.
  var body: String {
    var lines = rest
    lines.removeLast(trailerLines.count)
    while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
    return lines.joined(separator: "\n")
  }

  /// `Name: value` lines of the last paragraph; a line that begins with a blank goes on with the one before.
  var trailers: [PushLog.Trailer] {
    var trailers: [PushLog.Trailer] = []
    for line in trailerLines where trailers.count < 50 {
      if let trailer = Self.trailer(line) {
        trailers.append(trailer)
      } else if line.first?.isWhitespace == true, let last = trailers.popLast() {
        trailers.append(PushLog.Trailer(name: last.name, value: last.value + line))
      }
    }
    return trailers
  }

  /// Lines after the subject, without blank ones at either end.
  private var rest: [String] {
    var lines = message.drop { $0.allSatisfy(\.isWhitespace) }.drop { !$0.allSatisfy(\.isWhitespace) }[...]
    lines = lines.drop { $0.allSatisfy(\.isWhitespace) }
    while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
    return Array(lines)
  }

  /// The last paragraph, if at least three of four of its lines are trailers (git-interpret-trailers(1) asks for less, when
  /// git itself wrote one of them).
  private var trailerLines: [String] {
    let lines = rest
    let last: [String] = Array(
      lines.suffix(from: lines.lastIndex { $0.allSatisfy(\.isWhitespace) }.map { $0 + 1 } ?? 0))
    let count = last.count { Self.trailer($0) != nil || $0.first?.isWhitespace == true }
    return count > 0 && count * 4 >= last.count * 3 ? last : []
  }

  private static func trailer(_ line: String) -> PushLog.Trailer? {
    guard let colon = line.firstIndex(of: ":") else { return nil }
    let name = line[..<colon]
    guard !name.isEmpty, name.utf8.count <= 60,
      name.unicodeScalars.allSatisfy({
        $0.isASCII && ($0.properties.isAlphabetic || $0 == "-" || ("0"..."9").contains($0))
      })
    else { return nil }
    let value = line[line.index(after: colon)...].drop { $0 == " " }
    return value.isEmpty ? nil : PushLog.Trailer(name: String(name), value: String(value))
  }
}
