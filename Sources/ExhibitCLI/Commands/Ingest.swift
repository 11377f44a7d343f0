import ArgumentParser
import Foundation
import Model
import Pipeline
import Policy
import Store

/// `exhibit ingest`
struct Ingest: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Read captures, recordings, transcripts of agents, servers' logs, archives of them or folders into a case.",
    discussion: """
      Kinds are detected by content: pcap, pcapng, and tar, zip, 7z, cpio, gz, bz2, xz, zst, lz4 around them, nested.
      Transcripts of AI agents (Claude Code, Codex and others) tie actions to the prompts behind them; servers' own logs \
      (PostgreSQL, sshd, nginx, Kubernetes, CloudTrail and others) tell what no capture shows. \
      Several files of one rotated capture are read as one. The same source twice adds nothing; an ingest that is \
      interrupted adds nothing. Key logs that lie among the inputs, or that a pcapng file carries, open what is encrypted too.

        exhibit ingest db1.pcap --case incident.exhibit
        exhibit ingest /evidence capture-*.pcap.gz --case incident.exhibit
        exhibit ingest web.pcap --keylog keys.log --case incident.exhibit
        exhibit ingest push.pcap --keylog keys.log --repo ~/src/shop --case incident.exhibit
        exhibit ingest db1.pcap --policy production.yaml --case incident.exhibit
        exhibit ingest db1.pcap ~/.claude/projects ~/.codex/sessions --case incident.exhibit
        exhibit ingest db1.pcap /var/log/postgresql/db1.csv --case incident.exhibit
        exhibit ingest /var/lib/exhibit/recording --log-key gateway.vkey --case incident.exhibit
        zcat big.pcap.gz | exhibit ingest - --case incident.exhibit
      """)

  @Argument(help: "Files or folders; - is standard input.", completion: .file())
  var inputs: [String]
  @OptionGroup var file: CaseOption
  @Option(
    name: .customLong("keylog"),
    help: "A key log of TLS (SSLKEYLOGFILE) or SSH, or an RSA private key in PEM form; may be given several times.",
    completion: .file())
  var keyLogs: [String] = []
  @Option(
    help: ArgumentHelp(
      "The public key of a gateway's evidence log, by which its recording is verified; may be given several times.",
      valueName: "vkey|file"),
    completion: .file())
  var logKey: [String] = []
  @Option(
    help: "A clone of git, for the differences of commits whose parents are not in the capture.", completion: .directory
  )
  var repo: String?
  @Option(
    help: "A policy, whose rules of masking change values before they reach the case.",
    completion: .file(extensions: ["yaml", "yml"]))
  var policy: String?
  @Option(help: "Bytes kept of each side of an exchange; true size and digest are always kept.")
  var bodyLimit: Int = PayloadBuilder.defaultLimit
  @Flag(name: .shortAndLong, help: "No progress and no summary.")
  var quiet = false

  func validate() throws {
    guard (0...(1 << 30)).contains(bodyLimit) else {
      throw ValidationError("--body-limit takes 0 to 1073741824 bytes")
    }
  }

  func run() throws {
    let target = try CaseFile(file.path, .write)
    let known = try target.knownSources().map {
      SourceFingerprint(byteCount: $0.byteCount, headSHA256: $0.headSHA256, sha256: $0.sha256)
    }
    var options = IngestOptions(
      bodyLimit: bodyLimit, secrets: try target.secretHasher(), keys: try KeyLogFiles.read(keyLogs), known: known)
    options.logKeys = try logKey.map { try LogKeyOption.read($0) }
    if policy != nil { options.masking = try PolicyFile.read(policy).masking }
    if let repo {
      guard let clone = LocalRepository(path: repo) else {
        throw ValidationError("\(repo): no repository that git can read; give a clone or a bare repository")
      }
      options.objects = clone
    }
    let progress = ProgressLine(quiet: quiet)
    var attributed: Attributor.Summary?
    var reconciled: LogReconciler.Summary?
    let summary = try target.ingest { writer in
      try target.keepSecretKey(in: writer)
      return try Pipeline.ingest(inputs, into: writer, options: options) { progress.show($0) }
    } conclude: { store in
      reconciled = try LogReconciler.run(store, secrets: options.secrets)
      attributed = try Attributor.run(store)
    }
    progress.clear()
    if !quiet {
      IngestReport(
        summary: summary, attributed: attributed, reconciled: reconciled, casePath: file.path, hasKeys: !keyLogs.isEmpty
      ).print()
    }
  }
}
