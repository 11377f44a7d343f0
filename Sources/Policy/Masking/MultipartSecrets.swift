import Bytes

/// Finds the secrets of a multipart body (RFC 2046 §5.1, RFC 7578).
enum MultipartSecrets {
  /// RFC 2046 §5.1.1 allows 70 characters; longer ones make the search for them long.
  private static let boundaryLimit = 256

  /// Ranges in order; nil when the media type has no boundary.
  static func find(in bytes: [UInt8], mediaType: String?) -> [Range<Int>]? {
    guard let parts = parts(of: bytes, mediaType: mediaType) else { return nil }
    var found: [Range<Int>] = []
    var position = 0
    for part in parts where SecretNames.isSecret(part.name, in: .form) && !part.content.isEmpty {
      found += scan(bytes, position..<part.content.lowerBound)
      found.append(part.content)
      position = part.content.upperBound
    }
    return found + scan(bytes, position..<bytes.count)
  }

  /// Names of the fields with the places of their content.
  static func parts(of bytes: [UInt8], mediaType: String?) -> [(name: String, content: Range<Int>)]? {
    guard let mediaType, let boundary = parameter("boundary", of: mediaType), !boundary.isEmpty,
      boundary.utf8.count <= boundaryLimit
    else { return nil }
    let mark = Array("--\(boundary)".utf8)
    var starts: [Int] = []
    var index = 0
    while index + mark.count <= bytes.count {
      guard let hit = bytes.span.firstIndex(of: 0x2D, from: index) else { break }
      guard bytes[hit...].starts(with: mark) else {
        index = hit + 1
        continue
      }
      starts.append(hit)
      index = hit + mark.count
    }
    var parts: [(name: String, content: Range<Int>)] = []
    for (order, start) in starts.enumerated() {
      let end = order + 1 < starts.count ? starts[order + 1] : bytes.count
      let from = min(end, start + mark.count)
      guard let blank = blankLine(bytes, from..<end) else { continue }
      let name = parameter("name", of: String(decoding: bytes[from..<blank.lowerBound], as: UTF8.self)) ?? ""
      var last = end
      while last > blank.upperBound, order + 1 < starts.count, bytes[last - 1] == 0x0A || bytes[last - 1] == 0x0D {
        last -= 1
      }
      parts.append((name, blank.upperBound..<last))
    }
    return parts
  }

  private static func scan(_ bytes: [UInt8], _ range: Range<Int>) -> [Range<Int>] {
    SecretScan.find(in: Array(bytes[range])).map {
      ($0.lowerBound + range.lowerBound)..<($0.upperBound + range.lowerBound)
    }
  }

  private static func blankLine(_ bytes: [UInt8], _ range: Range<Int>) -> Range<Int>? {
    // Not beyond the part: many parts without a line must not be walked to the body's end from each of them.
    let part = bytes.span.extracting(range)
    var index = 0
    while let end = part.firstIndex(of: 0x0A, from: index), end + 1 < part.count {
      let start = range.lowerBound + end
      if part[end + 1] == 0x0A { return start..<(start + 2) }
      if part[end + 1] == 0x0D, end + 2 < part.count, part[end + 2] == 0x0A { return start..<(start + 3) }
      index = end + 1
    }
    return nil
  }

  private static func parameter(_ name: String, of text: String) -> String? {
    for piece in text.split(whereSeparator: { $0 == ";" || $0.isNewline }) {
      let pair = piece.split(separator: "=", maxSplits: 1)
      guard pair.count == 2 else { continue }
      let own = pair[0].filter { !$0.isWhitespace }.lowercased()
      if own == name { return pair[1].trimming { $0.isWhitespace || $0 == "\"" } }
    }
    return nil
  }
}

extension StringProtocol {
  /// Without the characters at both ends that `isOuter` holds for.
  func trimming(_ isOuter: (Character) -> Bool) -> String {
    var rest = self[...]
    while let first = rest.first, isOuter(first) { rest = rest.dropFirst() }
    while let last = rest.last, isOuter(last) { rest = rest.dropLast() }
    return String(rest)
  }
}
