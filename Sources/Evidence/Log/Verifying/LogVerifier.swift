/// Verifies an evidence log with the recording beside it, from its first record to its last, in bounded memory.
public struct LogVerifier {
  /// The log's own folder.
  public var log: String
  /// Where the segments are; nil leaves them out.
  public var recording: String?
  public var trust: LogTrust
  /// Name of the log in its checkpoints; nil for that of the key.
  public var origin: String?
  /// A file of checkpoints that were seen before; need not be there yet.
  public var state: String?
  /// Files of checkpoints that were kept elsewhere.
  public var anchors: [String] = []

  public init(log: String, recording: String?, trust: LogTrust) {
    self.log = log
    self.recording = recording
    self.trust = trust
  }

  /// What a folder holds of an evidence log: the log's own folder, and that of the segments; nil when it holds none.
  public static func places(in folder: String) -> (log: String, recording: String)? {
    func isLog(_ place: String) -> Bool {
      let folder = LogFolder(path: place)
      // Who took away every checkpoint left a log that proves nothing, not a folder of something else.
      return [LogFolder.historyName, "tile/entries"].contains { (try? folder.contains($0)) == true }
    }
    if isLog("\(folder)/log") { return ("\(folder)/log", folder) }
    guard isLog(folder) else { return nil }
    return (folder, LogFolder.lastName(of: folder) == "log" ? "\(folder)/.." : folder)
  }

  /// How much is there now.
  ///
  /// - Throws: `EvidenceLogError` when a folder cannot be read.
  public func glance() throws -> LogGlance { try LogGlance(self) }

  /// Records that are signed now.
  public func signedCount() throws -> UInt64 {
    try LogHead(LogFolder(path: log), trust.key, origin: origin).newest?.checkpoint.size ?? 0
  }

  /// Reads everything and judges it.
  ///
  /// - Parameter glance: An earlier look: what was there then must be signed by now, what came later need not. Nil asks that
  ///   everything is.
  /// - Returns: The verdict and what it rests on.
  /// - Throws: `EvidenceLogError` when a file cannot be read; whatever a file says is in the verdict.
  public func verify(asOf glance: LogGlance? = nil) throws -> LogVerification {
    let folder = LogFolder(path: log)
    let head = try LogHead(folder, trust.key, origin: origin)
    guard let newest = head.newest else {
      var found = LogVerification(.brokenAt(0), head.fault ?? "", origin: head.origin)
      found.checkpoint = nil
      return found
    }
    var examination = try LogExamination(self, folder, head, newest, asOf: glance)
    return try examination.run()
  }
}
