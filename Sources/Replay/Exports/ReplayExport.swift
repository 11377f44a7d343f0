public import Model

/// A way to write a session down: `exhibit replay SESSION --as ID`.
///
/// Same case, same bytes. What is captured goes out escaped for the place it goes to.
public protocol ReplayExport: Sendable {
  /// `sql`, `text`, `json`: the name on the command line.
  static var id: String { get }
  /// One line for the command line's help.
  static var summary: String { get }
  /// Writes the session, a piece at a time, in bounded memory.
  ///
  /// - Throws: what reading the case or `write` throws.
  func export(_ session: Session, from reading: any CaseReading, write: (String) throws -> Void) throws
  /// The same export of one action only; nil when it writes whole sessions.
  func only(_ actionID: String) -> (any ReplayExport)?
}

extension ReplayExport {
  public func only(_ actionID: String) -> (any ReplayExport)? { nil }
}
