import Model
import Replay

/// The beginning of a payload, in a form that can be shown.
struct Preview {
  struct Message {
    let time: Timestamp
    let isSent: Bool
    /// `text`, `ping`, `close 1000`.
    let title: String
    let text: String

    /// For a list without columns.
    var line: String {
      let words = [title, text].filter { !$0.isEmpty }.joined(separator: text.contains("\n") ? "\n" : "  ")
      return "\(time.clock()) \(isSent ? "→" : "←") \(words)"
    }
  }

  enum Content {
    case rows(columns: [String], rows: [[String?]], hasMore: Bool)
    case text(String)
    /// Bytes that are not text, as hexadecimal digits and ASCII.
    case dump(String)
    /// Messages of a stream, with their times.
    case messages([Message])
  }

  let content: Content
  /// What it is: `JSON`, `form`; nil when nothing needs saying.
  private(set) var title: String?
  let byteCount: UInt64
  let sha256: String
  /// There is more than this preview shows.
  let isCut: Bool
  /// A program wrote it to its standard error.
  var isError = false
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
        : HexDump.text(of: payload.bytes.prefix(Self.dumpBytes))
      content = isText ? .text(text) : .dump(text)
      isCut = payload.isCut || payload.bytes.count > (isText ? byteLimit : Self.dumpBytes)
      cost = text.utf8.count
    }
  }

  /// A body, laid out by its media type.
  init(body payload: StoredPayload, mediaType: String?, byteLimit: Int) {
    let limits = PrettyBody.Limits(textBytes: byteLimit, dumpBytes: min(byteLimit, Self.dumpBytes))
    let body = PrettyBody(payload, mediaType: mediaType, limits: limits)
    content = body.isDump ? .dump(body.text) : .text(body.text)
    title = body.title
    byteCount = payload.byteCount
    sha256 = payload.sha256
    isCut = body.isShortened
    cost = body.text.utf8.count
  }

  /// Text that is no payload: a head.
  init(text: String, byteLimit: Int) {
    let excerpt = Excerpt(text, limit: byteLimit)
    let shown = excerpt.isCut ? String(excerpt.text) + "…" : text
    self.init(title: nil, text: shown, byteCount: UInt64(excerpt.byteCount), sha256: "", isCut: false)
  }

  init(title: String?, text: String, byteCount: UInt64, sha256: String, isCut: Bool) {
    content = .text(text)
    self.title = title
    self.byteCount = byteCount
    self.sha256 = sha256
    self.isCut = isCut
    cost = text.utf8.count
  }

  init(messages: [Message], of payload: StoredPayload, cost: Int, isCut: Bool) {
    content = .messages(messages)
    title = (isCut ? "the first " : "") + Figures.count(messages.count, "message")
    byteCount = payload.byteCount
    sha256 = payload.sha256
    self.isCut = isCut
    self.cost = cost
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
}

extension HTMLWriter {
  /// Messages, an item each.
  fileprivate mutating func messages(_ messages: [Preview.Message]) {
    element("ol", .class("messages")) { html in
      for message in messages {
        html.element("li") { html in
          html.element("span", .class("soft")) { html in
            html.element("time", text: message.time.clock())
            html.text(message.isSent ? " → sent " : " ← received ")
            html.text(message.title)
          }
          html.element("pre") { html in
            html.element("code", HTMLAttribute("dir", "ltr")) { html in html.block(message.text) }
          }
        }
      }
    }
  }

  /// The preview, folded.
  mutating func preview(_ preview: Preview, name: String) {
    element("details", .class(preview.isError ? "preview stderr" : "preview")) { html in
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
      case .messages(let messages):
        html.element("summary", text: "\(name): \(preview.title ?? "")")
        html.messages(messages)
      case .text(let text), .dump(let text):
        let size = Figures.bytes(preview.byteCount)
        html.element("summary", text: "\(name): \(preview.title.map { "\($0), \(size)" } ?? size)")
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
