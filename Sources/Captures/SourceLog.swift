import Bytes
import Model

/// What is to be told of one source besides its packets: rare, so kept apart from what is touched for each packet.
final class SourceLog {
  /// Comments kept of a source, and bytes of each.
  static let commentLimit = 16
  static let commentByteLimit = 1024

  let ordinal: UInt32
  private let anomalyLimit: Int
  private(set) var anomalies: [Anomaly] = []
  private var anomalyCount = 0
  private var once: Set<Anomaly.Code> = []
  private(set) var comments: [String] = []
  private(set) var commentCount = 0
  private let secrets: SecretStore
  /// Sentences for the source's note.
  var remarks: [String] = []
  var isComplete = true

  init(ordinal: UInt32, anomalyLimit: Int, secrets: SecretStore = SecretStore()) {
    self.secrets = secrets
    self.ordinal = ordinal
    self.anomalyLimit = anomalyLimit
  }

  /// Adds an anomaly, as far as the limit goes.
  func report(_ code: Anomaly.Code, _ detail: String, packet: UInt64, offset: UInt64, time: Timestamp? = nil) {
    anomalyCount += 1
    guard anomalyCount <= anomalyLimit else { return }
    let origin = Origin(source: ordinal, packet: packet, offset: offset)
    anomalies.append(Anomaly(code, detail, origin: origin, time: time))
  }

  /// Adds an anomaly unless one of its kind was added before.
  func reportOnce(_ code: Anomaly.Code, _ detail: String, packet: UInt64, offset: UInt64) {
    guard once.insert(code).inserted else { return }
    report(code, detail, packet: packet, offset: offset)
  }

  /// Gives the anomalies away.
  func takeAnomalies() -> [Anomaly] {
    defer { anomalies = [] }
    return anomalies
  }

  func keep(comment: String) {
    commentCount += 1
    if comments.count < SourceLog.commentLimit { comments.append(comment) }
  }

  func keep(secretsOfType type: UInt32, _ bytes: Span<UInt8>) -> Bool {
    secrets.keep(DecryptionSecrets(source: ordinal, type: type, bytes: bytes.array))
  }

  /// The text of a comment, cut to its limit.
  static func comment(_ bytes: Span<UInt8>) -> String {
    guard bytes.count > commentByteLimit else { return bytes.string }
    return bytes.extracting(0..<commentByteLimit).string + "…"
  }

  /// Sums up: what did not fit, and the comments as a remark.
  func close(packet: UInt64, offset: UInt64) {
    if anomalyCount > anomalyLimit {
      let rest = anomalyCount - anomalyLimit
      let origin = Origin(source: ordinal, packet: packet, offset: offset)
      anomalies.append(Anomaly("anomaly-limit", "\(rest) more anomalies in this source", origin: origin))
    }
    for comment in comments { remarks.append("comment: \(comment)") }
    if commentCount > comments.count { remarks.append("\(commentCount - comments.count) more comments") }
  }
}
