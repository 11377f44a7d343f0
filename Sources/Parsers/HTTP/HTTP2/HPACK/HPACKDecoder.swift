package import Bytes
package import Model

/// Decodes the header blocks of one direction (RFC 7541).
package struct HPACKDecoder {
  /// What a header block says.
  package struct Block {
    /// The fields that are certain, in order.
    package var fields: [HeaderField] = []
    /// Octets of all fields, 32 added for each (RFC 9113 §6.5.2).
    package var listSize = 0
    /// Fields left out because they refer to entries of the header table that were lost.
    package var uncertain = 0
    /// Fields left out because of a limit.
    package var omitted = 0
    /// A table larger than the other side allows. It is obeyed: what follows is coded by it.
    package var sizeError: DecodeError?
    /// Why the rest of the block could not be read.
    package var error: DecodeError?
  }

  var table = HPACKTable()
  /// SETTINGS_HEADER_TABLE_SIZE of the other side, once acknowledged; nil when it was not seen.
  private(set) var allowedSize: Int? = 4_096
  private var scratch: [UInt8] = []

  package init() {}

  /// The encoder acknowledged what the decoder's side allows (RFC 9113 §4.3.1).
  mutating func allow(_ size: Int) {
    allowedSize = size
    if table.isMaximumKnown, table.maximumSize > size { table.resize(size) }
  }

  /// What the other side allows may have been lost.
  mutating func forgetAllowedSize() { allowedSize = nil }

  /// Decodes a block. When its end is not there (`isWhole`), what can be read of it is, and the caller loses the table.
  package mutating func decode(_ bytes: Span<UInt8>, isWhole: Bool = true) -> Block {
    var block = Block()
    var reader = ByteReader(bytes)
    do {
      while !reader.isAtEnd { try decodeField(&reader, &block) }
    } catch {
      if isWhole {
        block.error = error
      }
    }
    return block
  }

  /// One representation (§6): its first bits say which.
  private mutating func decodeField(_ reader: inout ByteReader, _ block: inout Block) throws(DecodeError) {
    let first = reader.peek() ?? 0
    if first & 0x80 != 0 {
      let index = try integer(&reader, prefix: 7)
      return give(try lookup(index, reader.offset), to: &block)
    }
    if first & 0xE0 == 0x20 {
      let start = reader.offset
      let size = try integer(&reader, prefix: 5)
      // §4.2: at the beginning of the block.
      guard block.listSize == 0, block.uncertain == 0 else {
        throw DecodeError(.mismatch, "dynamic table size update", offset: start, expected: "before the first field")
      }
      if let allowedSize, size > allowedSize {
        block.sizeError = DecodeError(
          .outOfRange, "dynamic table size update", offset: start, expected: "at most \(allowedSize)", found: "\(size)")
      }
      return table.resize(size)
    }
    let isIndexed = first & 0x40 != 0
    let index = try integer(&reader, prefix: isIndexed ? 6 : 4)
    var entry: HPACKTable.Entry
    var isUncertain = false
    if index == 0 {
      let name = try string(&reader)
      entry = HPACKTable.Entry(name: name.text, nameCount: name.count, value: "", valueCount: 0)
    } else if let named = try lookup(index, reader.offset) {
      entry = HPACKTable.Entry(name: named.name, nameCount: named.nameCount, value: "", valueCount: 0)
      isUncertain = named.name == nil
    } else {
      entry = HPACKTable.Entry(name: nil, nameCount: 0, value: "", valueCount: 0)
      isUncertain = true
    }
    let value = try string(&reader)
    entry.valueCount = value.count
    if let text = value.text { entry.value = text } else if !isUncertain { entry.name = nil }
    if isIndexed { table.add(entry) }
    if isUncertain {
      block.uncertain += 1
    } else if entry.name == nil {
      block.omitted += 1
      block.listSize += entry.size
    } else {
      give(entry, to: &block)
    }
  }

  /// The field with an index of the address space of both tables (§2.3.3); nil when it was lost.
  private func lookup(_ index: Int, _ offset: Int) throws(DecodeError) -> HPACKTable.Entry? {
    let fields = HPACKStaticTable.fields
    if index > 0, index <= fields.count {
      let field = fields[index - 1]
      return HPACKTable.Entry(
        name: field.name, nameCount: field.name.utf8.count, value: field.value, valueCount: field.value.utf8.count)
    }
    if index > 0 {
      switch table.entry(index - fields.count - 1) {
      case .known(let entry): return entry
      case .lost: return nil
      case .none: break
      }
    }
    throw DecodeError(
      .outOfRange, "header table index", offset: offset, expected: "1 to \(fields.count + table.count)",
      found: "\(index)")
  }

  private func give(_ entry: HPACKTable.Entry?, to block: inout Block) {
    guard let entry, let name = entry.name else {
      block.uncertain += 1
      return
    }
    block.listSize += entry.size
    guard block.listSize <= HTTP2Limits.headerList, block.fields.count < HTTP2Limits.fields else {
      block.omitted += 1
      return
    }
    block.fields.append(HeaderField(name, entry.value))
  }

  /// An integer (§5.1): what does not fit the prefix follows in groups of seven bits.
  private func integer(_ reader: inout ByteReader, prefix: Int) throws(DecodeError) -> Int {
    let mask = (1 << prefix) - 1
    let start = reader.offset
    var value = Int(try reader.readUInt8("integer")) & mask
    guard value == mask else { return value }
    var shift = 0
    while true {
      let byte = Int(try reader.readUInt8("integer"))
      // Five groups hold every number up to the limit; more of them would only be zeros.
      guard shift <= 28 else { throw DecodeError(.overLimit, "integer", offset: start) }
      value += (byte & 0x7F) << shift
      shift += 7
      guard value <= HTTP2Limits.integer else {
        throw DecodeError(.overLimit, "integer", offset: start, expected: "at most \(HTTP2Limits.integer)")
      }
      if byte & 0x80 == 0 { return value }
    }
  }

  /// A string (§5.2) and the octets that it has; the text is nil when it is longer than the limit.
  private mutating func string(_ reader: inout ByteReader) throws(DecodeError) -> (text: String?, count: Int) {
    let isCoded = (reader.peek() ?? 0) & 0x80 != 0
    let length = try integer(&reader, prefix: 7)
    let octets = try reader.read(length, "string")
    guard isCoded else { return (octets.count <= HTTP2Limits.string ? octets.fieldText : nil, octets.count) }
    scratch.removeAll(keepingCapacity: true)
    try HuffmanTree.shared.decode(octets, into: &scratch)
    let decoded = scratch.span
    return (decoded.count <= HTTP2Limits.string ? decoded.fieldText : nil, decoded.count)
  }
}

extension Span where Element == UInt8 {
  /// The bytes as UTF-8, or else as ISO 8859-1 (RFC 9110 §5.5).
  fileprivate var fieldText: String {
    if let text = validString { return text }
    var text = String.UnicodeScalarView()
    for index in indices { text.append(Unicode.Scalar(self[index])) }
    return String(text)
  }
}
