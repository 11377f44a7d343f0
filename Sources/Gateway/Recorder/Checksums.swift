/// The Internet checksum (RFC 1071) of the packets in a buffer.
enum Checksums {
  /// Fills in the checksums of all packets of interface 0; `used` bytes hold whole blocks of ours.
  static func fill(_ buffer: inout RecordBuffer) {
    let used = buffer.used
    unsafe buffer.bytes.withUnsafeMutableBytes { all in
      var start = 0
      while start &+ 12 <= used {
        let type = unsafe UInt32(littleEndian: all.loadUnaligned(fromByteOffset: start, as: UInt32.self))
        let length = Int(unsafe UInt32(littleEndian: all.loadUnaligned(fromByteOffset: start &+ 4, as: UInt32.self)))
        precondition(length >= 12 && start &+ length <= used, "a block of our own that is none")
        if type == 6 {
          let block = unsafe UnsafeMutableRawBufferPointer(rebasing: all[start..<(start &+ length)])
          let interface = unsafe UInt32(littleEndian: block.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
          let count = unsafe UInt32(littleEndian: block.loadUnaligned(fromByteOffset: 20, as: UInt32.self))
          if interface == PcapngBlocks.trafficInterface {
            let head = PcapngBlocks.packetHead
            unsafe fill(UnsafeMutableRawBufferPointer(rebasing: block[head..<(head &+ Int(count))]))
          }
        }
        start &+= length
      }
    }
  }

  private static func fill(_ packet: UnsafeMutableRawBufferPointer) {
    let isIPv4 = unsafe packet[0] >> 4 == 4
    let header = isIPv4 ? 20 : 40
    if isIPv4 {
      let sum = unsafe sum(UnsafeRawBufferPointer(rebasing: packet[..<20]))
      unsafe packet.storeBytes(of: folded(sum), toByteOffset: 10, as: UInt16.self)
    }
    // The pseudo header: addresses, protocol, length (RFC 9293 §3.1, RFC 8200 §8.1).
    let addresses = unsafe UnsafeRawBufferPointer(rebasing: packet[(isIPv4 ? 12 : 8)..<header])
    let segment = unsafe UnsafeRawBufferPointer(rebasing: packet[header...])
    let pseudo = UInt64(UInt32(6).bigEndian) &+ UInt64(UInt32(truncatingIfNeeded: segment.count).bigEndian)
    let total = unsafe sum(addresses) &+ sum(segment) &+ pseudo
    unsafe packet.storeBytes(of: folded(total), toByteOffset: header &+ 16, as: UInt16.self)
  }

  /// The sum in the order of the machine's bytes, which ones' complement does not mind (RFC 1071 §2).
  private static func sum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var total: UInt64 = 0
    var index = 0
    while index &+ 4 <= bytes.count {
      total &+= unsafe UInt64(bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
      index &+= 4
    }
    if index &+ 2 <= bytes.count {
      total &+= unsafe UInt64(bytes.loadUnaligned(fromByteOffset: index, as: UInt16.self))
      index &+= 2
    }
    if index < bytes.count { total &+= UInt64(UInt16(littleEndian: unsafe UInt16(bytes[index]))) }
    return total
  }

  private static func folded(_ sum: UInt64) -> UInt16 {
    var rest = sum
    while rest >> 16 != 0 { rest = rest & 0xFFFF &+ rest >> 16 }
    return ~UInt16(truncatingIfNeeded: rest)
  }
}
