import Bytes
import Model

/// Finds out which server wrote a log, and reads it.
public struct ServerLogReader: Sendable {
  /// The formats, the most telling first: one folder and one line each.
  private static let catalog: [any ServerLogImporter.Type] = [
    PostgresCSVImporter.self,
    PostgresJSONImporter.self,
    PostgresTextImporter.self,
    JSONServerLog<CloudTrailTeller>.self,
    JSONServerLog<KubernetesAuditTeller>.self,
    SudoLogImporter.self,
    JournalJSONImporter.self,
    JournalExportImporter.self,
    JSONServerLog<AccessJSONTeller>.self,
    SyslogImporter.self,
    AccessLogImporter<CombinedAccessLog>.self,
    AccessLogImporter<EnvoyAccessLog>.self,
    AccessLogImporter<HAProxyAccessLog>.self,
    SSHDFileImporter.self,
  ]

  private var importer: any ServerLogImporter
  /// The format's name: `postgres-csvlog`.
  public let format: String

  /// The reader of a file; nil when it is no log that is known.
  public init?(_ head: TranscriptHead, _ file: TranscriptFile) {
    guard let kind = Self.catalog.first(where: { $0.recognizes(head) }) else { return nil }
    importer = kind.init(file, head)
    format = kind.name
  }

  /// The format of a file by its first bytes; nil when it is no server's log.
  public static func format(of head: TranscriptHead) -> String? { catalog.first { $0.recognizes(head) }?.name }

  /// The next bytes of the file, in order.
  public mutating func receive(_ bytes: Span<UInt8>, into events: inout [ServerLogEvent]) {
    importer.receive(bytes, into: &events)
  }

  /// The file is over: tells what waited for more.
  public mutating func finish(into events: inout [ServerLogEvent]) { importer.finish(into: &events) }

  /// The formats that take a file for theirs; detection is right when there is one at most.
  static func formats(of head: TranscriptHead) -> [String] { catalog.filter { $0.recognizes(head) }.map { $0.name } }
}
