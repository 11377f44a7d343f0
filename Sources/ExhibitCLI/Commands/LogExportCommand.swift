import ArgumentParser
import Bytes
import Evidence
import Foundation

/// `exhibit log export`
struct LogExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Copy a recording with its log to a folder of its own, as far as it is signed.",
    discussion: """
      The log is verified first. What is behind its last checkpoint stays out, so a log that is being written can be \
      exported.

        exhibit log export recording/ --key gateway.vkey --output handed-over
      """)

  @Argument(help: "The recording, or its log.", completion: .directory) var folder: String
  @OptionGroup var key: LogKeyOption
  @OptionGroup(title: "Verifying") var options: LogVerifyOptions
  @Option(name: .shortAndLong, help: ArgumentHelp("The folder; it must not be there yet.", valueName: "folder"))
  var output: String

  func run() throws {
    guard !FileManager.default.fileExists(atPath: output) else {
      throw CommandError("\(output): is there already; an export is made anew, never changed")
    }
    let verifier = try options.verifier(folder, key)
    let found = try verifier.verify()
    guard found.verdict.isIntact || found.verdict == .unsignedTail, let checkpoint = found.checkpoint else {
      StandardOutput.write(LogVerificationText.text(folder, found))
      StandardError.line("exhibit: \(ErrorLine.text(of: CommandError("\(folder): \(found.verdict): \(found.reason)")))")
      throw ExitCode(2)
    }
    let partial = output + ".partial"
    try? FileManager.default.removeItem(atPath: partial)
    do {
      var export = LogExport(log: verifier.log, recording: verifier.recording, output: partial)
      let copied = try export.write(checkpoint, key: verifier.trust.key)
      try FileManager.default.moveItem(atPath: partial, toPath: output)
      StandardOutput.write(
        "\(output): \(Quantity.count(Int(clamping: checkpoint.checkpoint.size))) records, "
          + "\(Quantity.of(copied.segments, "segment")), root \(checkpoint.checkpoint.root.hex)\n"
          + "anybody checks it with: exhibit verify \(output) --key VKEY\n")
    } catch {
      try? FileManager.default.removeItem(atPath: partial)
      throw error
    }
  }
}
