import Bytes
public import Model

/// Writes a recording as an asciicast, for asciinema and its player.
///
/// Times are cut to microseconds. Data of an asciicast is text: a character that is cut between two records goes whole
/// with the second, and bytes that are not UTF-8 become U+FFFD, as asciinema's own recorder has it.
public struct AsciicastWriter {
  public enum Version: Int, Sendable, Hashable, CaseIterable {
    /// Times since the beginning.
    case v2 = 2
    /// Times since the event before, and exit statuses.
    case v3 = 3
  }

  /// What the first line says.
  public struct Header: Sendable, Hashable {
    public var size: TerminalSize
    /// When the recording began; the first record's time where that is not known.
    public var begun: Timestamp?
    public var title: String?
    public var command: String?
    /// The value of TERM.
    public var terminalName: String?
    /// Other variables of the environment.
    public var environment: [String: String]

    public init(
      size: TerminalSize, begun: Timestamp? = nil, title: String? = nil, command: String? = nil,
      terminalName: String? = nil, environment: [String: String] = [:]
    ) {
      self.size = size
      self.begun = begun
      self.title = title
      self.command = command
      self.terminalName = terminalName
      self.environment = environment
    }
  }

  public let version: Version
  public let header: Header
  private var json = JSONWriter()
  private var begun: Timestamp?
  /// Microseconds of the last event since the beginning.
  private var last: Int64 = 0
  private var output = TextCarry()
  private var input = TextCarry()

  public init(version: Version, header: Header) {
    self.version = version
    self.header = header
  }

  /// What is written so far; the writer goes on from the same place.
  public mutating func take() -> [UInt8] { json.take() }

  /// Writes a record; those that are no part of a terminal's life are passed over.
  public mutating func append(_ record: StreamRecord) {
    begin(at: record.at)
    switch record.kind {
    case .output, .errorOutput: event("o", output.decode(record.bytes), at: record.at)
    case .input: event("i", input.decode(record.bytes), at: record.at)
    case .resize:
      guard let size = TerminalSize(text: String(decoding: record.bytes, as: UTF8.self)) else { return }
      event("r", "\(size.columns)x\(size.rows)", at: record.at)
    case .exit: exit(String(decoding: record.bytes, as: UTF8.self), at: record.at)
    default: break
    }
  }

  /// Writes a place to jump to.
  public mutating func mark(_ label: String, at time: Timestamp) {
    begin(at: time)
    event("m", label, at: time, isKeptEmpty: true)
  }

  /// Writes what waits for its end: half a character, or a header without any event.
  public mutating func finish() {
    begin(at: header.begun ?? .epoch)
    event("o", output.finish(), microseconds: last)
    event("i", input.finish(), microseconds: last)
  }

  /// `x` takes a number only, and is not part of version 2; anything else is told as a marker.
  private mutating func exit(_ status: String, at time: Timestamp) {
    event("o", output.finish(), at: time)
    if version == .v3, Int(status) != nil { return event("x", status, at: time) }
    event("m", Int(status) != nil ? "exit status \(status)" : "exit: \(status)", at: time)
  }

  private mutating func begin(at time: Timestamp) {
    guard begun == nil else { return }
    let begun = header.begun ?? time
    self.begun = begun
    let seconds = begun.nanoseconds / 1_000_000_000
    var environment = header.environment
    if let name = header.terminalName { environment["TERM"] = name }
    json.object { json in
      json.member("version", version.rawValue)
      if version == .v2 {
        json.member("width", header.size.columns)
        json.member("height", header.size.rows)
      } else {
        json.key("term")
        json.object { json in
          json.member("cols", header.size.columns)
          json.member("rows", header.size.rows)
          if let name = header.terminalName { json.member("type", name) }
        }
        environment["TERM"] = nil
      }
      // Readers take a number without a sign; a clock from before 1970 was not set.
      if seconds >= 0 { json.member("timestamp", seconds) }
      if let command = header.command { json.member("command", command) }
      if let title = header.title { json.member("title", title) }
      if !environment.isEmpty {
        json.key("env")
        json.object { json in
          for (name, value) in environment.sorted(by: { $0.key < $1.key }) { json.member(name, value) }
        }
      }
    }
    json.newline()
  }

  private mutating func event(_ code: String, _ data: String, at time: Timestamp, isKeptEmpty: Bool = false) {
    let elapsed = time.nanoseconds(since: begun ?? time) / 1000
    event(code, data, microseconds: elapsed, isKeptEmpty: isKeptEmpty)
  }

  private mutating func event(_ code: String, _ data: String, microseconds: Int64, isKeptEmpty: Bool = false) {
    guard isKeptEmpty || !data.isEmpty else { return }
    // A clock that was set back does not make a recording go backwards.
    let microseconds = max(microseconds, last)
    let shown = version == .v2 ? microseconds : microseconds - last
    last = microseconds
    json.array { json in
      json.json(Self.seconds(shown))
      json.value(code)
      json.value(data)
    }
    json.newline()
  }

  /// `12.345678`.
  static func seconds(_ microseconds: Int64) -> String {
    let fraction = String(microseconds % 1_000_000)
    return "\(microseconds / 1_000_000)." + String(repeating: "0", count: 6 - fraction.count) + fraction
  }
}
