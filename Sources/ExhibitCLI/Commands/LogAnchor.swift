import ArgumentParser
import Evidence
import Foundation
import Model

/// `exhibit log anchor`
struct LogAnchor: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "anchor",
    abstract: "Give a log's checkpoint to somebody else, and bring back what they say of it.",
    discussion: """
      Who holds the key of a log can write all of it anew, up to the last checkpoint that somebody else has. The network \
      is left to other tools.

        exhibit log anchor recording/ --key K --checkpoint build/evidence.checkpoint
        exhibit log anchor recording/ --key K --query q.tsq
        exhibit log anchor recording/ --key K --stamp q.tsr --authorities ca.pem
        exhibit log anchor recording/ --key K --cosigned w.checkpoint --witness VKEY

      --checkpoint is for an artefact of a build or a commit. What --query writes is posted to a time stamping authority \
      as application/timestamp-query; --stamp brings its answer back.
      """)

  @Argument(help: "The recording, or its log.", completion: .directory) var folder: String
  @OptionGroup var key: LogKeyOption
  @Option(help: ArgumentHelp("Write the newest checkpoint here.", valueName: "file"), completion: .file())
  var checkpoint: String?
  @Option(
    help: ArgumentHelp(
      "Put the newest checkpoint aside in the log, and write a request to time stamp it (RFC 3161) here.",
      valueName: "file"), completion: .file())
  var query: String?
  @Option(help: ArgumentHelp("Bring back the answer to such a request.", valueName: "file"), completion: .file())
  var stamp: String?
  @Option(
    help: ArgumentHelp("Certificates of the authority that answered, in PEM.", valueName: "file"), completion: .file())
  var authorities: String?
  @Option(
    help: ArgumentHelp("Bring back a checkpoint that a witness cosigned.", valueName: "file"), completion: .file())
  var cosigned: String?
  @Option(help: ArgumentHelp("The key of that witness.", valueName: "vkey|file"), completion: .file())
  var witness: String?

  func validate() throws {
    guard [checkpoint, query, stamp, cosigned].compactMap(\.self).count == 1 else {
      throw ValidationError("give one of --checkpoint, --query, --stamp and --cosigned")
    }
    if stamp != nil, authorities == nil { throw ValidationError("--stamp needs --authorities, who is believed") }
    if cosigned != nil, witness == nil { throw ValidationError("--cosigned needs --witness, who is believed") }
  }

  func run() throws {
    let places = try LogPlaces.find(folder)
    do {
      let reader = try LogReader(log: places.log, key: try key.required(for: folder), origin: key.origin)
      try run(reader, LogAnchors(log: places.log, reader: reader))
    } catch let error as EvidenceLogError where error.code == .damaged || error.code == .otherKey {
      StandardError.line("exhibit: \(ErrorLine.text(of: error))")
      throw ExitCode(2)
    }
  }

  private func run(_ reader: LogReader, _ anchors: LogAnchors) throws {
    if let checkpoint {
      try ReportFile.write(reader.checkpoint.note.bytes, to: checkpoint)
      StandardOutput.write("\(checkpoint): \(reader.size) records\n")
    }
    if let query {
      try ReportFile.write(try anchors.stampQuery(), to: query)
      StandardOutput.write("\(query): a request to stamp the checkpoint of \(reader.size) records\n")
    }
    if let stamp, let authorities {
      let answer = try bytes(stamp)
      guard let read = TimeStampAuthorities(pem: try bytes(authorities)) else {
        throw CommandError("\(authorities): no certificates in PEM")
      }
      let (size, time) = try anchors.add(stamp: answer, by: read)
      StandardOutput.write("the first \(size) records were there at \(time.formatted(fractionDigits: 0))\n")
    }
    if let cosigned, let witness {
      let size = try anchors.add(cosigned: try bytes(cosigned), by: try LogKeyOption.read(witness))
      StandardOutput.write("\(witness) has seen the first \(size) records\n")
    }
  }

  private func bytes(_ path: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path), data.count < 1 << 20 else {
      throw CommandError("\(path): cannot be read, or is longer than 1 MiB")
    }
    return Array(data)
  }
}
