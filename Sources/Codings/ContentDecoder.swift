import Bytes

/// Removes one coding, bit by bit.
public protocol ContentDecoder: AnyObject {
  /// Whether the coded content may end here.
  var isComplete: Bool { get }
  /// Decodes `input`; `sink` takes what comes out and says whether to go on. False when the content is damaged or `sink` stopped.
  func decode(_ input: Span<UInt8>, _ sink: (Span<UInt8>) -> Bool) -> Bool
}

/// A content or transfer coding that can be removed (RFC 9110 §8.4.1, RFC 7932, RFC 8878).
public enum ContentCoding: String, CaseIterable, Sendable {
  case gzip
  case deflate
  case br
  case zstd

  /// By the name that a field gives it, in small letters; nil for those that are not removed.
  public init?(name: String) {
    switch name {
    case "gzip", "x-gzip": self = .gzip
    case "deflate", "x-deflate": self = .deflate
    case "br": self = .br
    case "zstd": self = .zstd
    default: return nil
    }
  }

  public func makeDecoder() -> any ContentDecoder {
    switch self {
    case .gzip: InflateDecoder(.gzip)
    case .deflate: InflateDecoder(.zlibOrRaw)
    case .br: ScoutedDecoder { BrotliDecoder() }
    case .zstd: ScoutedDecoder { ZstdDecoder() }
    }
  }
}
