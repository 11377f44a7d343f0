import Captures
import Evidence

/// What the evidence logs beside recordings are worth; each is verified once, with all its segments.
struct RecordingIntegrity {
  private let keys: [NoteKey]
  /// By folder.
  private var known: [String: (integrity: String, remark: String?)] = [:]

  init(keys: [NoteKey]) { self.keys = keys }

  /// A segment that was made, and of which nothing was written before the recorder was killed: its content tells nothing.
  static func isUnwrittenSegment(_ source: CaptureSource) -> Bool {
    let name = source.path.lastIndex(of: "/").map { source.path[$0...].dropFirst() } ?? source.path[...]
    return source.byteCount == 0 && name.hasPrefix("segment-") && name.hasSuffix(".pcapng")
  }

  /// The verdict over the recording that a segment is of, and what a person should know of it.
  mutating func judge(_ path: String) -> (integrity: String, remark: String?) {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    if let verdict = known[folder] { return verdict }
    let verdict = verify(folder.isEmpty ? "/" : folder)
    known[folder] = verdict
    return verdict
  }

  private func verify(_ folder: String) -> (integrity: String, remark: String?) {
    guard let places = LogVerifier.places(in: folder) else {
      return ("unsigned", "a recording without its evidence log")
    }
    guard !keys.isEmpty else {
      return ("unsigned", "its evidence log was not verified: give its public key with --log-key")
    }
    var first: (integrity: String, remark: String?)?
    for key in keys {
      let verifier = LogVerifier(log: places.log, recording: places.recording, trust: LogTrust(key: key))
      let found: (String, String?)
      do {
        let verification = try verifier.verify()
        let remark = verification.reason.isEmpty ? nil : "evidence log: \(verification.reason)"
        found = ("\(verification.verdict)", remark)
        if verification.verdict.isIntact { return found }
      } catch {
        found = ("broken", "evidence log: \(error)")
      }
      first = first ?? found
    }
    return first ?? ("unsigned", nil)
  }
}
