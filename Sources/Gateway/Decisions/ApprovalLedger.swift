import Bytes
import Foundation
import Model
import Policy

/// What must outlive the gateway: which approvals were used, and when each file of signatures was seen first. Lines of JSON,
/// only ever added to, on disk before they count.
///
///     {"change":0,"count":1,"request":"<SHA-256>"}
///     {"seen":"<SHA-256>","time":"2026-11-20T02:14:03Z"}
struct ApprovalLedger: Sendable {
  private let path: String
  private(set) var spent: [ApprovalUse: ApprovalUse.Count] = [:]
  private var seen: [String: Timestamp] = [:]

  /// - Throws: when the file is there and cannot be read: what it says was used would count again.
  init(folder: String) throws {
    path = folder + "/approvals.jsonl"
    guard FileManager.default.fileExists(atPath: path) else { return }
    guard let data = FileManager.default.contents(atPath: path) else { throw GatewayError("\(path): cannot be read") }
    // A line that was being written when the machine stopped was not used for anything yet.
    let end = data.lastIndex(of: 0x0A).map { $0 + 1 } ?? data.startIndex
    if end < data.endIndex { try FileHandle(forWritingTo: URL(filePath: path)).truncate(atOffset: UInt64(end)) }
    for (index, line) in data[..<end].split(separator: 0x0A).enumerated() {
      guard let value = JSONValue.document(in: Array(line)) else {
        throw GatewayError(
          "\(path):\(index + 1): damaged; it says which approvals were used, so nothing goes on without it")
      }
      read(value)
    }
  }

  private mutating func read(_ value: JSONValue) {
    if let digest = value["seen"]?.string, let time = value["time"]?.string.flatMap({ Timestamp(utc: $0) }) {
      seen[digest] = time
    } else if let request = value["request"]?.string, let change = value["change"]?.scalar.flatMap({ Int($0) }),
      let count = value["count"]?.scalar.flatMap({ Int($0) })
    {
      add(ApprovalUse(requestSHA256: request, change: change), count)
    }
  }

  private mutating func add(_ use: ApprovalUse, _ count: Int) {
    let known = spent[use] ?? ApprovalUse.Count()
    spent[use] = ApprovalUse.Count(attempts: max(0, known.attempts + count), uses: max(0, known.uses + count))
  }

  /// Takes over what a judge counted, attempts that used nothing up among it.
  mutating func keep(_ counted: [ApprovalUse: ApprovalUse.Count]) { spent.merge(counted) { $1 } }

  /// Notes uses, or takes them back; false when the disk does not take it.
  mutating func note(_ uses: [ApprovalUse], _ count: Int) -> Bool {
    guard !uses.isEmpty else { return true }
    var json = JSONWriter()
    for use in uses {
      json.object { json in
        json.member("change", use.change)
        json.member("count", count)
        json.member("request", use.requestSHA256)
      }
      json.newline()
    }
    guard append(json.take()) else { return false }
    for use in uses { add(use, count) }
    return true
  }

  /// When a file with these bytes was seen first; now, if it was not. Nil when that cannot be noted.
  mutating func firstSeen(_ bytes: [UInt8], at time: Timestamp) -> Timestamp? {
    let digest = SHA256.digest(of: bytes.span).hex
    if let known = seen[digest] { return known }
    var json = JSONWriter()
    json.object { json in
      json.member("seen", digest)
      json.member("time", time.formatted(fractionDigits: 0))
    }
    json.newline()
    guard append(json.take()) else { return nil }
    let second = Timestamp(utc: time.formatted(fractionDigits: 0)) ?? time
    seen[digest] = second
    return second
  }

  private func append(_ bytes: [UInt8]) -> Bool {
    let descriptor = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    let written = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    return written == bytes.count && fdatasync(descriptor) == 0
  }
}
