import Bytes

extension HTTP2Connection {
  /// Whether frames lie in bytes from the middle of a connection: a chain of two at their beginning, or of three anywhere.
  package static func recognizesFrames(_ bytes: Span<UInt8>) -> Bool {
    var context = HTTP2Search.Context()
    for isFromServer in [false, true] {
      context.isFromServer = isFromServer
      if HTTP2Search.judge(bytes, at: 0, context, confirmations: 2) == .yes { return true }
    }
    let end = min(bytes.count, HTTP2Limits.recognitionWindow) - 3 * HTTP2FrameHeader.byteCount
    guard end > 1 else { return false }
    for index in 1..<end where HTTP2Search.judge(bytes, at: index, context, confirmations: 3) == .yes { return true }
    return false
  }
}
