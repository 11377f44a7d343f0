import ArgumentParser

/// `exhibit log`
struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Keys, proofs, exports and anchors of evidence logs.",
    discussion: """
      An evidence log lies beside a recording, in its folder log, and is verified with: exhibit verify

        exhibit log key gateway.example/prod --output gateway.key
        exhibit log proof recording/ 4711 --key gateway.vkey --output 4711.tlog-proof
        exhibit log export recording/ --key gateway.vkey --output handed-over
        exhibit log anchor recording/ --key gateway.vkey --checkpoint ci.checkpoint
      """,
    subcommands: [LogKey.self, LogEpochs.self, LogProof.self, LogExportCommand.self, LogAnchor.self])
}
