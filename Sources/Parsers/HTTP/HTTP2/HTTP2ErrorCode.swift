/// An error code of RST_STREAM and GOAWAY (RFC 9113 §7).
struct HTTP2ErrorCode: Hashable, CustomStringConvertible {
  var number: UInt32

  static let noError = HTTP2ErrorCode(number: 0)

  private static let names = [
    "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
    "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
    "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
  ]

  var description: String { number < 14 ? Self.names[Int(number)] : "error \(number)" }
}
