import ArgumentParser
import Evidence
import Foundation
import Replay

/// A `.tlog-proof` file, told by its first line.
struct TlogProofFile {
  private let path: String
  private let bytes: [UInt8]

  /// Nil for what is none.
  init?(_ path: String) {
    guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? handle.close() }
    guard let data = try? handle.read(upToCount: TlogProof.byteLimit + 1) else { return nil }
    guard data.starts(with: Array("c2sp.org/tlog-proof@v".utf8)) else { return nil }
    self.path = path
    bytes = Array(data)
  }

  /// Checks the proof and prints the record that it proves.
  ///
  /// - Parameters:
  ///   - option: The log's key, or the root key of its epochs.
  ///   - epochs: The file of their notes.
  /// - Throws: `ExitCode` 2 when it does not hold, `CommandError` when a file cannot be used.
  func verify(_ option: LogKeyOption, epochs: String?) throws {
    let key = try option.required(for: path)
    let proof: TlogProof
    do { proof = try TlogProof(parsing: bytes) } catch { throw broken("\(error)") }
    guard let record = proof.extra else { throw broken("has no record in it: nothing to hold the proof against") }
    let tree = proof.checkpoint.checkpoint
    var keys = [key]
    if let epochs {
      guard let data = FileManager.default.contents(atPath: epochs) else {
        throw CommandError("\(epochs): cannot be read; it is the file epochs of the log")
      }
      do {
        keys = try EpochKeys(parsing: Array(data), root: key, origin: tree.origin).keys
      } catch { throw broken("\(epochs): \(error)") }
    } else {
      guard tree.origin == option.origin ?? key.name else { throw broken("is of the log \(tree.origin)") }
    }
    guard proof.holds(of: record, keys: keys) else {
      throw broken("the record is not in a log that \(key.name) signed")
    }
    StandardOutput.write(
      "\(path): record \(proof.inclusion.index) of \(tree.size) of \(tree.origin), as signed by \(key)\n"
        + TerminalText.oneLine(String(decoding: record, as: UTF8.self)) + "\n")
  }

  private func broken(_ reason: String) -> any Error {
    StandardError.line("exhibit: \(path): \(ErrorLine.text(of: CommandError(reason)))")
    return ExitCode(2)
  }
}
