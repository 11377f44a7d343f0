import Foundation
import Model
import Reports

/// A report that becomes a file: whole, or not at all.
struct ReportFile: ReportSink {
  /// Bytes collected before they are written.
  private static let bufferSize = 1 << 18

  private let handle: FileHandle
  private var buffer: [UInt8] = []

  private init(_ handle: FileHandle) { self.handle = handle }

  mutating func append(_ bytes: [UInt8]) throws {
    buffer.append(contentsOf: bytes)
    if buffer.count >= ReportFile.bufferSize { try flush() }
  }

  private mutating func flush() throws {
    try handle.write(contentsOf: buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  /// Writes a report beside its place and moves it there when it is whole.
  ///
  /// - Throws: `CommandError` when the file cannot be written; what reading the case throws.
  static func write(
    _ format: any ReportFormat, _ reading: any CaseReading, _ verdict: Verdict, to path: String
  ) throws {
    try write(to: path) { file in try format.write(reading, verdict: verdict, to: &file) }
  }

  /// The same with bytes that are there.
  static func write(_ bytes: [UInt8], to path: String) throws {
    try write(to: path) { file in try file.append(bytes) }
  }

  private static func write(to path: String, _ body: (inout ReportFile) throws -> Void) throws {
    let partial = path + ".partial"
    guard FileManager.default.createFile(atPath: partial, contents: nil),
      let handle = FileHandle(forWritingAtPath: partial)
    else { throw CommandError("\(path): cannot be written; check its folder and its permissions") }
    do {
      var file = ReportFile(handle)
      try body(&file)
      try file.flush()
      try handle.close()
      guard unsafe rename(partial, path) == 0 else { throw CommandError("\(path): cannot be replaced") }
    } catch let error as CocoaError {
      try? FileManager.default.removeItem(atPath: partial)
      throw CommandError("\(path): cannot be written: \(error.localizedDescription)")
    } catch {
      try? FileManager.default.removeItem(atPath: partial)
      throw error
    }
  }
}
