/// Why a database's catalog could not be read.
public struct CatalogError: Error, Hashable, CustomStringConvertible {
  public enum Code: Hashable, Sendable {
    /// No connection: host, database, user or password.
    case connection
    /// The server refused a query, or it took too long.
    case query
    /// What it answered is not what was asked for.
    case answer
  }

  public var code: Code
  public var message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    // One line, whatever the server says.
    self.message = message.split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }.joined(
      separator: "; ")
  }

  public var description: String { message }
}
