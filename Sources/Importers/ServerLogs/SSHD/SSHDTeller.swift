import Model

/// Makes records of what OpenSSH's server logs (auth.c, session.c, packet.c, sshd.c; `LogLevel VERBOSE` tells most).
///
/// From version 9.8 on the process of a connection is called `sshd-session`, from 10.0 on that before the login `sshd-auth`.
/// What the process of the logged-in user says is found by the address and port of its client.
struct SSHDTeller: Sendable {
  /// Connections that are remembered.
  static let sessionLimit = 16_384

  private struct Session: Sendable {
    var key: String
    var server: String?
    var user: String?
    /// An end of which more may be told.
    var end: ServerRecord?
    var isOver = false
  }

  /// By the client's address and port.
  private var sessions: [String: Session] = [:]
  private var order: [String] = []

  mutating func receive(_ entry: SystemLogEntry, into events: inout [ServerLogEvent]) {
    var message = entry.message
    if let text = message.removing(suffix: " [preauth]") { message = text }
    if message.hasPrefix("Connection from ") {
      connection(entry, message, into: &events)
    } else if message.hasPrefix("Accepted ") || message.hasPrefix("Failed ") {
      login(entry, message, into: &events)
    } else if let rest = message.rest(after: "Invalid user ") {
      guard let place = SSHDPlace(rest, mark: " from ") else { return }
      append(.login, entry, "", place, user: place.before, into: &events) {
        ($0.status, $0.message) = (.error, "invalid user")
      }
    } else if let rest = message.rest(after: "User "), let mark = rest.rest(behind: " not allowed because ") {
      let user = String(rest.prefix { $0 != " " })
      let from = rest.rest(behind: " from ").map { String($0.prefix { $0 != " " }) }
      var record = record(.login, entry, "", nil)
      (record.user, record.status, record.message) = (user, .denied, "not allowed because " + mark)
      if let from { record.peer = .host(from, port: nil) }
      events.append(.record(record))
    } else if let rest = message.rest(after: "Starting session: ") {
      session(entry, rest, into: &events)
    } else {
      end(entry, message, into: &events)
    }
  }

  mutating func finish(into events: inout [ServerLogEvent]) {
    let open = sessions.values.compactMap(\.end).sorted { $0.origin.packet < $1.origin.packet }
    events += open.map { .record($0) }
    (sessions, order) = ([:], [])
  }

  // MARK: Messages

  /// `Connection from 10.0.0.7 port 40022 on 10.0.0.1 port 22 rdomain ""`
  private mutating func connection(
    _ entry: SystemLogEntry, _ message: String, into events: inout [ServerLogEvent]
  ) {
    guard let place = SSHDPlace(message, mark: "from ") else { return }
    var session = Session(key: entry.key)
    let words = place.after.split(separator: " ")
    if words.count >= 4, words[0] == "on", words[2] == "port" {
      session.server = words[1].contains(":") ? "[\(words[1])]:\(words[3])" : "\(words[1]):\(words[3])"
    }
    if let end = sessions[place.key]?.end { events.append(.record(end)) }
    remember(session, place.key, into: &events)
    append(.connection, entry, "", place, user: nil, into: &events) { _ in }
  }

  /// `Accepted publickey for alice from 10.0.0.7 port 40022 ssh2: ED25519 SHA256:…`
  private mutating func login(_ entry: SystemLogEntry, _ message: String, into events: inout [ServerLogEvent]) {
    let isAccepted = message.hasPrefix("Accepted ")
    guard let rest = message.rest(behind: " "), let named = rest.rest(behind: " for ") else { return }
    let method = String(rest.prefix { $0 != " " })
    // `Accepted key ED25519 SHA256:… found at …` and `Accepted certificate ID …` are not yet a login.
    guard method != "key", method != "certificate" else { return }
    let isInvalid = named.hasPrefix("invalid user ")
    guard let place = SSHDPlace(named.rest(after: "invalid user ") ?? named, mark: " from ") else { return }
    // `ssh2: ED25519 SHA256:…`, with a certificate `ssh2: ED25519-CERT SHA256:… ID name (serial 7) CA RSA SHA256:…`
    let proof = place.after.rest(behind: "ssh2: ")
    append(.login, entry, "", place, user: place.before, into: &events) { record in
      record.status = isAccepted ? .ok : .error
      record.message = [method, proof, isInvalid ? "invalid user" : nil].compactMap { $0 }.joined(separator: " ")
    }
  }

  /// `command for alice from 10.0.0.7 port 40022 id 0`, `shell on pts/0 for …`, `subsystem 'sftp' for …`,
  /// `forced-command (key-option) 'backup' for …`
  private mutating func session(_ entry: SystemLogEntry, _ rest: String, into events: inout [ServerLogEvent]) {
    guard let place = SSHDPlace(rest, mark: " from "), let mark = place.before.lastRange(of: " for ") else { return }
    let what = String(place.before[..<mark.lowerBound])
    let user = String(place.before[mark.upperBound...])
    var (text, note, isCut) = (what, String?.none, false)
    if let name = what.rest(after: "subsystem '") {
      text = "subsystem " + (name.removing(suffix: "'") ?? name)
    } else if what.hasPrefix("forced-command"), let command = what.rest(behind: ") '") {
      text = command.removing(suffix: "'") ?? command
      note = String(what.prefix { $0 != "'" }).removing(suffix: " ")
    } else {
      isCut = what == "command" || what.hasPrefix("command on ")
    }
    append(.command, entry, text, place, user: user, into: &events) { ($0.isCut, $0.message) = (isCut, note) }
  }

  private mutating func end(_ entry: SystemLogEntry, _ message: String, into events: inout [ServerLogEvent]) {
    let marks = [
      "Received disconnect from ", "Disconnected from ", "Connection closed by ", "Connection reset by ",
      "Closing connection to ", "Timeout, client not responding from ",
    ]
    guard let beginning = marks.first(where: message.hasPrefix), let rest = message.rest(after: beginning) else {
      return
    }
    // `Connection closed by invalid user bob 10.0.0.7 port 40022`; the name may hold blanks.
    let words = rest.split(separator: " ")
    guard let mark = words.dropLast().lastIndex(of: "port"), mark > 0,
      let place = SSHDPlace(words[(mark - 1)...].joined(separator: " "), mark: "")
    else { return }
    var named: String?
    for (kind, count) in [("invalid", 2), ("authenticating", 2), ("user", 1)]
    where words.first?.elementsEqual(kind) == true {
      if mark - 1 > count { named = words[count..<(mark - 1)].joined(separator: " ") }
      break
    }
    var session = sessions[place.key] ?? Session(key: entry.key)
    guard !session.isOver else { return }
    var record = session.end ?? record(.disconnection, entry, "", place)
    record.user = named ?? record.user ?? session.user
    record.isEnd = true
    if record.message == nil { record.message = message }
    // The reason comes first, then that it is over.
    session.isOver = !beginning.hasPrefix("Received")
    session.end = session.isOver ? nil : record
    if session.isOver { events.append(.record(record)) }
    remember(session, place.key, into: &events)
  }

  // MARK: Details

  private func record(
    _ kind: ServerRecord.Kind, _ entry: SystemLogEntry, _ text: String, _ place: SSHDPlace?
  ) -> ServerRecord {
    var record = ServerRecord(
      kind, of: "ssh", at: entry.time.at, precision: entry.time.precision, text: text, origin: entry.origin)
    record.sessionKey = entry.key.isEmpty ? nil : entry.key
    guard let place else { return record }
    record.peer = place.peer
    if let session = sessions[place.key] {
      record.sessionKey = session.key.isEmpty ? nil : session.key
      (record.server, record.user) = (session.server, session.user)
    }
    return record
  }

  private mutating func append(
    _ kind: ServerRecord.Kind, _ entry: SystemLogEntry, _ text: String, _ place: SSHDPlace, user: String?,
    into events: inout [ServerLogEvent], more: (inout ServerRecord) -> Void
  ) {
    if sessions[place.key] == nil { remember(Session(key: entry.key), place.key, into: &events) }
    var record = record(kind, entry, text, place)
    record.user = user ?? record.user
    record.isCut = entry.isCut
    more(&record)
    if kind == .login, record.status == .ok { sessions[place.key]?.user = record.user }
    events.append(.record(record))
  }

  private mutating func remember(_ session: Session, _ key: String, into events: inout [ServerLogEvent]) {
    if sessions.updateValue(session, forKey: key) == nil { order.append(key) }
    guard order.count > Self.sessionLimit else { return }
    for key in order.prefix(Self.sessionLimit / 2) {
      if let end = sessions.removeValue(forKey: key)?.end { events.append(.record(end)) }
    }
    order.removeFirst(Self.sessionLimit / 2)
  }
}

/// `10.0.0.7 port 40022` in a message, and what stands around it.
struct SSHDPlace: Sendable {
  var before: String
  var address: String
  var port: UInt16
  var after: String

  var key: String { "\(address) \(port)" }
  var peer: ServerRecord.Peer { address == "UNKNOWN" ? .unknown : .host(address, port: port) }

  /// A name may hold blanks and `from`: the last place that fits counts.
  init?(_ text: String, mark: String) {
    let bytes = Array(text.utf8)
    let first = Array(mark.utf8)
    var place: Int? = mark.isEmpty ? 0 : nil
    if !mark.isEmpty, bytes.count >= first.count {
      // `ssh2: …` and `on …` follow, in which no address stands; an identity of a certificate may hold anything.
      let tail = text.rest(behind: " ssh2: ").map { bytes.count - $0.utf8.count } ?? bytes.count
      for start in stride(from: min(tail, bytes.count) - first.count, through: 0, by: -1)
      where bytes[start] == first[0] && bytes[start..<(start + first.count)].elementsEqual(first) {
        place = start
        break
      }
    }
    guard let place else { return nil }
    var cursor = LogCursor(bytes, from: place + first.count)
    guard let address = cursor.word(), cursor.skip(" port "), let number = cursor.number(1...5),
      let port = UInt16(exactly: number)
    else { return nil }
    _ = cursor.skip(0x3A)
    _ = cursor.skip(0x20)
    before = String(decoding: bytes[..<place], as: UTF8.self)
    (self.address, self.port, after) = (address, port, cursor.rest)
  }
}

extension String {
  /// Without an ending; nil when it ends otherwise.
  func removing(suffix: String) -> String? { hasSuffix(suffix) ? String(dropLast(suffix.count)) : nil }

  /// Where a text stands last, compared by bytes.
  func lastRange(of text: String) -> Range<Index>? {
    var rest = utf8[...]
    guard let last = text.utf8.last else { return nil }
    while let place = rest.lastIndex(of: last) {
      rest = rest[...place]
      if rest.count >= text.utf8.count, rest.suffix(text.utf8.count).elementsEqual(text.utf8) {
        return utf8.index(rest.endIndex, offsetBy: -text.utf8.count)..<rest.endIndex
      }
      rest = rest[..<place]
    }
    return nil
  }
}
