import Bytes
import Testing

@Suite struct SHA256Tests {
  /// FIPS 180-4 examples: "abc", and the empty message.
  @Test func `known answers`() {
    let abc = SHA256.digest(of: "abc").hex
    let empty = SHA256.digest(of: "").hex
    #expect(abc == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(empty == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test func `an object is ready for the next message`() {
    let hash = SHA256()
    hash.update(Array("junk".utf8).span)
    _ = hash.finish()
    hash.update(Array("abc".utf8).span)
    let digest = hash.finish()
    #expect(digest == SHA256.digest(of: "abc"))
  }
}
