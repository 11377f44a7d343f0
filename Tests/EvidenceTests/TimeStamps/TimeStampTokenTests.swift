import Evidence
import Foundation
import Model
import TestKit
import Testing

private let hasOpenSSL = FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")

/// Answers of a time stamping authority that `openssl ts` plays.
@Suite(.enabled(if: hasOpenSSL, "no openssl here")) struct TimeStampTokenTests {
  private struct Stamp {
    var answer: [UInt8]
    var authorities: [UInt8]
    var at: Timestamp
  }

  private static let script =
    OpenSSLStamps.authority + """

      printf 'the signed bytes' >data
      openssl ts -query -data data -sha256 -cert -out query
      openssl ts -reply -config tsa.conf -queryfile query -out answer
      """

  private func stamp() throws -> Stamp {
    try TemporaryFolder.with { folder in
      let process = Process()
      process.executableURL = URL(filePath: "/bin/bash")
      process.arguments = ["-c", Self.script]
      process.currentDirectoryURL = folder
      process.environment = ["PATH": "/usr/bin:/bin"]
      process.standardError = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      try #require(process.terminationStatus == 0)
      func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: folder.appending(path: name))) }
      let now = Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970 * 1e9))
      return Stamp(answer: try bytes("answer"), authorities: try bytes("root.pem"), at: now)
    }
  }

  private let data = Array("the signed bytes".utf8)

  @Test func `a stamp proves its bytes and its time`() throws {
    let stamp = try stamp()
    let authorities = try #require(TimeStampAuthorities(pem: stamp.authorities))
    let time = try TimeStampToken.verify(stamp.answer, of: data, by: authorities)
    // The accuracy of two seconds, and the fraction that is rounded up.
    let late = time.nanoseconds(since: stamp.at)
    #expect((-9_000_000_000...4_000_000_000).contains(late), "\(late)")
    #expect(throws: TimeStampError.self) {
      try TimeStampToken.verify(stamp.answer, of: data + [0], by: authorities)
    }
  }

  @Test func `an authority that is not trusted proves nothing`() throws {
    let stamp = try stamp()
    let others = try #require(TimeStampAuthorities(pem: try self.stamp().authorities))
    #expect(throws: TimeStampError.self) { try TimeStampToken.verify(stamp.answer, of: data, by: others) }
  }

  @Test func `no byte of a stamp can be changed or cut`() throws {
    let stamp = try stamp()
    let authorities = try #require(TimeStampAuthorities(pem: stamp.authorities))
    let good = try TimeStampToken.verify(stamp.answer, of: data, by: authorities)
    for index in stamp.answer.indices {
      var changed = stamp.answer
      changed[index] ^= 1
      // A few bytes say nothing: the text of the status, certificates that are not needed. None may move the time.
      if let time = try? TimeStampToken.verify(changed, of: data, by: authorities) { #expect(time == good, "\(index)") }
      #expect(throws: TimeStampError.self) {
        try TimeStampToken.verify(Array(stamp.answer[..<index]), of: data, by: authorities)
      }
    }
    #expect(throws: TimeStampError.self) {
      try TimeStampToken.verify(stamp.answer + [0], of: data, by: authorities)
    }
  }

  @Test(.enabled(if: Corpus.isPresent, "\(Corpus.absence)"))
  func `a stamp that others made holds`() throws {
    let folder = try #require(Corpus.root).appending(path: "tlog/vectors/rfc3161")
    func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: folder.appending(path: name))) }
    let authorities = try #require(TimeStampAuthorities(pem: try bytes("test-ca.pem")))
    _ = try TimeStampToken.verify(try bytes("msg.tsr"), of: try bytes("msg"), by: authorities)
  }

  @Test func `what holds no certificate is no authority`() {
    #expect(TimeStampAuthorities(pem: []) == nil)
    #expect(
      TimeStampAuthorities(pem: Array("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".utf8)) == nil)
  }
}
