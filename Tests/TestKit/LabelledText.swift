public import Foundation

/// A text of which it is known what in it is sensitive; made by Benchmarks/detectors/label.py.
public struct LabelledText: Sendable {
  /// A piece of it: class, kind and bytes.
  public struct Label: Sendable, Hashable {
    public let dataClass: String
    public let kind: String
    public let range: Range<Int>

    public init(dataClass: String, kind: String, range: Range<Int>) {
      (self.dataClass, self.kind, self.range) = (dataClass, kind, range)
    }

    /// Whether both mean the same place, give or take a fifth.
    func meets(_ other: Label) -> Bool {
      let common = range.clamped(to: other.range).count
      return common * 5 >= max(range.count, other.range.count) * 4
    }
  }

  public let bytes: [UInt8]
  /// The column whose value it is.
  public let column: String?
  /// The class, or `trap:` and a sort.
  public let group: String
  /// Whether it can be told: by its name, or by itself.
  public let isNamed: Bool
  public let labels: [Label]

  private struct Line: Decodable {
    let text: Data
    let column: String?
    let group: String
    let named: Bool
    let labels: [Entry]
  }

  private struct Entry: Decodable {
    let label: Label

    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      let (dataClass, kind) = (try list.decode(String.self), try list.decode(String.self))
      let (start, end) = (try list.decode(Int.self), try list.decode(Int.self))
      label = Label(dataClass: dataClass, kind: kind, range: start..<max(start, end))
    }
  }

  /// All of a file.
  public static func read(_ file: URL) throws -> [LabelledText] {
    try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
      let line = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
      return LabelledText(
        bytes: [UInt8](line.text), column: line.column, group: line.group, isNamed: line.named,
        labels: line.labels.map(\.label))
    }
  }
}
