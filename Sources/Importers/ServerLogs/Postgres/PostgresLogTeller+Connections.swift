import Model

extension PostgresLogTeller {
  /// Connections, logins and their ends.
  mutating func connected(
    _ entry: PostgresLogEntry, in session: inout PostgresLogSession, into events: inout [ServerLogEvent]
  ) {
    let message = entry.message
    if let rest = message.rest(after: "connection received: ") {
      // The process is a new one, whatever another of its number did.
      close(&session, into: &events)
      session = PostgresLogSession()
      session.learn(entry)
      if session.peer == .unknown { session.peer = Self.peer(rest) }
      events.append(.record(record(.connection, entry, "", session)))
    } else if let rest = message.rest(after: "connection authenticated: ") {
      session.method = Self.field("method", of: rest)
    } else if let rest = message.rest(after: "connection authorized: ")
      ?? message.rest(after: "replication connection authorized: ")
    {
      close(&session, into: &events)
      if session.user == nil { session.user = Self.field("user", of: rest) }
      if session.database == nil { session.database = Self.field("database", of: rest) }
      if session.application == nil { session.application = Self.field("application_name", of: rest) }
      var login = record(.login, entry, "", session)
      // `SSL enabled (protocol=TLSv1.3, …)`
      let security = rest.firstRange(of: " SSL enabled (").map { rest[$0.lowerBound...].dropFirst() }
      let parts = [session.method, security.map(String.init)].compactMap { $0 }
      login.message = parts.isEmpty ? nil : parts.joined(separator: ", ")
      // A role or database that does not exist is found out afterwards.
      session.open = login
    } else if let rest = message.rest(after: "disconnection: session time: ") {
      disconnected(entry, rest, in: &session, into: &events)
    }
  }

  private mutating func disconnected(
    _ entry: PostgresLogEntry, _ rest: String, in session: inout PostgresLogSession, into events: inout [ServerLogEvent]
  ) {
    if session.user == nil { session.user = Self.field("user", of: rest) }
    if session.database == nil { session.database = Self.field("database", of: rest) }
    if session.peer == .unknown { session.peer = Self.peer(rest) }
    var end = record(.disconnection, entry, "", session)
    if let fatal = session.open, fatal.kind == .disconnection {
      (end.status, end.code, end.message) = (fatal.status, fatal.code, fatal.message)
    } else {
      close(&session, into: &events)
    }
    end.isEnd = true
    end.duration = Self.duration(rest) ?? 0
    session.open = end
  }

  /// `host=127.0.0.1 port=55200`, `host=[local]`
  private static func peer(_ rest: String) -> ServerRecord.Peer {
    guard let host = field("host", of: rest), !host.isEmpty else { return .unknown }
    if host == "[local]" { return .local }
    return .host(host, port: field("port", of: rest).flatMap { UInt16($0) })
  }

  /// `key=value`, up to the next blank, or to the next key that the server writes behind a name.
  private static func field(_ key: String, of text: String) -> String? {
    let padded = " " + text
    guard let mark = padded.firstRange(of: " \(key)=") else { return nil }
    let value = padded[mark.upperBound...]
    guard ["user", "database", "application_name"].contains(key) else { return String(value.prefix { $0 != " " }) }
    let ends = [" database=", " application_name=", " SSL enabled (", " GSS (", " host="]
    let end = ends.compactMap { value.firstRange(of: $0)?.lowerBound }.min()
    return PostgresLogEntry.known(String(value[..<(end ?? value.endIndex)]))
  }

  /// `0:00:01.234` in hours, minutes and seconds.
  private static func duration(_ rest: String) -> Int64? {
    var cursor = LogCursor(rest)
    guard let hours = cursor.number(1...7), cursor.skip(0x3A), let minutes = cursor.number(2...2), cursor.skip(0x3A),
      let seconds = cursor.number(2...2), cursor.skip(0x2E), let milliseconds = cursor.number(3...3)
    else { return nil }
    let sum = Int64(hours) * 3_600_000 + Int64(minutes * 60_000 + seconds * 1_000 + milliseconds)
    return sum * 1_000_000
  }
}
