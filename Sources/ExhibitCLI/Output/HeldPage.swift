import Bytes
import Foundation
import Model
import Policy
import Replay

/// A request that waits at a gateway, in the terminal. All of it is somebody else's text.
struct HeldPage {
  /// Bytes of a hexadecimal dump.
  private static let dumpLimit = 4 << 10

  private let held: JSONValue
  /// Of the policy's signatures.
  let domain: String

  /// - Throws: `CommandError` for what no gateway says.
  init(_ held: JSONValue) throws {
    self.held = held
    guard let domain = held["namespace"]?.string,
      !domain.isEmpty, domain.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "@") })
    else { throw CommandError("the gateway names no namespace for signatures") }
    self.domain = domain
  }

  /// What is signed, read as strictly as the gateway does.
  func request() throws -> (parsed: ApprovalRequest, bytes: [UInt8], file: String) {
    guard let text = held["request"]?["text"]?.string, let file = held["request"]?["file"]?.string else {
      throw CommandError("nothing lies ready to be signed for it; the gateway's log says why")
    }
    let bytes = Array(text.utf8)
    return (try ApprovalRequest(parsing: bytes, file: file), bytes, file)
  }

  /// The bytes of the request.
  ///
  /// - Throws: `CommandError` when the gateway does not give all of them.
  func whole() throws -> [UInt8] {
    let bytes = message
    guard bytes.count == byteCount else {
      throw CommandError("only \(bytes.count) of \(byteCount) bytes are shown of a request so long")
    }
    return bytes
  }

  private var message: [UInt8] { Array(Data(base64Encoded: held["message"]?["base64"]?.string ?? "") ?? Data()) }
  private var byteCount: Int { held["message"]?["byte_count"]?.scalar.flatMap { Int($0) } ?? 0 }
  private func text(_ name: String) -> String? { held[name]?.string }

  func print() {
    var page = Page()
    page.add("held", "\(text("id") ?? "?"), since \(text("since") ?? "?"), until \(text("until") ?? "?")")
    let from = text("client").map { " from \($0)" } ?? ""
    page.add("session", "\(text("session") ?? "?")\(from)")
    page.add("human", text("human"))
    page.add("agent", [text("agent"), text("run").map { "run \($0)" }].compactMap(\.self).joined(separator: ", "))
    page.add("token", text("identity"))
    page.add("application", text("application"))
    for member in held["context"]?.members ?? [] { page.add(member.name, member.value.string) }
    page.add(
      "target",
      "\(text("target") ?? "?") at \(text("server") ?? "?"), database \(text("database") ?? "?") as \(text("user") ?? "?")"
    )
    page.add("rule", "\(text("rule") ?? "?"): \(text("reason") ?? "")")
    for setting in held["settings"]?.elements.compactMap(\.string) ?? [] { page.add("setting", setting) }
    for statement in held["before"]?.elements.compactMap(\.string) ?? [] { page.add("before it", statement) }
    for part in held["statements"]?.elements ?? [] { add(part, to: &page) }
    // What there is to see of it besides: commits and their differences.
    if let shown = text("difference") { page.add("changes", shown) }
    if let estimate = held["estimate"] { page.add("estimate", Self.words(estimate)) }
    page.add("bytes", bytesShown)
    page.print()
  }

  private func add(_ part: JSONValue, to page: inout Page) {
    let needs = part["needs_approval"]?.bool == true ? "" : ", needs no approval"
    page.add("statement", "\(part["verb"]?.string ?? "") (\(part["effect"]?.string ?? "unknown")\(needs))")
    page.add("", part["text"]?.string)
    page.add("parameters", part["parameters"]?.string)
    page.add("resources", part["resources"]?.elements.compactMap(\.string).joined(separator: "\n"))
  }

  private static func words(_ estimate: JSONValue) -> String {
    if let error = estimate["error"]?.string { return "none: \(error)" }
    let rows = estimate["rows"]?.scalar.flatMap { Double($0) }.flatMap { Int(exactly: $0.rounded()) }
    return
      "\(rows.map { Quantity.of($0, "row") } ?? "?"), cost \(estimate["cost"]?.scalar ?? "?"), by the target's planner"
  }

  /// Every byte: text as text with its control characters made visible, all else as numbers.
  private var bytesShown: String {
    let bytes = message
    let type = text("type") ?? held["message"]?["type"]?.string ?? "?"
    let head = "message \(type) of \(Quantity.of(byteCount, "byte"))"
    // Of a Query the text ends with a zero.
    let headCount = held["message"]?["head_count"]?.scalar.flatMap { Int($0) } ?? 0
    let body = Array(bytes.dropFirst(max(0, headCount)).dropLast(bytes.last == 0 ? 1 : 0))
    if let text = String(validating: body, as: UTF8.self), !body.contains(0) { return "\(head)\n\(text)" }
    var lines = [head]
    for start in stride(from: 0, to: min(bytes.count, Self.dumpLimit), by: 16) {
      let part = bytes[start..<min(start + 16, bytes.count)]
      let shown = part.map { (0x20...0x7e).contains($0) ? String(UnicodeScalar($0)) : "." }.joined()
      let digits = [UInt8](part).map { $0 < 16 ? "0\(String($0, radix: 16))" : String($0, radix: 16) }
      let column = digits.joined(separator: " ")
      lines.append("\(column)\(String(repeating: " ", count: max(0, 48 - column.utf8.count)))\(shown)")
    }
    if bytes.count > Self.dumpLimit { lines.append("… \(bytes.count - Self.dumpLimit) more; see --bytes") }
    return lines.joined(separator: "\n")
  }
}
