import Bytes

extension DataMask {
  /// The mark of byte order, which some programs put before JSON.
  static let orderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// A text of any form: JSON if it begins as such, else as it reads.
  mutating func text(_ bytes: [UInt8], within place: ColumnPlace? = nil) -> [UInt8] {
    guard bytes.starts(with: Self.orderMark) else { return unmarked(bytes, place) }
    return Self.orderMark + unmarked(Array(bytes.dropFirst(Self.orderMark.count)), place)
  }

  private mutating func unmarked(_ bytes: [UInt8], _ place: ColumnPlace?) -> [UInt8] {
    if let first = bytes.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }), first == 0x7B || first == 0x5B,
      let json = json(bytes, within: place)
    {
      return json
    }
    return plainText(bytes)
  }

  public mutating func text(_ text: String) -> String {
    let bytes = Array(text.utf8)
    let shown = self.text(bytes)
    return shown == bytes ? text : String(decoding: shown, as: UTF8.self)
  }

  // MARK: Forms and addresses

  /// A query or form: names of fields are names of columns.
  mutating func form(_ text: some StringProtocol) -> String {
    text.split(separator: "&", omittingEmptySubsequences: false).map { pair -> String in
      guard let equals = pair.firstIndex(of: "=") else { return coded(String(pair), nil) }
      let name = PercentCoding.decode(pair[..<equals], plusIsSpace: true)
      return coded(String(pair[..<equals]), nil) + "="
        + coded(String(pair[pair.index(after: equals)...]), ColumnPlace(name: name))
    }.joined(separator: "&")
  }

  private mutating func coded(_ text: String, _ place: ColumnPlace?) -> String {
    let plain = Array(PercentCoding.decode(text, plusIsSpace: true).utf8)
    let mask = mask(for: place)
    if mask.whole == nil, let first = plain.first, first == 0x7B || first == 0x5B, let json = json(plain, within: place)
    {
      return json == plain ? text : PercentCoding.encode(String(decoding: json, as: UTF8.self))
    }
    switch plainValue(plain, mask) {
    case .same: return text
    case .replaced(let shown): return PercentCoding.encode(String(decoding: shown, as: UTF8.self))
    case .null: return ""
    }
  }

  /// An address: its query and fragment by their names, its path as it reads and as it is decoded.
  mutating func url(_ url: String) -> String {
    guard let mark = url.firstIndex(where: { $0 == "?" || $0 == "#" }) else { return path(url) }
    let tail = url[url.index(after: mark)...]
    let shown = tail.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map { form($0) }
    return path(String(url[..<mark])) + String(url[mark]) + shown.joined(separator: "#")
  }

  private mutating func path(_ path: String) -> String {
    let plain = PercentCoding.decode(path)
    let bytes = Array(plain.utf8)
    let shown = plainText(bytes)
    if shown == bytes { return path }
    let text = String(decoding: shown, as: UTF8.self)
    return plain == path
      ? text : PercentCoding.encode(text).replacing("%2F", with: "/").replacing("%3A", with: ":")
  }

  // MARK: Bodies

  /// The content of a message by its media type: JSON, a form, parts of a form, CSV with a head, or text.
  public mutating func body(_ bytes: [UInt8], mediaType: String?) -> [UInt8] {
    let media = (mediaType ?? "").lowercased()
    if media.hasPrefix("application/x-www-form-urlencoded"), bytes.span.isUTF8 {
      return Array(form(String(decoding: bytes, as: UTF8.self)).utf8)
    }
    if media.hasPrefix("multipart/"), let parts = MultipartSecrets.parts(of: bytes, mediaType: mediaType) {
      return multipart(bytes, parts)
    }
    if media.hasPrefix("text/csv") { return csv(bytes, CopyForm(isCSV: true, hasHeader: true)) }
    return text(bytes)
  }

  private mutating func multipart(_ bytes: [UInt8], _ parts: [(name: String, content: Range<Int>)]) -> [UInt8] {
    var out: [UInt8] = []
    var position = 0
    for part in parts where part.content.lowerBound >= position {
      out += plainText(Array(bytes[position..<part.content.lowerBound]))
      let content = Array(bytes[part.content])
      let place = ColumnPlace(name: part.name)
      let mask = mask(for: place)
      // A file may be a text of its own form; a field is a value of its name.
      if mask.whole == nil, let first = content.first, first == 0x7B || first == 0x5B {
        out += text(content, within: place)
      } else {
        switch plainValue(content, mask) {
        case .same: out += content
        case .replaced(let shown): out += shown
        case .null: break
        }
      }
      position = part.content.upperBound
    }
    return out + plainText(Array(bytes[position...]))
  }
}
