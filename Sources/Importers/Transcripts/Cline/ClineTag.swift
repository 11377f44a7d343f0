import Bytes

/// A tool call written as tags into the text of an answer, as Cline and its kin had models do before APIs' own calls.
struct ClineTag {
  /// Members of one call.
  static let memberLimit = 32

  var tool: String
  /// As JSON.
  var arguments: String
  var command: String?
  /// Its end tag is there.
  var isComplete: Bool

  private static let tools = [
    "execute_command", "read_file", "write_to_file", "replace_in_file", "apply_diff", "insert_content",
    "search_and_replace", "search_files", "list_files", "list_code_definition_names", "browser_action", "use_mcp_tool",
    "access_mcp_resource", "new_task", "switch_mode", "web_fetch", "web_search", "fetch_instructions",
  ]

  /// The first call of a text; an answer holds one at most.
  init?(_ text: String) {
    let bytes = Array(text.utf8)
    let found = Self.tools.compactMap { tool in bytes.firstIndex(of: "<\(tool)>").map { (tool: tool, start: $0) } }
    guard let first = found.min(by: { $0.start < $1.start }) else { return nil }
    tool = first.tool
    let start = first.start + first.tool.utf8.count + 2
    let close = bytes.firstIndex(of: "</\(first.tool)>", from: start)
    isComplete = close != nil
    let inside = Array(bytes[start..<(close ?? bytes.count)])
    var json = JSONWriter()
    var command: String?
    json.object { json in
      var position = 0
      for _ in 0..<Self.memberLimit {
        guard let open = inside.span.firstIndex(of: UInt8(ascii: "<"), from: position),
          let end = inside.span.firstIndex(of: UInt8(ascii: ">"), from: open)
        else { break }
        let name = String(decoding: inside[(open + 1)..<end], as: UTF8.self)
        position = end + 1
        guard !name.isEmpty, name.utf8.count < 64, name.utf8.allSatisfy({ Self.isNamePart($0) }) else { continue }
        let stop = inside.firstIndex(of: "</\(name)>", from: position)
        let value = String(decoding: inside[position..<(stop ?? inside.count)], as: UTF8.self)
        json.key(name)
        json.value(value)
        if name == "command" { command = value.trimmed }
        guard let stop else { break }
        position = stop + name.utf8.count + 3
      }
    }
    arguments = json.text
    self.command = tool == "execute_command" ? command : nil
  }

  /// `[execute_command for 'ls'] Result:` and what follows it on the same text.
  static func resultHeader(_ text: String) -> (tool: String, rest: String)? {
    guard text.hasPrefix("["), let end = text.firstRange(of: "] Result:") else { return nil }
    let inside = text[text.index(after: text.startIndex)..<end.lowerBound]
    let tool = inside.prefix { $0.isLetter || $0 == "_" }
    guard tools.contains(String(tool)) else { return nil }
    return (String(tool), String(text[end.upperBound...]).trimmed)
  }

  private static func isNamePart(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_")
  }
}
