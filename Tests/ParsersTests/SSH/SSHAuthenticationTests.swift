import Bytes
import Model
import Parsers
import Testing

struct SSHAuthenticationTests {
  @Test func `a login by password is told and its secret is not`() throws {
    let events = SSHConversation.session().events()
    let login = try #require(events.logins.first)
    #expect(events.logins.count == 1)
    #expect(login == Login(user: "ada", method: "password", outcome: .accepted))
    #expect(events.facts.contains { $0.credentialHash?.hasPrefix("hmac:") == true })
    #expect(!events.dump.contains("hunter2"))
    #expect(events.facts.contains { $0.user == "ada" })
    #expect(events.parameters["ssh.client"] == "SSH-2.0-OpenSSH_9.6")
    #expect(events.parameters["ssh.server"] == "SSH-2.0-OpenSSH_9.2p1 Debian-2")
    #expect(events.codes == [])
  }

  @Test func `a key is asked for, refused, asked for and signed with`() {
    var conversation = SSHConversation.beginning()
    conversation.client(SSHWire.request("ada", "none"))
    conversation.server(SSHWire.failure("publickey,password"))
    conversation.client(SSHWire.publicKey("ada", SSHWire.ed25519(1), algorithm: "ssh-ed25519", isSigned: false))
    conversation.server(SSHWire.failure("publickey,password"))
    conversation.client(SSHWire.publicKey("ada", SSHWire.ed25519(2), algorithm: "ssh-ed25519", isSigned: false))
    conversation.server(SSHWire.packet([60] + SSHWire.string("ssh-ed25519") + SSHWire.string(SSHWire.ed25519(2))))
    conversation.client(SSHWire.publicKey("ada", SSHWire.ed25519(2), algorithm: "ssh-ed25519", isSigned: true))
    conversation.server(SSHWire.success)
    let events = conversation.events()
    let logins = events.logins
    #expect(logins.count == 2)
    // ssh-keygen -lf of the key with 32 bytes of 2.
    #expect(logins.last?.method.hasPrefix("publickey ssh-ed25519 SHA256:") == true)
    #expect(logins.last?.outcome == .accepted)
    if case .refused(let message) = logins.first?.outcome {
      #expect(message.code == "refused")
      #expect(message["methods"] == "publickey,password")
    } else {
      Issue.record("the first key was not refused")
    }
    #expect(events.parameters["ssh.user-key"] == logins.last.map { String($0.method.dropFirst(10)) })
    #expect(events.parameters["ssh.auth-method"] == "publickey")
  }

  @Test func `a signature that binds the host key is told with its key`() {
    var conversation = SSHConversation.beginning()
    let key = SSHWire.string("ssh-ed25519") + SSHWire.string(SSHWire.ed25519(2))
    let bound = key + SSHWire.string(SSHWire.ed25519(7))
    conversation.client(SSHWire.publicKey("ada", SSHWire.ed25519(2), algorithm: "ssh-ed25519", isSigned: false))
    conversation.server(SSHWire.packet([60] + key))
    conversation.client(
      SSHWire.request("ada", "publickey-hostbound-v00@openssh.com", [1] + bound + SSHWire.string("signature")))
    conversation.server(SSHWire.success)
    let events = conversation.events()
    #expect(events.logins.map(\.outcome) == [.accepted])
    #expect(events.logins.first?.method.hasPrefix("publickey ssh-ed25519 SHA256:") == true)
    #expect(events.markers.isEmpty)
    #expect(events.parameters["ssh.user-key"] == events.logins.first.map { String($0.method.dropFirst(10)) })
    #expect(events.parameters["ssh.auth-method"] == "publickey")
  }

  @Test func `a probe with none is told when nothing else was tried`() {
    var conversation = SSHConversation.beginning()
    conversation.client(SSHWire.request("ada", "none"))
    conversation.server(SSHWire.failure("publickey"))
    conversation.client(SSHWire.packet([1] + SSHWire.number(11) + SSHWire.string("bye") + SSHWire.string("")))
    let events = conversation.events()
    #expect(events.logins.map(\.method) == ["none"])
    #expect(events.markers.map(\.text) == ["by the client: by application: bye"])
  }

  @Test func `a second factor follows a partial success`() {
    var conversation = SSHConversation.beginning()
    conversation.client(SSHWire.publicKey("ada", SSHWire.ed25519(2), algorithm: "ssh-ed25519", isSigned: true))
    conversation.server(SSHWire.failure("keyboard-interactive", isPartial: true))
    conversation.client(SSHWire.request("ada", "keyboard-interactive", SSHWire.string("") + SSHWire.string("")))
    conversation.server(
      SSHWire.packet(
        [60] + SSHWire.string("") + SSHWire.string("") + SSHWire.string("") + SSHWire.number(2)
          + SSHWire.string("Name: ") + [1] + SSHWire.string("Code: ") + [0]))
    conversation.client(SSHWire.packet([61] + SSHWire.number(2) + SSHWire.string("ada") + SSHWire.string("123456")))
    conversation.server(
      SSHWire.packet([60] + SSHWire.string("") + SSHWire.string("") + SSHWire.string("") + SSHWire.number(0)))
    conversation.client(SSHWire.packet([61] + SSHWire.number(0)))
    conversation.server(SSHWire.success)
    let events = conversation.events()
    #expect(events.logins.count == 2)
    if case .refused(let message) = events.logins.first?.outcome {
      #expect(message.code == "partial-success")
    } else {
      Issue.record("the key did not succeed in part")
    }
    #expect(events.logins.last == Login(user: "ada", method: "keyboard-interactive", outcome: .accepted))
    #expect(events.facts.compactMap(\.credentialHash) == [SecretHasher(key: [7]).hash(Array("123456".utf8).span)])
  }

  @Test func `a key that would do and no signature is a marker`() {
    var conversation = SSHConversation.beginning()
    conversation.client(SSHWire.publicKey("ada", SSHWire.ed25519(2), algorithm: "ssh-ed25519", isSigned: false))
    conversation.server(SSHWire.packet([60] + SSHWire.string("ssh-ed25519") + SSHWire.string(SSHWire.ed25519(2))))
    let events = conversation.events()
    #expect(events.logins.isEmpty)
    #expect(events.markers.map(\.name) == ["key-acceptable"])
  }

  @Test func `a certificate names its key id, principals and authority`() {
    let nonce = SSHWire.string([UInt8](repeating: 9, count: 32))
    let point = SSHWire.string([UInt8](repeating: 2, count: 32))
    let options = SSHWire.string("force-command") + SSHWire.string(SSHWire.string("/bin/date"))
    let blob =
      SSHWire.string("ssh-ed25519-cert-v01@openssh.com") + nonce + point + SSHWire.number64(42) + SSHWire.number(1)
      + SSHWire.string("ada@corp") + SSHWire.string(SSHWire.string("ada") + SSHWire.string("root"))
      + SSHWire.number64(1_700_000_000) + SSHWire.number64(.max) + SSHWire.string(options) + SSHWire.string("")
      + SSHWire.string("") + SSHWire.string(SSHWire.ed25519(7)) + SSHWire.string([1])
    var conversation = SSHConversation.beginning()
    conversation.client(
      SSHWire.publicKey("ada", blob, algorithm: "ssh-ed25519-cert-v01@openssh.com", isSigned: true))
    conversation.server(SSHWire.success)
    let parameters = conversation.events().parameters
    #expect(parameters["ssh.user-certificate"] == "ada@corp")
    #expect(parameters["ssh.user-certificate-principals"] == "ada,root")
    #expect(parameters["ssh.user-certificate-serial"] == "42")
    #expect(parameters["ssh.user-certificate-valid-after"] == "2023-11-14T22:13:20Z")
    #expect(parameters["ssh.user-certificate-valid-before"] == nil)
    #expect(parameters["ssh.user-certificate-options"] == "force-command=/bin/date")
    // The fingerprint is that of the key inside, as ssh-keygen prints it.
    var plain = SSHConversation.beginning()
    plain.client(SSHWire.publicKey("ada", SSHWire.ed25519(2), algorithm: "ssh-ed25519", isSigned: true))
    plain.server(SSHWire.success)
    let fingerprint = plain.events().parameters["ssh.user-key"]?.split(separator: " ").last
    #expect(fingerprint != nil)
    #expect(parameters["ssh.user-key"]?.split(separator: " ").last == fingerprint)
  }

  @Test func `a banner, lines before the identification and a debug message are kept`() {
    var conversation = SSHConversation()
    conversation.client(Array("SSH-2.0-x\r\n".utf8))
    conversation.server(Array("hello\r\nSSH-2.0-y z\r\n".utf8))
    conversation.server(SSHWire.packet([53] + SSHWire.string("keep out") + SSHWire.string("")))
    conversation.server(SSHWire.packet([4, 1] + SSHWire.string("trace") + SSHWire.string("")))
    conversation.server(
      SSHWire.packet([7] + SSHWire.number(1) + SSHWire.string("server-sig-algs") + SSHWire.string("a,b")))
    let events = conversation.events()
    #expect(events.markers.map { "\($0.name) \($0.text)" } == ["server-line hello", "banner keep out", "debug trace"])
    #expect(events.parameters["ssh.server-sig-algs"] == "a,b")
    #expect(events.facts.contains { $0.serverVersion == "y z" })
  }
}
