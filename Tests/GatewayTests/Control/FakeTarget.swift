import Bytes
import Foundation
import Synchronization
import TestKit

/// A server that lets everybody in and says that everything was done; what it is asked, a test is told at that moment.
final class FakeTarget: Sendable {
  let port: Int
  private let descriptor: Int32

  init(_ asked: @escaping @Sendable (_ query: String) -> Void) throws {
    (descriptor, port) = try Loopback.listen()
    let listening = descriptor
    Thread.detachNewThread {
      while case let peer = accept(listening, nil, nil), peer >= 0 {
        Thread.detachNewThread { Self.serve(peer, asked) }
      }
    }
  }

  deinit {
    shutdown(descriptor, Int32(SHUT_RDWR))
    close(descriptor)
  }

  private static func serve(_ peer: Int32, _ asked: (String) -> Void) {
    defer { close(peer) }
    func read(_ count: Int) -> [UInt8]? {
      var bytes = [UInt8](repeating: 0, count: count)
      var done = 0
      while done < count {
        let got = unsafe bytes.withUnsafeMutableBytes { buffer in
          unsafe recv(peer, buffer.baseAddress.map { unsafe $0 + done }, count - done, 0)
        }
        guard got > 0 else { return nil }
        done += got
      }
      return bytes
    }
    func say(_ bytes: [UInt8]) {
      _ = unsafe bytes.withUnsafeBytes { unsafe send(peer, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }
    func length(_ bytes: [UInt8]) -> Int { max(0, bytes.reduce(0) { $0 << 8 | Int($1) } - 4) }
    guard let head = read(4), read(length(head)) != nil else { return }
    say(Frames.authenticated + Frames.ready)
    while let head = read(5), let body = read(length(Array(head.dropFirst()))) {
      guard head.first == UInt8(ascii: "Q") else { return }
      asked(String(decoding: body.dropLast(), as: UTF8.self))
      say(Frames.message("C", Array("DONE\0".utf8)) + Frames.ready)
    }
  }
}
