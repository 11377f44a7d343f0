import Testing

@Suite struct RandomTextTests {
  @Test func `a text drawn at random is found, with less to go by behind a name`() {
    let long = "q7Xw2Lz9Kd4Rt8Vb1Nm5Hs3Jf6Gp0Yc"
    #expect(detected("got \(long) here") == ["high-entropy \(long)"])
    let short = "q7Xw2Lz9Kd4Rt8Vb"
    #expect(detected("got \(short) here").isEmpty)
    #expect(detected("api_key=\(short)") == ["high-entropy \(short)"])
    let hex = "9f86d081884c7d659a2feaa0c55ad015"
    #expect(detected(#"{"client_secret":"\#(hex)"}"#) == ["high-entropy \(hex)"])
    #expect(detected(#"{"etag":"\#(hex)"}"#).isEmpty)
  }

  @Test(arguments: [
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "550e8400-e29b-41d4-a716-446655440000",
    "SpringApplicationContextInitializerFactoryBean2", "/usr/lib/x86_64-linux-gnu/libFooBar12.so",
    "sha512-q7Xw2Lz9Kd4Rt8Vb1Nm5Hs3Jf6Gp0Ycq7Xw2Lz9Kd4Rt8Vb", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7q9Xw2Lz",
    "data:image/png;base64,q7Xw2Lz9Kd4Rt8Vb1Nm5Hs3Jf6Gp0Yc", "request_id=q7Xw2Lz9Kd4Rt8Vb1Nm5Hs3Jf6Gp0Yc",
    "0000000000000000000000000000", "aaaaaaaaaaaaAAAAAAAAAA11111111",
  ])
  func `digests, ids, contents and words are left`(_ text: String) {
    #expect(detected(text).isEmpty, "\(detected(text))")
  }

  @Test func `a long run is contents`() {
    #expect(detected(String(repeating: "q7Xw2Lz9Kd4Rt8Vb1Nm5Hs3Jf6Gp0Yc", count: 10)).isEmpty)
  }
}
