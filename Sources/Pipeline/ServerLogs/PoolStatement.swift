/// What a pool of connections to PostgreSQL asks for itself, where its clients asked nothing of the kind.
///
/// PgBouncer gives a connection the parameters of the client that it lends it to, empties it when the client leaves
/// (`server_reset_query`) and tries it before it is used again (`server_check_query`); others do as it does.
enum PoolStatement {
  /// Parameters that the server reports and a pool therefore keeps for each client (PostgreSQL, `ParameterStatus`).
  private static let parameters: Set<String> = [
    "application_name", "client_encoding", "datestyle", "intervalstyle", "standard_conforming_strings", "timezone",
  ]
  /// Longer than any of them needs to be.
  private static let longest = 1_024

  static func isOwn(_ text: String) -> Bool {
    guard text.utf8.count <= longest else { return false }
    var bare = text.lowercased()[...]
    while let last = bare.last, last == ";" || last.isWhitespace { bare.removeLast() }
    if bare == "discard all" || bare == "select 1" { return true }
    guard bare.hasPrefix("set "), let sign = bare.firstIndex(of: "=") else { return false }
    let name = bare[..<sign].dropFirst(4).filter { $0 != " " }
    let value = bare[bare.index(after: sign)...].drop { $0 == " " }
    // Nothing behind the value, which may hold doubled quotes.
    guard parameters.contains(name), value.count > 1, value.first == "'", value.last == "'" else { return false }
    return !value.dropFirst().dropLast().replacing("''", with: "").contains("'")
  }
}
