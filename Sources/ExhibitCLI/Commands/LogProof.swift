import ArgumentParser
import Evidence
import Foundation
import Replay

/// `exhibit log proof`
struct LogProof: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "proof",
    abstract: "Write the proof that a record stands in a log, in a file that is verified without the log.",
    discussion: """
      The file is C2SP's tlog-proof, with the record as its extra data. It is checked by: exhibit verify FILE --key K

        exhibit log proof recording/ 4711 --key gateway.vkey --output 4711.tlog-proof
      """)

  @Argument(help: "The recording, or its log.", completion: .directory) var folder: String
  @Argument(help: "The number of the record, from 0.") var record: UInt64
  @OptionGroup var key: LogKeyOption
  @Option(
    name: .shortAndLong, help: ArgumentHelp("The file; standard output without it.", valueName: "file"),
    completion: .file())
  var output: String?

  func run() throws {
    let places = try LogPlaces.find(folder)
    let proof: TlogProof
    do {
      let reader = try LogReader(log: places.log, key: try key.required(for: folder), origin: key.origin)
      guard record < reader.size else {
        throw ValidationError("\(folder) has records 0 to \(reader.size) and no record \(record)")
      }
      proof = try reader.proof(of: record)
    } catch let error as EvidenceLogError where error.code == .damaged || error.code == .otherKey {
      StandardError.line("exhibit: \(ErrorLine.text(of: error))")
      throw ExitCode(2)
    }
    guard let output else { return StandardOutput.write(proof.bytes, to: 1) }
    try ReportFile.write(proof.bytes, to: output)
    StandardOutput.write(
      "\(output): \(TerminalText.oneLine(String(decoding: proof.extra ?? [], as: UTF8.self)))\n"
        + "anybody checks it with: exhibit verify \(TerminalText.oneLine(output)) --key VKEY\n")
  }
}
