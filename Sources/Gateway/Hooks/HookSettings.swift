import Bytes

/// An agent's settings in JSON, into which hooks are put and out of which they are taken. Nothing else in them changes, not
/// even their layout.
public struct HookSettings: Sendable {
  /// Why settings are left as they are.
  public struct Problem: Error, CustomStringConvertible {
    public let description: String
  }

  /// Events of both agents that the gateway is told of, and those that know tools.
  public static let events: [(name: String, hasMatcher: Bool)] = [
    ("SessionStart", false), ("UserPromptSubmit", false), ("PreToolUse", true), ("PostToolUse", true),
  ]
  /// Seconds after which an agent gives a hook up; ours end long before.
  private static let timeout = 5

  public private(set) var bytes: [UInt8]

  /// - Throws: `Problem` for what is no JSON object.
  public init(_ bytes: [UInt8]) throws(Problem) {
    self.bytes = bytes.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) ? Array("{}\n".utf8) : bytes
    _ = try root()
  }

  private func root() throws(Problem) -> JSONValue {
    guard let value = JSONValue.document(in: bytes), value.isObject else {
      throw Problem(description: "no JSON object; it is left as it is")
    }
    return value
  }

  // MARK: Putting in

  /// Puts a command in for each event, behind the hooks that are there.
  ///
  /// - Throws: `Problem` when hooks stand there in another form.
  public mutating func install(_ command: String) throws(Problem) {
    for event in Self.events {
      let matcher = event.hasMatcher ? "\"matcher\": \"*\", " : ""
      let entry =
        "{ \(matcher)\"hooks\": [{ \"type\": \"command\", \"command\": \(JSONWriter.quoted(command)), \"timeout\": \(Self.timeout) }] }"
      let root = try root()
      guard let hooks = root["hooks"] else {
        insert("\"hooks\": {\n    \"\(event.name)\": [\n      \(entry)\n    ]\n  }", asMemberOf: root, indent: 2)
        continue
      }
      guard hooks.isObject else { throw Problem(description: "hooks is no object; it is left as it is") }
      guard let list = hooks[event.name] else {
        insert("\"\(event.name)\": [\n      \(entry)\n    ]", asMemberOf: hooks, indent: 4)
        continue
      }
      guard list.isArray else { throw Problem(description: "hooks: \(event.name) is no list; it is left as it is") }
      if let last = list.elements.last {
        bytes.insert(contentsOf: ",\n      \(entry)".utf8, at: last.range.upperBound)
      } else {
        bytes.replaceSubrange(list.range, with: "[\n      \(entry)\n    ]".utf8)
      }
    }
  }

  /// Behind the last member.
  private mutating func insert(_ text: String, asMemberOf object: JSONValue, indent: Int) {
    let margin = String(repeating: " ", count: indent)
    if let last = object.members.last {
      bytes.insert(contentsOf: ",\n\(margin)\(text)".utf8, at: last.value.range.upperBound)
    } else {
      bytes.replaceSubrange(object.range, with: "{\n\(margin)\(text)\n\(margin.dropLast(2))}".utf8)
    }
  }

  // MARK: Taking out

  /// Takes commands out, and what held nothing else.
  ///
  /// - Returns: how many there were.
  /// - Throws: `Problem`.
  public mutating func uninstall(where isOwn: (String) -> Bool) throws(Problem) -> Int {
    var count = 0
    while try uninstallOne(isOwn) { count += 1 }
    return count
  }

  private mutating func uninstallOne(_ isOwn: (String) -> Bool) throws(Problem) -> Bool {
    let root = try root()
    guard let hooks = root["hooks"] else { return false }
    for event in hooks.members {
      for (place, group) in event.value.elements.enumerated() {
        guard let list = group["hooks"],
          let found = list.elements.firstIndex(where: { $0["command"]?.string.map(isOwn) ?? false })
        else { continue }
        if list.elements.count > 1 {
          remove(found, of: list.elements.map(\.range))
        } else if event.value.elements.count > 1 {
          remove(place, of: event.value.elements.map(\.range))
        } else if hooks.members.count > 1 {
          remove(hooks.members, event.name)
        } else if root.members.count > 1 {
          remove(root.members, "hooks")
        } else {
          bytes.replaceSubrange(root.range, with: "{}".utf8)
        }
        return true
      }
    }
    return false
  }

  private mutating func remove(_ members: [JSONValue.Member], _ name: String) {
    guard let place = members.firstIndex(where: { $0.name == name }) else { return }
    remove(place, of: members.map { $0.nameRange.lowerBound..<$0.value.range.upperBound })
  }

  /// Takes one of several out, with the comma that stood before it, or behind it when it is the first.
  private mutating func remove(_ place: Int, of ranges: [Range<Int>]) {
    if place > 0 {
      bytes.removeSubrange(ranges[place - 1].upperBound..<ranges[place].upperBound)
    } else if ranges.count > 1 {
      bytes.removeSubrange(ranges[0].lowerBound..<ranges[1].lowerBound)
    }
  }
}
