import Bytes
import Model

/// The beginning of a payload, in a form that can be shown.
struct Preview {
  enum Content {
    case rows(columns: [String], rows: [[String?]], hasMore: Bool)
    case text(String)
    /// Bytes that are not text, as hexadecimal digits and ASCII.
    case dump(String)
  }

  let content: Content
  let byteCount: UInt64
  let sha256: String
  /// There is more than this preview shows.
  let isCut: Bool
  /// About what it costs to keep it.
  let cost: Int

  /// Bytes of one cell.
  private static let cellBytes = 200
  private static let columnLimit = 40
  private static let rowLimit = 50
  private static let dumpBytes = 256

  init(_ payload: StoredPayload, byteLimit: Int) {
    byteCount = payload.byteCount
    sha256 = payload.sha256
    switch payload.layout {
    case .rows:
      let (rows, size, hasMore) = Self.rows(payload, byteLimit: byteLimit)
      content = .rows(
        columns: payload.columns.prefix(Self.columnLimit).map(\.name), rows: rows, hasMore: hasMore || payload.isCut)
      isCut = hasMore || payload.isCut
      cost = size
    case .text:
      let text = String(decoding: payload.bytes.prefix(byteLimit), as: UTF8.self)
      content = .text(text)
      isCut = payload.isCut || payload.bytes.count > byteLimit
      cost = text.utf8.count
    case .bytes, .records:
      let isText = Self.looksLikeText(payload.bytes.prefix(512))
      let text =
        isText
        ? String(decoding: payload.bytes.prefix(byteLimit), as: UTF8.self)
        : Self.dump(payload.bytes.prefix(Self.dumpBytes))
      content = isText ? .text(text) : .dump(text)
      isCut = payload.isCut || payload.bytes.count > (isText ? byteLimit : Self.dumpBytes)
      cost = text.utf8.count
    }
  }

  private static func rows(_ payload: StoredPayload, byteLimit: Int) -> ([[String?]], size: Int, hasMore: Bool) {
    var cursor = RowCursor(payload.bytes)
    var rows: [[String?]] = []
    var size = 0
    // A damaged row ends the preview; the store says so itself where it matters.
    while let row = try? cursor.next() {
      guard size < byteLimit, rows.count < rowLimit else { return (rows, size, true) }
      let cells = row.prefix(columnLimit).map { cell in
        cell.map { text -> String in
          let excerpt = Excerpt(text, limit: cellBytes)
          return excerpt.isCut ? excerpt.text + "… (\(Figures.bytes(UInt64(excerpt.byteCount))))" : text
        }
      }
      size += cells.reduce(8) { $0 + ($1?.utf8.count ?? 4) }
      rows.append(cells)
    }
    return (rows, size, false)
  }

  private static func looksLikeText(_ bytes: ArraySlice<UInt8>) -> Bool {
    !bytes.isEmpty && bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
  }

  /// Sixteen bytes a line: offset, hexadecimal digits, ASCII.
  private static func dump(_ bytes: ArraySlice<UInt8>) -> String {
    var lines: [String] = []
    for start in stride(from: 0, to: bytes.count, by: 16) {
      let line = bytes.dropFirst(start).prefix(16)
      var hex = ""
      for (index, byte) in line.enumerated() {
        hex += [byte].hex + (index == 7 ? "  " : " ")
      }
      hex += String(repeating: " ", count: max(0, 50 - hex.count))
      let ascii = String(line.map { $0 >= 0x20 && $0 < 0x7F ? Character(Unicode.Scalar($0)) : "·" })
      let offset = String(start, radix: 16)
      lines.append(String(repeating: "0", count: max(0, 4 - offset.count)) + offset + "  " + hex + ascii)
    }
    return lines.joined(separator: "\n")
  }
}

extension HTMLWriter {
  /// The preview, folded.
  mutating func preview(_ preview: Preview, name: String) {
    element("details", .class("preview")) { html in
      switch preview.content {
      case .rows(let columns, let rows, let hasMore):
        let shown = hasMore ? "the first \(Figures.count(rows.count, "row"))" : Figures.count(rows.count, "row")
        html.element("summary", text: "\(name): \(shown)")
        html.element("div", .class("scroll"), HTMLAttribute("tabindex", "0")) { html in
          html.element("table", .class("cells")) { html in
            html.element("thead") { html in
              html.element("tr") { html in
                for column in columns { html.element("th", HTMLAttribute("scope", "col"), text: column) }
              }
            }
            html.element("tbody") { html in
              for row in rows {
                html.element("tr") { html in
                  for cell in row {
                    if let cell {
                      html.element("td", text: cell)
                    } else {
                      html.element("td", .class("null"), text: "NULL")
                    }
                  }
                }
              }
            }
          }
        }
      case .text(let text), .dump(let text):
        html.element("summary", text: "\(name): \(Figures.bytes(preview.byteCount))")
        html.element("pre") { html in html.element("code", HTMLAttribute("dir", "ltr")) { html in html.block(text) } }
      }
      if preview.isCut {
        html.element(
          "p", .class("cut"),
          prose: "\(Figures.count(preview.byteCount, "byte")) in all, SHA-256 \(code: preview.sha256)")
      }
    }
  }
}
