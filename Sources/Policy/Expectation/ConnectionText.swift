/// A connection's URI or keywords (libpq, Connection Strings); drivers' URLs such as SQLAlchemy's and JDBC's too.
enum ConnectionText {
  private static let sizeLimit = 8 << 10

  static func read(_ text: String) -> EffectTarget? {
    guard text.utf8.count <= sizeLimit else { return nil }
    if let uri = uri(text) { return uri }
    return text.contains("=") ? keywords(text) : nil
  }

  /// `postgresql+psycopg://user:secret@host:5432/database?options`
  static func uri(_ text: String) -> EffectTarget? {
    var text = text[...]
    if text.hasPrefix("jdbc:") { text = text.dropFirst(5) }
    guard let mark = text.firstRange(of: "://") else { return nil }
    let scheme = text[..<mark.lowerBound].prefix { $0 != "+" }.lowercased()
    guard ["postgres", "postgresql", "cockroachdb", "timescaledb", "pgx", "pgx5", "redshift"].contains(scheme) else {
      return nil
    }
    let rest = text[mark.upperBound...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    var target = EffectTarget()
    var hosts = authority
    if let at = authority.lastIndex(of: "@") {
      let user = authority[..<at].prefix { $0 != ":" }
      target.user = EffectText.known(PercentCoding.decode(String(user)))
      hosts = authority[authority.index(after: at)...]
    }
    let host = hosts.prefix { $0 != "," }
    if let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") {
      target.host = EffectText.known(String(host[..<colon]))
      target.port = UInt16(host[host.index(after: colon)...])
    } else {
      target.host = EffectText.known(String(host))
    }
    let path = rest[authority.endIndex...]
    if path.hasPrefix("/") {
      target.database = EffectText.known(
        PercentCoding.decode(String(path.dropFirst().prefix { $0 != "?" && $0 != "#" })))
    }
    if let mark = path.firstIndex(of: "?") {
      for (name, value) in PercentCoding.pairs(String(path[path.index(after: mark)...])) {
        switch name {
        case "host" where target.host == nil: target.host = EffectText.known(value)
        case "port" where target.port == nil: target.port = UInt16(value)
        case "user": target.user = EffectText.known(value)
        case "dbname": target.database = EffectText.known(value)
        default: continue
        }
      }
    }
    return target
  }

  /// `host=db dbname='my shop'`
  private static func keywords(_ text: String) -> EffectTarget? {
    var target = EffectTarget()
    var rest = text[...]
    var isOne = false
    while true {
      rest = rest.drop(while: \.isWhitespace)
      guard !rest.isEmpty else { break }
      let name = rest.prefix { $0 != "=" && !$0.isWhitespace }
      rest = rest[name.endIndex...].drop { $0 == " " }
      guard rest.hasPrefix("=") else { return nil }
      rest = rest.dropFirst().drop { $0 == " " }
      var value = ""
      let isQuoted = rest.hasPrefix("'")
      if isQuoted { rest = rest.dropFirst() }
      while let letter = rest.first, isQuoted ? letter != "'" : !letter.isWhitespace {
        rest = rest.dropFirst()
        if letter == "\\", let next = rest.popFirst() { value.append(next) } else { value.append(letter) }
      }
      if isQuoted { rest = rest.dropFirst() }
      switch name {
      case "host", "hostaddr": target.host = target.host ?? EffectText.known(value)
      case "port": target.port = UInt16(value)
      case "user": target.user = EffectText.known(value)
      case "dbname": target.database = EffectText.known(value)
      case "password", "sslmode", "options", "application_name", "connect_timeout", "service", "target_session_attrs":
        break
      default: if !name.hasPrefix("ssl") { return nil }
      }
      isOne = true
    }
    return isOne ? target : nil
  }
}
