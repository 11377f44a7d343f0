import Bytes
import Foundation
import TestKit
import Testing

@testable import Evidence

@Suite struct NoteTests {
  /// A vkey of the specification's examples.
  private let published = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"

  private func note(_ text: String) throws -> [UInt8] { Array(text.utf8) }

  @Test func `a key is read as it is written`() throws {
    let key = try NoteKey(parsing: published)
    #expect(key.name == "example.com/foo" && key.id == 0x530d_903a && "\(key)" == published)
    for index in published.utf8.indices {
      var bytes = Array(published.utf8)
      let place = published.utf8.distance(from: published.utf8.startIndex, to: index)
      bytes[place] ^= 1
      #expect(throws: NoteError.self, "\(place)") { try NoteKey(parsing: String(decoding: bytes, as: UTF8.self)) }
    }
    #expect(throws: NoteError.self) { try NoteKey(parsing: published + "=") }
    let signer = try NoteSigner(generating: "example.com/log")
    #expect(try NoteSigner(parsing: signer.text).key == signer.key)
    #expect(throws: NoteError.self) { try NoteSigner(generating: "two words") }
    #expect(throws: NoteError.self) { try NoteSigner(generating: "a+b") }
  }

  @Test(.enabled(if: Corpus.isPresent, "\(Corpus.absence)"))
  func `notes of another implementation hold, and are made alike`() throws {
    let vectors = try LogVectors()
    let key = try NoteKey(parsing: try vectors.text("vkey"))
    let witness = try NoteKey(parsing: try #require(vectors["witness"]?["vkey"]?.string))
    let signer = try #require(LogVectors.signer)
    #expect(signer.key == key)
    for member in try #require(vectors["checkpoints"]?.members) {
      let bytes = Array(try #require(member.value.string).utf8)
      let found = try SignedCheckpoint(parsing: bytes)
      #expect("\(found.checkpoint.size)" == member.name && found.checkpoint.origin == key.name)
      #expect(found.checkpoint.root.hex == vectors["roots"]?[member.name]?.string)
      #expect(try found.note.verified(by: [key]) == [key])
      #expect(found.note.bytes == bytes)
      #expect(try SignedCheckpoint(found.checkpoint, by: signer).note.bytes == bytes)
      #expect(throws: NoteError.self) { try found.note.verified(by: [witness]) }
    }
    let cosigned = try SignedCheckpoint(parsing: Array(try vectors.text("cosigned_300").utf8))
    #expect(try cosigned.note.verified(by: [key, witness]) == [key, witness])
    let seed = try #require(vectors["witness"]?["seed_hex"]?.string.flatMap { Digest(hex: $0) }).bytes
    let cosigner = try #require(NoteSigner(name: witness.name, kind: .cosignature, seed: seed))
    let line = try #require(cosigned.note.signatures.last)
    let time = try #require(NoteKey.cosignedAt(line.bytes))
    #expect(try cosigner.sign(cosigned.note.text, atSeconds: time) == line)
  }

  @Test func `no byte of a note can be changed`() throws {
    let signer = try NoteSigner(generating: "example.com/log")
    let bytes = try SignedCheckpoint(
      Checkpoint(origin: signer.key.name, size: 7, root: TreeHasher().leaf([1])), by: signer
    ).note.bytes
    for index in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[index] ^= 1 << bit
        #expect(throws: NoteError.self, "\(index) \(bit)") {
          try SignedCheckpoint(parsing: changed).note.verified(by: [signer.key])
        }
      }
      #expect(throws: NoteError.self) {
        try SignedCheckpoint(parsing: Array(bytes[..<index])).note.verified(by: [signer.key])
      }
    }
  }

  @Test func `what the specification does not allow is refused`() throws {
    let signer = try NoteSigner(generating: "n")
    let line = try signer.sign("a\n").line
    let allowed = ["a\n\n\(line)", "a\n\nb\n\n\(line)"]
    for text in allowed { _ = try SignedNote(parsing: try note(text)) }
    // The text goes up to the last empty line.
    #expect(try SignedNote(parsing: try note(allowed[1])).text == "a\n\nb\n")
    let other = line.replacing("n ", with: "m ")
    let refused = [
      "", "a\n", "a\n\n", "\n\(line)", "a\r\n\n\(line)", "a\u{0}\n\n\(line)", "a\n\n\(line)trailing", "a\n\n\(line)\n",
      "a\n\n\(line.dropLast())", "a\n\n-- n AAAAAAA=\n", "a\n\n\u{2014} n+m AAAAAAA=\n", "a\n\n\u{2014}  AAAAAAA=\n",
      "a\n\n\u{2014} n\u{a0}m AAAAAAA=\n", "a\n\n\u{2014} n AAAA\n", "a\n\n\u{2014} n AAAAAAA\n",
      "a\n\n\u{2014} n AAAAAAB=\n", "a\n\n\u{2014} n AAAAAAA= x\n", "a\n\n" + String(repeating: other, count: 65),
    ]
    for text in refused {
      #expect(throws: NoteError.self, "\(text.debugDescription)") { try SignedNote(parsing: try note(text)) }
    }
    #expect(throws: NoteError.self) { try SignedNote(parsing: Array("a\n\n".utf8) + [0xC3, 0x28] + Array(line.utf8)) }
    // 16 signatures of keys that nobody knows are passed over.
    let many = try SignedNote(parsing: try note("a\n\n" + String(repeating: other, count: 16) + line))
    #expect(try many.verified(by: [signer.key]) == [signer.key])
  }

  @Test func `a key that is known and did not sign refuses the note`() throws {
    let (first, second) = (try NoteSigner(generating: "a"), try NoteSigner(generating: "b"))
    let text = "text\n"
    var forged = try second.sign(text)
    forged = NoteSignature(name: forged.name, keyID: forged.keyID, bytes: forged.bytes.map { ~$0 })
    let note = SignedNote(text: text, signatures: [try first.sign(text), forged])
    #expect(try note.verified(by: [first.key]) == [first.key])
    #expect(throws: NoteError.self) { try note.verified(by: [first.key, second.key]) }
    // The name of one and the id of another are nobody's.
    let mixed = NoteSignature(name: "a", keyID: second.key.id, bytes: forged.bytes)
    let passed = SignedNote(text: text, signatures: [mixed, try first.sign(text)])
    #expect(try passed.verified(by: [first.key, second.key]) == [first.key])
    #expect(throws: NoteError.self) { try passed.verified(by: [second.key]) }
  }

  @Test func `checkpoints have one form`() throws {
    let root = StandardBase64.encode(TreeHasher().leaf([]).bytes)
    #expect(try Checkpoint(parsing: "o\n0\n\(root)\n").size == 0)
    #expect(try Checkpoint(parsing: "o\n18446744073709551615\n\(root)\nmore\n").extensions == ["more"])
    for text in [
      "o\n01\n\(root)\n", "o\n-1\n\(root)\n", "o\n+1\n\(root)\n", "o\n18446744073709551616\n\(root)\n",
      "o\n1 \n\(root)\n",
      "\n1\n\(root)\n", "o\n1\n\(root.dropLast())\n", "o\n1\nAAAA\n", "o\n1\n\(root)", "o\n1\n\(root)\n\n", "o\n1\n",
      "",
      "o\n\n\(root)\n", "o\n\u{661}\n\(root)\n",
    ] {
      #expect(throws: NoteError.self, "\(text.debugDescription)") { try Checkpoint(parsing: text) }
    }
  }
}
