/// Writes HTML so that unescaped text cannot compile into it.
///
/// Names of elements and attributes and raw markup are `StaticString`s, which only literals of the source can be;
/// strings made at run time are escaped on every way in. Elements close themselves. The first error of the sink is kept
/// and thrown by `finish` and `checkpoint`, so that the code of a page reads as the page.
struct HTMLWriter<Sink: ReportSink> {
  private(set) var sink: Sink
  private var pending: [UInt8] = []
  private var failure: (any Error)?
  private(set) var byteCount: UInt64 = 0

  /// Bytes collected before the sink is called.
  private static var batch: Int { 1 << 16 }

  init(_ sink: Sink) {
    self.sink = sink
    pending.reserveCapacity(Self.batch * 2)
  }

  // MARK: Elements

  mutating func element(
    _ name: StaticString, _ attributes: HTMLAttribute..., content: (inout Self) throws -> Void
  ) rethrows {
    open(name, attributes)
    try content(&self)
    close(name)
  }

  mutating func element(
    _ name: StaticString, _ attributes: [HTMLAttribute], content: (inout Self) throws -> Void
  ) rethrows {
    open(name, attributes)
    try content(&self)
    close(name)
  }

  /// An element that holds one line of text.
  mutating func element(_ name: StaticString, _ attributes: HTMLAttribute..., text: String) {
    open(name, attributes)
    self.text(text)
    close(name)
  }

  /// An element that holds a sentence.
  mutating func element(_ name: StaticString, _ attributes: HTMLAttribute..., prose: Prose) {
    open(name, attributes)
    write(prose)
    close(name)
  }

  /// An element that holds nothing and has an end tag: `<line …></line>`.
  mutating func empty(_ name: StaticString, _ attributes: HTMLAttribute...) {
    open(name, attributes)
    close(name)
  }

  /// An element that never has an end tag: `meta`, `br`, `col`.
  mutating func void(_ name: StaticString, _ attributes: HTMLAttribute...) { open(name, attributes) }

  private mutating func open(_ name: StaticString, _ attributes: [HTMLAttribute]) {
    pending.append(UInt8(ascii: "<"))
    append(name)
    for attribute in attributes {
      pending.append(UInt8(ascii: " "))
      append(attribute.name)
      guard let value = attribute.value else { continue }
      pending.append(contentsOf: [UInt8(ascii: "="), UInt8(ascii: "\"")])
      VisibleText.append(value, shape: .line, place: .html, to: &pending)
      pending.append(UInt8(ascii: "\""))
    }
    pending.append(UInt8(ascii: ">"))
  }

  private mutating func close(_ name: StaticString) {
    pending.append(contentsOf: [UInt8(ascii: "<"), UInt8(ascii: "/")])
    append(name)
    pending.append(UInt8(ascii: ">"))
    flushIfFull()
  }

  // MARK: Content

  /// One line of text; line breaks in it become marks.
  mutating func text(_ text: some StringProtocol) {
    VisibleText.append(text, shape: .line, place: .html, to: &pending)
    flushIfFull()
  }

  /// Text that keeps its lines and tabs, for preformatted elements.
  mutating func block(_ text: some StringProtocol) {
    // A parser drops the first line feed after <pre>: one more keeps it.
    if text.utf8.first == 0x0A { pending.append(0x0A) }
    VisibleText.append(text, shape: .block, place: .html, to: &pending)
    flushIfFull()
  }

  /// Markup that stands in the source as it is.
  mutating func markup(_ literal: StaticString) { append(literal) }

  mutating func write(_ style: StyleText) {
    append("<style>")
    pending.append(contentsOf: style.bytes)
    append("</style>")
  }

  mutating func write(_ script: ScriptText) {
    append("<script>")
    pending.append(contentsOf: script.bytes)
    append("</script>")
    flushIfFull()
  }

  /// A block of data for the script; browsers never run it.
  mutating func write(_ json: ScriptJSON, class name: StaticString) {
    append("<script type=\"application/json\" class=\"")
    append(name)
    append("\">")
    pending.append(contentsOf: json.bytes)
    append("</script>\n")
    flushIfFull()
  }

  /// A block of data for the script, packed; as it is where it cannot be.
  mutating func write(packed json: ScriptJSON, class name: StaticString) {
    guard let packed = PackedJSON(json) else { return write(json, class: name) }
    append("<script type=\"application/octet-stream\" class=\"")
    append(name)
    append("\" data-unpacked=\"")
    pending.append(contentsOf: String(json.bytes.count).utf8)
    append("\">")
    pending.append(contentsOf: packed.base64.utf8)
    append("</script>\n")
    flushIfFull()
  }

  /// A block of data about one action, whose place among all is told so that it is found without being read.
  mutating func write(_ json: ScriptJSON, class name: StaticString, index: Int) {
    append("<script type=\"application/json\" class=\"")
    append(name)
    append("\" data-index=\"")
    pending.append(contentsOf: String(index).utf8)
    append("\">")
    pending.append(contentsOf: json.bytes)
    append("</script>\n")
    flushIfFull()
  }

  mutating func newline() { pending.append(0x0A) }

  private mutating func append(_ literal: StaticString) { pending.append(contentsOf: literal.description.utf8) }

  // MARK: The sink

  private mutating func flushIfFull() {
    if pending.count >= Self.batch { flush() }
  }

  private mutating func flush() {
    byteCount += UInt64(pending.count)
    if failure == nil {
      do { try sink.append(pending) } catch { failure = error }
    }
    pending.removeAll(keepingCapacity: true)
  }

  /// Throws what the sink threw, so that a long page stops early.
  func checkpoint() throws {
    if let failure { throw failure }
  }

  /// Gives the sink what is left.
  mutating func finish() throws {
    flush()
    try checkpoint()
  }
}
