import CXML2

/// Writes XML through libxml2's xmlTextWriter into memory.
@safe final class XMLTree {
  private let buffer: xmlBufferPtr
  private let writer: xmlTextWriterPtr

  /// Begins a document; nil when libxml2 has no memory.
  init?() {
    guard let buffer = unsafe xmlBufferCreate() else { return nil }
    guard let writer = unsafe xmlNewTextWriterMemory(buffer, 0) else {
      unsafe xmlBufferFree(buffer)
      return nil
    }
    unsafe self.buffer = unsafe buffer
    unsafe self.writer = unsafe writer
    _ = unsafe xmlTextWriterSetIndent(writer, 1)
    _ = unsafe xmlTextWriterStartDocument(writer, nil, "UTF-8", nil)
  }

  deinit {
    unsafe xmlFreeTextWriter(writer)
    unsafe xmlBufferFree(buffer)
  }

  func begin(_ name: String) { _ = unsafe xmlTextWriterStartElement(writer, name) }
  func end() { _ = unsafe xmlTextWriterEndElement(writer) }

  func attribute(_ name: String, _ value: String) {
    _ = unsafe xmlTextWriterWriteAttribute(writer, name, XMLSafe.text(value, keepsLines: false))
  }

  func text(_ text: String) { _ = unsafe xmlTextWriterWriteString(writer, XMLSafe.text(text)) }

  /// What was written since the last call.
  func take() -> [UInt8] {
    _ = unsafe xmlTextWriterFlush(writer)
    let count = unsafe Int(xmlBufferLength(buffer))
    guard count > 0, let content = unsafe xmlBufferContent(buffer) else { return [] }
    defer { unsafe xmlBufferEmpty(buffer) }
    return unsafe Array(UnsafeBufferPointer(start: content, count: count))
  }

  func finish() -> [UInt8] {
    _ = unsafe xmlTextWriterEndDocument(writer)
    return take()
  }
}
