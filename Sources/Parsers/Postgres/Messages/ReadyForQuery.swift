import Bytes
import Model

/// ReadyForQuery: the cycle is over, and the transaction state is this.
struct ReadyForQueryMessage {
  var state: TransactionState

  init(parsing reader: inout ByteReader) throws(DecodeError) {
    let byte = try reader.readUInt8("transaction status")
    switch byte {
    case UInt8(ascii: "I"): state = .idle
    case UInt8(ascii: "T"): state = .open
    case UInt8(ascii: "E"): state = .failed
    default: throw DecodeError(.outOfRange, "transaction status", offset: 0, expected: "I, T or E", found: byte.letter)
    }
  }
}
