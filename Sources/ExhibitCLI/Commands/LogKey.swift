import ArgumentParser
import Evidence
import Foundation

/// `exhibit log key`
struct LogKey: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key",
    abstract: "Make a key that signs an evidence log.",
    discussion: """
      The private key goes to the file, for its owner only; the public key is printed, and written beside it (.vkey). Both \
      are in the form that Go's note package has.

        exhibit log key gateway.example/prod --output gateway.key
      """)

  @Argument(help: "The log's name: a host and a path, without a scheme.") var name: String
  @Option(name: .shortAndLong, help: ArgumentHelp("The private key; must not be there yet.", valueName: "file"))
  var output: String

  func run() throws {
    let signer: NoteSigner
    do { signer = try NoteSigner(generating: name) } catch { throw ValidationError("\(name): \(error)") }
    try LogKey.write(signer, to: output)
    StandardOutput.write("\(signer.key)\n")
  }

  /// Writes a key that nobody else may read, and its public key beside it.
  static func write(_ signer: NoteSigner, to path: String) throws {
    let file = unsafe open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      throw CommandError("\(path): cannot be made, or is there already; a key is never written over")
    }
    StandardOutput.write(Array((signer.text + "\n").utf8), to: file)
    let isWritten = fsync(file) == 0
    close(file)
    guard isWritten else { throw CommandError("\(path): cannot be written") }
    try ReportFile.write(Array("\(signer.key)\n".utf8), to: path + ".vkey")
  }
}

/// `exhibit log epochs`
struct LogEpochs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "epochs",
    abstract: "Make the keys of a log's epochs, each vouched for by a root key that is kept elsewhere.",
    discussion: """
      The recorder is given the keys and the file epochs; it erases each key when the next one takes over. Whoever \
      verifies trusts the root key.

        exhibit log epochs gateway.example/prod --root root.key --count 52 --output keys
      """)

  @Argument(help: "The log's name.") var name: String
  @Option(help: ArgumentHelp("The private root key, of another name.", valueName: "file"), completion: .file())
  var root: String
  @Option(help: "How many.") var count: Int = 12
  @Option(name: .shortAndLong, help: ArgumentHelp("The folder; must not be there yet.", valueName: "folder"))
  var output: String

  func validate() throws {
    guard (1...EpochKeys.countLimit).contains(count) else {
      throw ValidationError("--count is 1 to \(EpochKeys.countLimit)")
    }
  }

  func run() throws {
    let root = try LogKeyOption.signer(root)
    guard !FileManager.default.fileExists(atPath: output) else { throw CommandError("\(output): is there already") }
    try FileManager.default.createDirectory(
      atPath: output, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    var notes: [SignedNote] = []
    for epoch in 1...count {
      let signer = try NoteSigner(generating: name)
      let digits = String(epoch)
      let file = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
      try LogKey.write(signer, to: "\(output)/\(file).key")
      notes.append(try EpochKeys.note(epoch: UInt64(epoch), key: signer.key, by: root))
    }
    _ = try EpochKeys(notes, root: root.key, origin: name)
    try ReportFile.write(EpochKeys.bytes(of: notes), to: "\(output)/epochs")
    StandardOutput.write("\(output): \(Quantity.of(count, "key")) of \(name), vouched for by \(root.key)\n")
  }
}
