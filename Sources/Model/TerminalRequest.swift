/// A pseudo-terminal as a client asked for it (RFC 4254 §6.2).
public struct TerminalRequest: Sendable, Hashable {
  /// The value of TERM: `xterm-256color`.
  public var name: String
  public var columns: UInt32
  public var rows: UInt32
  /// Encoded terminal modes by opcode (RFC 4254 §8): 53 is ECHO.
  public var modes: [UInt8: UInt32]

  public init(name: String, columns: UInt32, rows: UInt32, modes: [UInt8: UInt32] = [:]) {
    self.name = name
    self.columns = columns
    self.rows = rows
    self.modes = modes
  }
}
