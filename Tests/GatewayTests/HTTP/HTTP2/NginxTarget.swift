import Foundation
import TestKit

/// nginx with HTTP/2, in the clear and within TLS.
final class NginxTarget {
  static let isPossible = FileManager.default.isExecutableFile(atPath: "/usr/sbin/nginx")

  /// HTTP/2 by prior knowledge alone.
  let clear: Int
  /// HTTP/2 or HTTP/1.1, as ALPN has it.
  let secure: Int
  private let process = Process()
  private let folder: URL

  init(_ certificate: OpenSSLAuthority.Issued) throws {
    folder = URL(filePath: "/tmp/exhibit-nginx-\(UUID().uuidString.prefix(8))")
    for name in ["files", "temp"] {
      try FileManager.default.createDirectory(at: folder.appending(path: name), withIntermediateDirectories: true)
    }
    (clear, secure) = (try Loopback.freePort(), try Loopback.freePort())
    let data = Data((0..<2_000_000).map { UInt8(0x30 + $0 &* 7 % 64) })
    let files = [
      ("server.pem", Data(certificate.certificate.utf8)), ("server.key", Data(certificate.key.utf8)),
      ("files/big", data), ("files/empty", Data()), ("files/small", Data("small\n".utf8)),
      ("nginx.conf", Data(configuration.utf8)),
    ]
    for (name, bytes) in files { try bytes.write(to: folder.appending(path: name)) }
    process.setUnblocked(
      "/usr/sbin/nginx", ["-p", folder.path, "-c", "nginx.conf", "-e", "error.log", "-g", "daemon off;"])
    process.standardError = FileHandle.nullDevice
    try process.run()
    for port in [clear, secure] {
      let deadline = Date().addingTimeInterval(10)
      while Date() < deadline {
        if let descriptor = try? Loopback.connect(to: port) {
          close(descriptor)
          break
        }
        Thread.sleep(forTimeInterval: 0.02)
      }
    }
  }

  deinit {
    process.terminate()
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: folder)
  }

  private var configuration: String {
    let (folder, temp) = (folder.path, folder.appending(path: "temp").path)
    let places = """
      root \(folder)/files;
      location /told { return 200 "$server_protocol $request_method $http_x_mark $host\\n"; }
      location /sum { ssi on; ssi_types *; add_trailer X-Sum 42; try_files /small =404; }
      location /upload { proxy_pass http://unix:\(folder)/inner; }
      """
    return """
      worker_processes 1;
      pid \(folder)/pid;
      error_log \(folder)/error.log;
      events { worker_connections 256; }
      http {
        access_log \(folder)/access.log;
        client_body_temp_path \(temp); proxy_temp_path \(temp); fastcgi_temp_path \(temp); uwsgi_temp_path \(temp);
        scgi_temp_path \(temp);
        client_max_body_size 100m;
        server { listen 127.0.0.1:\(clear) http2; \(places) }
        server {
          listen 127.0.0.1:\(secure) ssl http2;
          ssl_certificate \(folder)/server.pem; ssl_certificate_key \(folder)/server.key;
          \(places)
        }
        server { listen unix:\(folder)/inner; location / { return 200 "$http_content_length $request_method\\n"; } }
      }
      """
  }

  /// A line for each request.
  var accessLog: String {
    (try? String(contentsOf: folder.appending(path: "access.log"), encoding: .utf8)) ?? ""
  }
}
