/// How messages of gRPC lie in the content of a request or response, by its media type.
public enum GRPCForm: Hashable, Sendable {
  /// `application/grpc`, with trailers of HTTP.
  case grpc
  /// `application/grpc-web`: the trailers are the last frame of the content.
  case web
  /// `application/grpc-web-text`: the same in base64.
  case webText

  /// The form that a Content-Type field says; nil when it is not gRPC.
  public init?(mediaType: String?) {
    guard let mediaType else { return nil }
    let type = mediaType.lowercased().prefix { $0 != ";" && $0 != " " }
    func isNamed(_ name: String) -> Bool { type == name || type.hasPrefix(name + "+") }
    if isNamed("application/grpc") {
      self = .grpc
    } else if isNamed("application/grpc-web-text") {
      self = .webText
    } else if isNamed("application/grpc-web") {
      self = .web
    } else {
      return nil
    }
  }
}
