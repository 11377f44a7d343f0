/// Takes the bytes of a report in order; the command line gives one that writes a file.
public protocol ReportSink {
  mutating func append(_ bytes: [UInt8]) throws
}

/// A report kept in memory: for tests, and where it is small.
public struct ReportBuffer: ReportSink {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  public mutating func append(_ bytes: [UInt8]) { self.bytes.append(contentsOf: bytes) }

  public var text: String { String(decoding: bytes, as: UTF8.self) }
}
