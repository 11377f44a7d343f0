public import Model

/// A way to write a session down: `exhibit replay SESSION --as ID`.
public protocol ReplayExport: Sendable {
  static var id: String { get }
  /// Writes the session, a piece at a time.
  ///
  /// - Throws: what reading the case or `write` throws.
  func export(_ session: Session, from reading: any CaseReading, write: (String) throws -> Void) throws
}

/// Every export: a file in this folder and a line here.
public enum ExportCatalog {
  public static let exports: [any ReplayExport] = [TextExport(), SQLExport(), JSONExport()]
}
