import ArgumentParser
import Evidence
import Foundation

/// The public key of a log, as it came from whoever runs the recorder.
struct LogKeyOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The log's public key, or the root key of its epochs: name+id+base64, or a file that has it.",
      valueName: "vkey|file"),
    completion: .file())
  var key: String?
  @Option(help: ArgumentHelp("The log's name, where it is not that of the key.", valueName: "name"))
  var origin: String?

  func required(for path: String) throws -> NoteKey {
    guard let key else {
      throw ValidationError("\(path) is an evidence log: give --key, its public key as the recorder's owner has it")
    }
    return try LogKeyOption.read(key)
  }

  /// Reads a key, or the first line of a file that has one.
  static func read(_ text: String) throws -> NoteKey {
    if let key = try? NoteKey(parsing: text) { return key }
    guard let data = FileManager.default.contents(atPath: text), data.count < 1 << 16 else {
      throw CommandError("\(text): no such file, and no key of the form name+id+base64")
    }
    let line = String(decoding: data, as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
    do { return try NoteKey(parsing: line) } catch { throw CommandError("\(text): \(error)") }
  }

  /// Reads a private key.
  static func signer(_ path: String) throws -> NoteSigner {
    guard let data = FileManager.default.contents(atPath: path), data.count < 1 << 16 else {
      throw CommandError("\(path): cannot be read; check the path and its permissions")
    }
    let line = String(decoding: data, as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
    do { return try NoteSigner(parsing: line) } catch { throw CommandError("\(path): \(error)") }
  }
}

/// A folder that holds an evidence log.
enum LogPlaces {
  static func find(_ folder: String) throws -> (log: String, recording: String) {
    guard let places = LogVerifier.places(in: folder) else {
      throw CommandError("\(folder): no evidence log there: neither checkpoint nor log/checkpoint")
    }
    return places
  }
}
