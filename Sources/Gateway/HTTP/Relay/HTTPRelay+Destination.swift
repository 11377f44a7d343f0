import Model
import NIOCore
import NIOSSL
import Policy

/// Where a request leads.
extension HTTPRelay {
  /// The place, and what the server there is told as the target.
  ///
  /// - Throws: `HTTPFault` for one that leads nowhere, or where it may not.
  func destination(of head: RequestHead) throws(HTTPFault) -> (HTTPPlace, String) {
    switch listener.rules.way {
    case .reverse(let target):
      guard head.method != "CONNECT" else { throw HTTPFault(400, "this listener is no proxy") }
      let place = HTTPPlace(target: target, host: target.host.text, port: target.port)
      return (place, HTTPURL(head.target)?.path ?? head.target)
    case .forward(let forwarding):
      if let inner {
        guard head.method != "CONNECT", HTTPURL(head.target) == nil else {
          throw HTTPFault(400, "there is no proxy within a CONNECT")
        }
        // Another name than that of the certificate would be another server (RFC 9110 §7.4).
        guard let host = head.fields["host"].flatMap({ HTTPAuthority($0) }), host.host == inner.host,
          (host.port ?? 443) == inner.port
        else { throw HTTPFault(421, "Host is another than that of the CONNECT") }
        return (inner, head.target)
      }
      if head.method == "CONNECT" {
        guard let authority = HTTPAuthority(head.target), let port = authority.port else {
          throw HTTPFault(400, "CONNECT takes host:port")
        }
        return (try place(authority.host, port, isSecure: true, forwarding), head.target)
      }
      guard let url = HTTPURL(head.target) else { throw HTTPFault(400, "a proxy takes a whole URL, or CONNECT") }
      guard !url.isSecure else { throw HTTPFault(400, "for https a proxy is asked to CONNECT") }
      return (try place(url.authority.host, url.port, isSecure: false, forwarding), url.path)
    }
  }

  private func place(
    _ host: String, _ port: Int, isSecure: Bool, _ forwarding: HTTPForwarding
  ) throws(HTTPFault) -> HTTPPlace {
    guard let target = forwarding.target(host, port, isSecure: isSecure) else {
      throw HTTPFault(
        403, "\(isSecure ? "https" : "http")://\(host):\(port) is none of the servers that this proxy leads to")
    }
    return HTTPPlace(target: target, host: host, port: port)
  }

  /// Goes on within a CONNECT as the server that it names.
  func beginTunnel(to place: HTTPPlace) {
    guard let authority = listener.authority, let token = session?.token, let context = clientContext else {
      return answer(.problem(501, "no-authority", "this proxy has no certificates to stand for https"))
    }
    // Nobody vouches for what came in the clear behind it; and the answer must be the last that goes in the clear.
    guard inbox.readableBytes == 0, toClient.isEmpty else {
      return refuse(.malformed("bytes came behind the CONNECT before it was answered"))
    }
    let tls: NIOSSLContext
    do {
      tls = try authority.context(for: place.host, protocols: listener.protocols)
    } catch {
      core.log.write(.error, "certificate", ["session": session?.id ?? "", "reason": "\(error)"])
      return answer(.problem(503, "no-certificate", "no certificate can be made for \(place.host)"))
    }
    inner = place
    innerToken = token
    toClient.send(ByteBuffer(string: "HTTP/1.1 200 Connection established\r\n\r\n"), after: nil)
    toClient.flush()
    do {
      try context.pipeline.syncOperations.addHandler(
        NIOSSLServerHandler(context: tls), position: .before(context.handler))
    } catch {
      return end("TLS: \(error)")
    }
    // What comes within is a session of its own, of text as it is within TLS.
    session?.close("CONNECT \(place.server)")
    (session, record) = (nil, nil)
    nextRequest()
  }
}
