import Bytes
import Foundation
import Model
import TestKit

/// What the peers of the live HTTP test say of themselves: the application, request by request, and curl, call by call.
struct WebAccount {
  /// A line of `shop.jsonl`.
  struct Served: Decodable {
    var client: String
    var method: String
    var target: String
    var headers: [[String]]
    var bodyDigest: String
    var bodyByteCount: Int
    var status: Int
    var responseHeaders: [[String]]
    var responseDigest: String
    var responseByteCount: Int

    private enum CodingKeys: String, CodingKey {
      case client, method, target, headers, status
      case bodyDigest = "body_sha256"
      case bodyByteCount = "body_bytes"
      case responseHeaders = "response_headers"
      case responseDigest = "response_sha256"
      case responseByteCount = "response_bytes"
    }

    /// The same in one text, so that a difference can be read.
    var text: String {
      lines(
        method, target, headers.map { ($0[0], $0[1]) }, bodyDigest, bodyByteCount, status,
        responseHeaders.map { ($0[0], $0[1]) }, responseDigest, responseByteCount)
    }
  }

  /// One call of curl: what it says that it sent last, and what it wrote down of the last answer.
  struct Called {
    var name: String
    var method: String
    var target: String
    /// Without Host, names in lower case, sorted.
    var fields: [String]
    var status: Int
    var responseFields: [String]
    /// Digest of the content as curl wrote it, decoded where it decodes.
    var body: String
  }

  var served: [Served]
  var called: [Called]
  /// The application's port; nginx has others.
  var shopPort: UInt16

  init(_ folder: URL) throws {
    let text = try String(contentsOf: folder.appending(path: "shop.jsonl"), encoding: .utf8)
    served = try text.split(separator: "\n").map { try JSONDecoder().decode(Served.self, from: Data($0.utf8)) }
    let ports = try Data(contentsOf: folder.appending(path: "ports.json"))
    shopPort = try JSONDecoder().decode([String: UInt16].self, from: ports)["shop"] ?? 0
    let calls = folder.appending(path: "calls")
    let names = try FileManager.default.contentsOfDirectory(atPath: calls.path).filter { $0.hasSuffix(".log") }.sorted()
    called = try names.map { try Called(name: String($0.dropLast(4)), in: calls) }
  }
}

extension WebAccount.Called {
  init(name: String, in folder: URL) throws {
    self.name = name
    let log = String(decoding: try Data(contentsOf: folder.appending(path: name + ".log")), as: UTF8.self)
    let sent = WebAccount.lastHead(
      log.split(separator: "\r\n", omittingEmptySubsequences: false).joined(separator: "\n")
        .split(separator: "\n", omittingEmptySubsequences: false).filter { $0.hasPrefix("> ") || $0 == ">" }
        .map { String($0.dropFirst(2)) })
    let words = sent.first?.split(separator: " ").map(String.init) ?? []
    method = words.first ?? ""
    target = words.count > 1 ? words[1] : ""
    fields = WebAccount.canonical(sent.dropFirst())
    let head = String(decoding: try Data(contentsOf: folder.appending(path: name + ".head")), as: UTF8.self)
    let received = WebAccount.lastHead(
      head.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    status = received.first.flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) } ?? 0
    responseFields = WebAccount.canonical(received.dropFirst())
    let content = (try? Data(contentsOf: folder.appending(path: name + ".body"))) ?? Data()
    body = Digests.sha256(Array(content))
  }
}

extension WebAccount {
  /// The last of several heads; a head ends with an empty line.
  static func lastHead(_ lines: [String]) -> [String] {
    let heads = lines.split(separator: "", omittingEmptySubsequences: true).map(Array.init)
    // A trailer section follows the head that it belongs to.
    return heads.last { $0[0].hasPrefix("HTTP/") || $0[0].contains(" HTTP/") } ?? []
  }

  static func canonical(_ lines: some Sequence<String>) -> [String] {
    lines.compactMap { line in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      return "\(line[..<colon].lowercased()): \(line[line.index(after: colon)...].drop { $0 == " " })"
    }.filter { !$0.hasPrefix("host:") }.sorted()
  }

  static func canonical(_ fields: [HeaderField]) -> [String] {
    fields.map { "\($0.name.lowercased()): \($0.value)" }.filter { !$0.hasPrefix("host:") }.sorted()
  }
}

extension Call {
  /// As `WebAccount.Served.text`.
  var servedText: String {
    lines(
      head.method, head.target, head.requestFields.map { ($0.name, $0.value) },
      requestBody?.content.digest.hex ?? Digests.sha256([]), Int(requestBody?.content.byteCount ?? 0), head.status ?? 0,
      head.responseFields.map { ($0.name, $0.value) }, responseBody?.content.digest.hex ?? Digests.sha256([]),
      Int(responseBody?.content.byteCount ?? 0))
  }
}

private func lines(
  _ method: String, _ target: String, _ fields: [(String, String)], _ body: String, _ byteCount: Int, _ status: Int,
  _ responseFields: [(String, String)], _ responseBody: String, _ responseByteCount: Int
) -> String {
  var lines = ["\(method) \(target)"]
  lines += fields.map { "> \($0.0): \($0.1)" }
  lines += ["> \(byteCount) bytes \(body)", "\(status)"]
  lines += responseFields.map { "< \($0.0): \($0.1)" }
  return (lines + ["< \(responseByteCount) bytes \(responseBody)"]).joined(separator: "\n")
}

enum Digests {
  static func sha256(_ bytes: [UInt8]) -> String { Payload(layout: .bytes, bytes: bytes).digest.hex }
}
