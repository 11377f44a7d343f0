public import Model

/// A way to write a case down for someone: HTML for people, JUnit for a CI job, JSON for programs.
///
/// Same case and same verdict, same bytes: no clock, no randomness, no order of hashing.
public protocol ReportFormat: Sendable {
  /// `html`, `junit`, `json`: the name of the command line's option.
  static var id: String { get }
  /// Without the dot.
  static var fileExtension: String { get }
  /// Writes the whole report in bounded memory.
  ///
  /// - Throws: what reading the case or writing to the sink throws.
  func write(_ reading: any CaseReading, verdict: Verdict, to sink: inout some ReportSink) throws
}
