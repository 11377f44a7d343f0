import Bytes

/// The parts of a multipart body (RFC 2046 §5.1.1).
struct MultipartText {
  struct Part {
    /// `Name: value` lines, as sent.
    var head: String
    var mediaType: String?
    var content: [UInt8]
  }

  /// Parts that are told apart; one more would be a page nobody reads.
  static let partLimit = 64
  /// RFC 2046: a boundary has 70 characters at most.
  private static let boundaryLimit = 200

  /// The parts; nil when the body has no such boundary.
  static func parts(of body: [UInt8], boundary: String?) -> [Part]? {
    guard let boundary, !boundary.isEmpty, boundary.utf8.count <= boundaryLimit else { return nil }
    let delimiter = Array("--\(boundary)".utf8)
    var marks: [Int] = []
    var place = 0
    let span = body.span
    // A delimiter stands at the beginning of a line.
    while place + delimiter.count <= body.count, marks.count <= partLimit {
      if (place == 0 || body[place - 1] == 0x0A), body[place...].starts(with: delimiter) { marks.append(place) }
      guard let next = span.firstIndex(of: 0x0A, from: place) else { break }
      place = next + 1
    }
    guard !marks.isEmpty else { return nil }
    var parts: [Part] = []
    for (index, mark) in marks.enumerated() {
      var start = mark + delimiter.count
      if body[start...].starts(with: "--".utf8) { break }
      guard let end = span.firstIndex(of: 0x0A, from: start) else { break }
      start = end + 1
      var stop = index + 1 < marks.count ? marks[index + 1] : body.count
      // The line break before a delimiter belongs to it.
      if index + 1 < marks.count, stop > start { stop -= 1 }
      if stop > start, index + 1 < marks.count, body[stop - 1] == 0x0D { stop -= 1 }
      parts.append(part(Array(body[start..<max(start, stop)])))
    }
    return parts
  }

  private static func part(_ bytes: [UInt8]) -> Part {
    let span = bytes.span
    var place = 0
    var lines: [String] = []
    while let end = span.firstIndex(of: 0x0A, from: place) {
      var line = bytes[place..<end]
      if line.last == 0x0D { line = line.dropLast() }
      place = end + 1
      if line.isEmpty { break }
      lines.append(String(decoding: line, as: UTF8.self))
    }
    let type = lines.first { $0.lowercased().hasPrefix("content-type:") }
    return Part(
      head: lines.joined(separator: "\n"), mediaType: type.map { String($0.dropFirst("content-type:".count)).trimmed },
      content: Array(bytes[min(place, bytes.count)...]))
  }
}
