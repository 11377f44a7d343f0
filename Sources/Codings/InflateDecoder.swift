import Bytes
import CZlib

/// gzip, zlib and raw DEFLATE (RFC 1950-1952), by zlib.
@safe public final class InflateDecoder: ContentDecoder {
  public enum Format {
    case gzip
    /// What `deflate` means: zlib by the standard, raw by the servers that misread it.
    case zlibOrRaw
    case raw
  }

  private let stream: UnsafeMutablePointer<z_stream>
  private let block: UnsafeMutableBufferPointer<UInt8>
  private let format: Format
  private var isStarted = false
  private var first: [UInt8] = []
  private var isBroken = false
  private var memberOutput: UInt64 = 0
  private var members = 0
  public private(set) var isComplete = false
  /// What the stream builds on and does not hold.
  private let dictionary: [UInt8]

  public convenience init(_ format: Format) {
    self.init(format, dictionary: [])
    switch format {
    case .gzip: start(windowBits: 15 + 16)
    case .raw: start(windowBits: -15)
    case .zlibOrRaw: break
    }
  }

  /// A stream of zlib with a dictionary that both ends know (RFC 1950 §2.2, FDICT).
  public convenience init(zlibDictionary: [UInt8]) {
    self.init(.zlibOrRaw, dictionary: zlibDictionary)
    start(windowBits: 15)
  }

  private init(_ format: Format, dictionary: [UInt8]) {
    self.format = format
    self.dictionary = dictionary
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    unsafe block = .allocate(capacity: ContentLimits.blockLength)
    unsafe block.initialize(repeating: 0)
  }

  deinit {
    if isStarted { unsafe inflateEnd(stream) }
    unsafe stream.deallocate()
    unsafe block.deallocate()
  }

  private func start(windowBits: CInt) {
    let result = unsafe inflateInit2_(stream, windowBits, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
    isStarted = result == Z_OK
    isBroken = !isStarted
  }

  /// Forgets what came before (permessage-deflate without context takeover).
  public func reset() {
    if isStarted { isBroken = unsafe inflateReset(stream) != Z_OK }
    isComplete = false
  }

  public func decode(_ input: Span<UInt8>, _ sink: (Span<UInt8>) -> Bool) -> Bool {
    guard !isBroken else { return false }
    guard !isStarted else { return inflate(input, sink) }
    var index = 0
    while first.count < 2, index < input.count {
      first.append(input[index])
      index += 1
    }
    guard first.count == 2 else { return true }
    // RFC 1950 §2.2: CM is 8 and the header a multiple of 31.
    let isZlib = first[0] & 0x0f == 8 && (Int(first[0]) << 8 | Int(first[1])) % 31 == 0
    start(windowBits: isZlib ? 15 : -15)
    let head = first
    return inflate(head.span, sink) && inflate(input.extracting(index..<input.count), sink)
  }

  private func inflate(_ input: Span<UInt8>, _ sink: (Span<UInt8>) -> Bool) -> Bool {
    guard !input.isEmpty else { return true }
    return unsafe input.withUnsafeBufferPointer { source in
      unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
      unsafe stream.pointee.avail_in = UInt32(clamping: source.count)
      defer {
        unsafe stream.pointee.next_in = nil
        unsafe stream.pointee.avail_in = 0
      }
      while true {
        if isComplete {
          guard unsafe stream.pointee.avail_in > 0 else { return true }
          // RFC 1952 §2.2: further members follow. Of the others nothing may follow; a raw stream goes on in
          // WebSocket when a block was the last.
          guard format != .zlibOrRaw, unsafe inflateReset(stream) == Z_OK else { return fail() }
          isComplete = false
          memberOutput = 0
        }
        unsafe stream.pointee.next_out = block.baseAddress
        unsafe stream.pointee.avail_out = UInt32(clamping: block.count)
        let result = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
        let count = unsafe block.count - Int(stream.pointee.avail_out)
        memberOutput += UInt64(count)
        if count > 0 {
          let isWanted = unsafe sink(Span(_unsafeElements: UnsafeBufferPointer(rebasing: block[..<count])))
          guard isWanted else { return fail() }
        }
        switch result {
        case Z_STREAM_END:
          isComplete = true
          members += 1
        case Z_OK: break
        case Z_NEED_DICT:
          guard setDictionary() else { return fail() }
          continue
        case Z_BUF_ERROR: return true
        default: return fail()
        }
        if unsafe stream.pointee.avail_in == 0 && count < block.count { return true }
      }
    }
  }

  /// False when there is none, or the stream asks for another.
  private func setDictionary() -> Bool {
    guard !dictionary.isEmpty else { return false }
    return unsafe dictionary.withUnsafeBufferPointer { bytes in
      unsafe inflateSetDictionary(stream, bytes.baseAddress, UInt32(clamping: bytes.count)) == Z_OK
    }
  }

  private func fail() -> Bool {
    isBroken = true
    return false
  }
}
