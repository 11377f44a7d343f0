import Model

/// Reads a request, strictly: what a person may read in two ways is refused.
struct ApprovalReader {
  /// Bytes of a file.
  static let byteLimit = 4 << 20
  /// Changes of a request.
  static let changeLimit = 10_000
  /// Uses of a request.
  static let useLimit = 1_000_000

  private let file: String
  private let lines: [Substring]
  /// Of the line that is read next, from 0.
  private var index = 0

  /// - Throws: `ApprovalFileError` for what is no text or too large.
  init(_ bytes: [UInt8], file: String) throws(ApprovalFileError) {
    self.file = file
    guard bytes.count <= ApprovalReader.byteLimit else {
      throw ApprovalFileError(file: file, line: 1, "longer than \(ApprovalReader.byteLimit) bytes")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ApprovalFileError(file: file, line: 1, "not UTF-8")
    }
    guard !bytes.contains(0x0D) else {
      throw ApprovalFileError(file: file, line: 1, "has carriage returns; write lines that end in a line feed alone")
    }
    guard text.hasSuffix("\n") else { throw ApprovalFileError(file: file, line: 1, "cut: its last line has no end") }
    lines = text.dropLast().split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// The request that the whole file is.
  mutating func read() throws(ApprovalFileError) -> ApprovalRequest {
    guard lines.first.map(String.init) == ApprovalRequest.opening else {
      throw error("does not begin with \"\(ApprovalRequest.opening)\"")
    }
    index = 1
    var request = try head()
    let total = try changeCount()
    while index < lines.count {
      guard lines[index].isEmpty else { throw error("a blank line belongs before each change") }
      index += 1
      request.changes.append(try change(request.changes.count + 1, of: total))
      let change = request.changes[request.changes.count - 1]
      let (key, value) = try member()
      guard key == "subject" else { throw error("\(key) does not belong here; a change ends with its subject", -1) }
      guard value == request.subject(of: change) else {
        throw error("the subject is not that of what stands above: something was edited after it was written", -1)
      }
    }
    guard request.changes.count == total else {
      throw error("has \(request.changes.count) of \(total) changes: cut, or put together from several")
    }
    guard request.text.isSame(as: lines.joined(separator: "\n") + "\n") else {
      throw error("not written the one way that exhibit plan writes it")
    }
    return request
  }

  private mutating func head() throws(ApprovalFileError) -> ApprovalRequest {
    var values: [String: String] = [:]
    var settings: [String] = []
    let keys = [
      "title", "requested-by", "agent", "reason", "target", "protocol", "server", "database", "user", "uses",
      "decide-by", "use-from", "use-by", "policy", "setting",
    ]
    while index < lines.count, !lines[index].isEmpty {
      let (key, value) = try member()
      guard keys.contains(key) else { throw error("unknown line \"\(key)\"", -1) }
      let isFree = key == "title" || key == "reason"
      guard isFree ? ApprovalText.isReadable(value) : ApprovalText.isPlain(value), !value.isEmpty else {
        throw error("\(key) holds what cannot be seen or told from other letters", -1)
      }
      if key == "setting" {
        settings.append(value)
      } else if values.updateValue(value, forKey: key) != nil {
        throw error("\(key) is given twice", -1)
      }
    }
    func time(_ key: String) throws(ApprovalFileError) -> Timestamp? {
      guard let text = values[key] else { return nil }
      guard let time = Timestamp(utc: text) else { throw error("\(key) is no time such as 2026-11-20T02:14:03Z") }
      return time
    }
    guard let title = values["title"], let requestedBy = values["requested-by"] else {
      throw error("title and requested-by are needed")
    }
    guard let useBy = try time("use-by") else { throw error("use-by is missing: an approval without end is none") }
    guard let uses = values["uses"].flatMap({ Int($0) }), (1...ApprovalReader.useLimit).contains(uses) else {
      throw error("uses takes a number from 1 to \(ApprovalReader.useLimit)")
    }
    let place = ApprovalRequest.Place(
      target: values["target"], protocolName: values["protocol"], server: values["server"],
      database: values["database"], user: values["user"])
    guard place.target != nil || place.server != nil else {
      throw error("target or server is missing: approved where?")
    }
    return ApprovalRequest(
      title: title, requestedBy: requestedBy, agent: values["agent"], reason: values["reason"], place: place,
      uses: uses, decideBy: try time("decide-by"), useFrom: try time("use-from"), useBy: useBy,
      policySHA256: values["policy"], settings: settings, changes: [])
  }

  /// Of `change 1 of 3: sql`.
  private func changeCount() throws(ApprovalFileError) -> Int {
    guard index + 1 < lines.count else { throw error("has no change") }
    let words = lines[index + 1].split(separator: " ")
    guard words.count == 5, words[0] == "change", words[2] == "of", let count = Int(words[3].dropLast()),
      (1...ApprovalReader.changeLimit).contains(count)
    else { throw error("change 1 is missing", 1) }
    return count
  }

  private mutating func change(_ number: Int, of total: Int) throws(ApprovalFileError) -> ApprovalChange {
    guard index < lines.count else { throw error("cut before change \(number)") }
    let (key, kind) = try member()
    guard key == "change \(number) of \(total)", kind.utf8.allSatisfy({ (0x61...0x7A).contains($0) }) else {
      throw error("here change \(number) of \(total) should begin", -1)
    }
    var fingerprint: String?
    if next(is: "every-statement-of-shape:") {
      fingerprint = try member().value
      guard next(is: "for example") else { throw error("the example of the shape is missing") }
      index += 1
    }
    let text = try changeText()
    guard ApprovalChange.normalised(text, kind: kind).isSame(as: text), !text.isEmpty else {
      throw error("the text begins or ends with blanks or a semicolon", -1)
    }
    var change = ApprovalChange(kind: kind, text: text, fingerprint: fingerprint)
    if next(is: "parameters:") {
      guard let values = ApprovalText.values(try member().value) else {
        throw error("parameters are no JSON array of strings and nulls in ASCII", -1)
      }
      change.parameters = values
    }
    if next(is: "body-sha256:") {
      let value = try member().value
      guard value != ApprovalChange.anyBody || kind == "copy" || kind == "sftp" else {
        throw error("any data can be approved of a COPY and of a file alone", -1)
      }
      change.bodySHA256 = value
    }
    if next(is: "rows-at-most:") {
      guard let rows = Int(try member().value), rows >= 0 else { throw error("rows-at-most takes a number", -1) }
      change.rowsAtMost = rows
    }
    return change
  }

  private mutating func changeText() throws(ApprovalFileError) -> String {
    if next(is: "quoted:") {
      guard let text = ApprovalText.unquoted(try member().value), !ApprovalText.isPlain(text) else {
        throw error("quoted takes a JSON string in ASCII, for a text that cannot stand here as it is", -1)
      }
      return text
    }
    var text: [Substring] = []
    while index < lines.count, lines[index].hasPrefix("| ") {
      text.append(lines[index].dropFirst(2))
      index += 1
    }
    let joined = text.joined(separator: "\n")
    guard !text.isEmpty else { throw error("the text of the change is missing") }
    guard ApprovalText.isPlain(joined) else {
      throw error("the text holds what is not plain ASCII; write it quoted, so that everybody sees it", -1)
    }
    return joined
  }

  private func next(is beginning: String) -> Bool { index < lines.count && lines[index].hasPrefix(beginning) }

  /// A line `key: value`.
  private mutating func member() throws(ApprovalFileError) -> (key: String, value: String) {
    guard index < lines.count else { throw error("cut here") }
    let line = lines[index]
    guard let colon = line.firstRange(of: ": ") else { throw error("neither \"key: value\" nor \"| text\"") }
    index += 1
    return (String(line[..<colon.lowerBound]), String(line[colon.upperBound...]))
  }

  private func error(_ detail: String, _ offset: Int = 0) -> ApprovalFileError {
    ApprovalFileError(file: file, line: max(1, index + 1 + offset), detail)
  }
}

extension ApprovalRequest {
  /// Reads a request's file.
  ///
  /// - Throws: `ApprovalFileError`, naming the line. There is one way to write a request; any other is refused.
  public init(parsing bytes: [UInt8], file: String) throws(ApprovalFileError) {
    var reader = try ApprovalReader(bytes, file: file)
    self = try reader.read()
  }
}
