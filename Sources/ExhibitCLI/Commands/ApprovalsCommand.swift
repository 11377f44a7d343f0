import ArgumentParser
import Bytes
import Gateway

/// `exhibit approvals`
struct ApprovalsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approvals",
    abstract: "See what waits at a gateway, and approve or deny it.",
    discussion: """
      A gateway whose configuration says socket: PATH answers there.

        exhibit approvals list --socket /run/exhibit/gateway.sock
        exhibit approvals show 7 --socket /run/exhibit/gateway.sock
        exhibit approvals approve 7 --key ~/.ssh/id_ed25519 --socket /run/exhibit/gateway.sock
        exhibit approvals deny 7 --reason "not on a Friday" --agent --socket /run/exhibit/gateway.sock
        exhibit approvals login K7QX-9M2P --agent --socket /run/exhibit/gateway.sock
      """,
    subcommands: [
      ApprovalsList.self, ApprovalsShow.self, ApprovalsApprove.self, ApprovalsDeny.self, ApprovalsLogin.self,
    ])
}

/// `--socket FILE`
struct GatewaySocketOption: ParsableArguments {
  @Option(
    name: .customLong("socket"), help: ArgumentHelp("The gateway's socket on this machine.", valueName: "file"),
    completion: .file())
  var path: String

  func ask(_ verb: String, _ members: KeyValuePairs<String, String?> = [:]) throws -> JSONValue {
    try ControlClient(path: path).ask(verb, members)
  }
}

/// `exhibit approvals list`
struct ApprovalsList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List what waits, the oldest first.",
    discussion: "  exhibit approvals list --socket gateway.sock")

  @OptionGroup var socket: GatewaySocketOption
  @OptionGroup var list: FormatOption

  func run() throws {
    let names = [
      "session", "identity", "human", "agent", "run", "target", "database", "user", "since", "until", "rule", "reason",
      "text",
    ]
    let hidden: Set<String> = ["session", "identity", "run", "user", "since", "reason"]
    var writer = ListWriter(
      [.init("id")] + names.map { .init($0, table: !hidden.contains($0), limit: $0 == "text" ? 60 : 30) }, list.format)
    for held in try socket.ask("list")["held"]?.elements ?? [] {
      writer.write((["id"] + names).map { .text(held[$0]?.string) })
    }
    writer.finish(empty: "nothing waits")
  }
}

/// `exhibit approvals show`
struct ApprovalsShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one request whole: its bytes, who sent it, why it waits.",
    discussion: """
        exhibit approvals show 7 --socket gateway.sock
        exhibit approvals show 7 --socket gateway.sock --bytes request.bin
      """)

  @Argument(help: "The number that list gives.") var id: String
  @OptionGroup var socket: GatewaySocketOption
  @Option(
    help: ArgumentHelp("Write the bytes of the request here, as the client sent them.", valueName: "file"),
    completion: .file())
  var bytes: String?

  func run() throws {
    let held = try HeldPage(try socket.ask("show", ["id": id]))
    if let bytes { try ReportFile.write(try held.whole(), to: bytes) }
    held.print()
  }
}
