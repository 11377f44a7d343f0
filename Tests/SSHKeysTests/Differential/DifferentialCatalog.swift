/// What is asked of ssh-keygen and of us.
enum DifferentialCatalog {
  static let all = patterns + lines + options + times + certificates + kinds + revocations

  private static func pattern(_ expected: DifferentialCase.Kind, _ list: String, _ principal: String = "alice")
    -> DifferentialCase
  {
    DifferentialCase(expected, "principals \(list) for \(principal)", "\(list) KEY\n") { $0.principal = principal }
  }

  static let patterns = [
    pattern(.valid, "alice"), pattern(.principalMismatch, "bob"), pattern(.valid, "bob,alice"),
    pattern(.principalMismatch, "Alice"), pattern(.valid, "*"), pattern(.valid, "a*"), pattern(.valid, "al?ce"),
    pattern(.principalMismatch, "a?ce"), pattern(.principalMismatch, "*,!alice"),
    pattern(.principalMismatch, "!alice,*"), pattern(.principalMismatch, "!bob"), pattern(.valid, "!bob,*"),
    pattern(.valid, "*@example.com", "alice@example.com"),
    pattern(.principalMismatch, "*@example.com", "alice@evil.com"),
    pattern(.principalMismatch, "*@example.com", "alice@example.com.evil.com"),
    pattern(.valid, ",alice"), pattern(.valid, "alice,"), pattern(.valid, "alice,,bob"),
    pattern(.valid, "\"alice\""), pattern(.valid, "\"alice smith\"", "alice smith"), pattern(.valid, "al\"ice\""),
    pattern(.valid, "alice*"), pattern(.valid, "***e"), pattern(.principalMismatch, "!*"),
    pattern(.valid, "żółw", "żółw"), pattern(.principalMismatch, "?ółw", "żółw"), pattern(.valid, "??ółw", "żółw"),
    pattern(.principalMismatch, "alice", "*"), pattern(.principalMismatch, "a*", "?lice"),
    pattern(.principalMismatch, String(repeating: "x", count: 1023) + ",alice"),
    pattern(.valid, String(repeating: "x", count: 1022) + ",alice"),
  ]

  static let lines = [
    DifferentialCase(.untrustedKey, "empty file", ""),
    DifferentialCase(.untrustedKey, "only a comment", "# alice KEY\n"),
    DifferentialCase(.untrustedKey, "another key", "alice OTHER\n"),
    DifferentialCase(.valid, "after another key", "alice OTHER\nalice KEY\n"),
    DifferentialCase(.valid, "after a bad line", "alice rubbish\nalice KEY\n"),
    DifferentialCase(.valid, "comment behind the key", "alice KEY a comment \"with quote\n"),
    DifferentialCase(.valid, "blanks and tabs", " \t alice \t KEY\t \n"),
    DifferentialCase(.valid, "blank and comment lines", "\n  \n\t# x\n  # y\nalice KEY\n"),
    DifferentialCase(.valid, "no line break at the end", "alice KEY"),
    DifferentialCase(.valid, "CRLF", "alice KEY\r\n"),
    DifferentialCase(.valid, "CRLF behind a comment", "alice KEY x\r\n"),
    DifferentialCase(.untrustedKey, "no key", "alice\n"),
    DifferentialCase(.untrustedKey, "no principals", "KEY\n"),
    DifferentialCase(.untrustedKey, "type and key differ", "alice ssh-rsa KEY.base64\n"),
    DifferentialCase(.untrustedKey, "type of a certificate", "alice ssh-ed25519-cert-v01@openssh.com KEY.base64\n"),
    DifferentialCase(.untrustedKey, "unknown type", "alice ssh-ed448 KEY.base64\n"),
    DifferentialCase(.untrustedKey, "upper-case type", "alice SSH-ED25519 KEY.base64\n"),
    DifferentialCase(.untrustedKey, "cut key", "alice ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA\n"),
    DifferentialCase(.untrustedKey, "key with something behind it", "alice ssh-ed25519 KEY.base64AAAA\n"),
    DifferentialCase(.untrustedKey, "quote without end", "\"alice KEY\n"),
    DifferentialCase(.valid, "the certificate is listed", "alice CERT\n") { $0.signature = "CERT" },
    DifferentialCase(.untrustedKey, "another certificate is listed", "alice EVERCERT\n") { $0.signature = "CERT" },
    DifferentialCase(.untrustedKey, "the certificate is listed, the key signs", "alice CERT\n"),
    DifferentialCase(.untrustedKey, "the key is listed, the certificate signs", "alice KEY\n") {
      $0.signature = "CERT"
    },
    DifferentialCase(.valid, "two lines, the second for her", "bob KEY\nalice KEY\n"),
    DifferentialCase(.valid, "two lines, the first past", "alice valid-before=\"20240101Z\" KEY\nalice KEY\n"),
  ]

  private static func option(_ expected: DifferentialCase.Kind, _ options: String) -> DifferentialCase {
    DifferentialCase(expected, "options \(options)", "alice \(options) KEY\n")
  }

  static let options = [
    option(.valid, "namespaces=\"file\""), option(.notForNamespace, "namespaces=\"git\""),
    option(.valid, "namespaces=\"git,file\""), option(.valid, "namespaces=\"f*\""),
    option(.notForNamespace, "namespaces=\"*,!file\""), option(.notForNamespace, "namespaces=\"\""),
    option(.valid, "NameSpaces=\"file\""), option(.untrustedKey, "namespaces=file"),
    option(.untrustedKey, "namespaces=\"file"), option(.untrustedKey, "namespaces"),
    option(.untrustedKey, "namespaces=\"file\",namespaces=\"file\""),
    option(.notForNamespace, "namespaces=\"fi\\\"le\""), option(.valid, "namespaces=\"a b,file\""),
    option(.untrustedKey, "namespaces=\"file\","), option(.valid, ",namespaces=\"file\""),
    option(.untrustedKey, "namespaces=\"file\" ,"), option(.untrustedKey, "cert-authority"),
    option(.untrustedKey, "CERT-Authority"), option(.untrustedKey, "no-touch-required"),
    option(.untrustedKey, "verify-required"), option(.untrustedKey, "foo"), option(.untrustedKey, "foo=\"bar\""),
    option(.untrustedKey, "namespaces=\"file\",foo"), option(.untrustedKey, "namespaces=\"file\"foo"),
    option(.untrustedKey, "namespaces =\"file\""), option(.untrustedKey, "no-cert-authority"),
    option(.valid, "valid-after=\"20200101Z\",valid-before=\"20300101Z\",namespaces=\"file\""),
    DifferentialCase(.wrongNamespace, "made for another namespace", "alice KEY\n") { $0.signature = "GIT" },
    DifferentialCase(.valid, "made for git", "alice KEY\n") { ($0.signature, $0.namespace) = ("GIT", "git") },
    DifferentialCase(.wrongNamespace, "namespace in upper case", "alice KEY\n") { $0.namespace = "FILE" },
    DifferentialCase(.wrongNamespace, "namespace as a pattern", "alice KEY\n") { $0.namespace = "*" },
    DifferentialCase(.badSignature, "another message", "alice KEY\n") { $0.message = "message2" },
  ]

  private static func time(_ expected: DifferentialCase.Kind, _ options: String, _ time: String = "20250601120000Z")
    -> DifferentialCase
  {
    DifferentialCase(expected, "times \(options) at \(time)", "alice \(options) KEY\n") { $0.time = time }
  }

  static let times = [
    time(.valid, "valid-after=\"20250601120000Z\""), time(.notYetValid, "valid-after=\"20250601120001Z\""),
    time(.valid, "valid-before=\"20250601120000Z\""), time(.expired, "valid-before=\"20250601115959Z\""),
    time(.valid, "valid-after=\"202506011200Z\""), time(.notYetValid, "valid-after=\"20250602Z\""),
    time(.expired, "valid-before=\"20250601Z\""), time(.valid, "valid-after=\"20250601\""),
    time(.valid, "valid-after=\"20250601z\""), time(.valid, "valid-after=\"20250601UTC\""),
    time(.valid, "valid-after=\"20250601utc\""), time(.untrustedKey, "valid-after=\"2025060112Z\""),
    time(.untrustedKey, "valid-after=\"20251301Z\""), time(.untrustedKey, "valid-after=\"20250632Z\""),
    time(.untrustedKey, "valid-after=\"20250601240000Z\""), time(.untrustedKey, "valid-after=\"20250601126000Z\""),
    time(.valid, "valid-after=\"20250231Z\"", "20250303Z"),
    time(.notYetValid, "valid-after=\"20250231Z\"", "20250302235959Z"),
    time(.valid, "valid-after=\"20240229Z\"", "20240229Z"), time(.valid, "valid-after=\"20250601115960Z\""),
    time(.notYetValid, "valid-after=\"20250601115961Z\""), time(.untrustedKey, "valid-after=\"20250601115962Z\""),
    time(.untrustedKey, "valid-after=\"19700101Z\""), time(.untrustedKey, "valid-after=\"19691231Z\""),
    time(.valid, "valid-after=\"19700101000001Z\""), time(.untrustedKey, "valid-after=\"\""),
    time(.untrustedKey, "valid-after=\"always\""), time(.untrustedKey, "valid-after=20200101Z"),
    time(.untrustedKey, "valid-after=\"20200101Z\",valid-after=\"20200101Z\""),
    time(.untrustedKey, "valid-after=\"20260101Z\",valid-before=\"20250101Z\""),
    time(.untrustedKey, "valid-after=\"20250601Z\",valid-before=\"20250601Z\""),
    time(.valid, "valid-before=\"99991231235959Z\""),
    time(.valid, "valid-before=\"20380119031408Z\"", "20380119031408Z"),
    time(.expired, "valid-before=\"21000228235959Z\"", "21000301Z"),
    time(.valid, "valid-after=\"21000301Z\"", "21000301Z"),
  ]

  private static func certificate(
    _ expected: DifferentialCase.Kind, _ word: String, _ line: String = "* cert-authority CA\n",
    _ principal: String = "alice",
    at time: String = "20250601120000Z"
  ) -> DifferentialCase {
    DifferentialCase(expected, "\(word) by \(line.dropLast()) for \(principal) at \(time)", line) {
      ($0.signature, $0.principal, $0.time) = (word, principal, time)
    }
  }

  static let certificates = [
    certificate(.valid, "CERT"), certificate(.valid, "CERT", "* cert-authority CA\n", "bob"),
    certificate(.certificate, "CERT", "* cert-authority CA\n", "carol"),
    certificate(.principalMismatch, "CERT", "carol cert-authority CA\n"),
    certificate(.untrustedKey, "CERT", "* CA\n"), certificate(.untrustedKey, "KEY", "* cert-authority CA\n"),
    certificate(.untrustedKey, "CERT", "* cert-authority OTHER\n"),
    certificate(.untrustedKey, "CERT", "* cert-authority CERT\n"),
    certificate(.untrustedKey, "CERT", "* cert-authority KEY\n"),
    certificate(.valid, "CERT", "* cert-authority,namespaces=\"file\" CA\n"),
    certificate(.notForNamespace, "CERT", "* cert-authority,namespaces=\"git\" CA\n"),
    certificate(.expired, "CERT", "* cert-authority,valid-before=\"20240101Z\" CA\n"),
    certificate(.notYetValid, "CERT", "* valid-after=\"20260101Z\",cert-authority CA\n"),
    certificate(.certificate, "PASTCERT"), certificate(.valid, "PASTCERT", at: "20231231235959Z"),
    certificate(.certificate, "PASTCERT", at: "20240101Z"), certificate(.certificate, "FUTURECERT"),
    certificate(.valid, "FUTURECERT", at: "20280101Z"), certificate(.valid, "EDGECERT"),
    certificate(.certificate, "EDGECERT", at: "20250601120001Z"),
    certificate(.certificate, "EDGECERT", at: "20250601115959Z"),
    certificate(.valid, "EVERCERT", at: "99990101Z"), certificate(.certificate, "EVERYONECERT"),
    certificate(.certificate, "HOSTCERT"), certificate(.valid, "LIMITEDCERT"), certificate(.certificate, "STARCERT"),
    certificate(.valid, "STARCERT", "* cert-authority CA\n", "*"),
    certificate(.certificate, "PASTCERT", "* cert-authority CA\n* KEY\n"),
  ]

  private static func kind(_ expected: DifferentialCase.Kind, _ word: String, _ line: String) -> DifferentialCase {
    DifferentialCase(expected, "\(word) with \(line)", line + "\n") { $0.signature = word }
  }

  static let kinds = [
    kind(.valid, "RSA", "alice RSA"), kind(.valid, "RSA", "alice rsa-sha2-256 RSA.base64"),
    kind(.valid, "RSA", "alice rsa-sha2-512 RSA.base64"), kind(.valid, "ECDSA", "alice ECDSA"),
    kind(.valid, "ECDSA521", "alice ECDSA521"),
    kind(.untrustedKey, "ECDSA", "alice ecdsa-sha2-nistp384 ECDSA.base64"),
    kind(.untrustedKey, "ECDSA", "alice ECDSA521"),
    kind(.untrustedKey, "RSA", "alice KEY"),
  ]

  private static func text(_ expected: DifferentialCase.Kind, _ text: String, _ word: String = "KEY")
    -> DifferentialCase
  {
    DifferentialCase(expected, "revoked text \(text.debugDescription), \(word)", "* KEY\n* cert-authority CA\n") {
      ($0.signature, $0.revoked) = (word, .text(text))
    }
  }

  private static func list(
    _ expected: DifferentialCase.Kind, _ specification: String, _ word: String = "KEY", authority: String? = nil
  ) -> DifferentialCase {
    let name = "revoked \(specification.debugDescription) of \(authority ?? "no authority"), \(word)"
    return DifferentialCase(expected, name, "* KEY\n* cert-authority CA\n") {
      ($0.signature, $0.revoked) = (word, .list(specification, authority: authority))
    }
  }

  static let revocations = [
    text(.valid, ""), text(.revoked, "KEY\n"), text(.valid, "OTHER\n"), text(.revoked, "OTHER\n# x\n\n KEY comment\n"),
    text(.revoked, "CERT\n"), text(.revoked, "KEY\n", "CERT"), text(.revoked, "CERT\n", "CERT"),
    text(.revoked, "CA\n", "CERT"), text(.valid, "CA\n"), text(.revoked, "EVERCERT\n", "CERT"),
    text(.valid, "OTHER\n", "CERT"), text(.unreadable, "rubbish\n"), text(.unreadable, "OTHER\nrubbish\n"),
    text(.unreadable, "serial: 7\n", "CERT"), text(.unreadable, "SHA256:AAAA\n"), text(.unreadable, "alice KEY\n"),
    text(.revoked, "KEY"), text(.revoked, "KEY\r\n"),
    list(.valid, ""), list(.revoked, "KEY\n"), list(.valid, "OTHER\n"), list(.revoked, "KEY\n", "CERT"),
    list(.revoked, "key: KEY\n"), list(.revoked, "sha1: KEY\n"), list(.revoked, "sha256: KEY\n"),
    list(.revoked, "sha256: KEY\n", "CERT"), list(.revoked, "sha1: CA\n", "CERT"), list(.valid, "sha256: CA\n"),
    list(.revoked, "key: CA\n", "CERT"), list(.revoked, "CERT\n", "CERT"), list(.valid, "CERT\n"),
    list(.valid, "CERT\n", "EVERCERT"), list(.revoked, "serial: 7\n", "CERT", authority: "CA"),
    list(.valid, "serial: 8\n", "CERT", authority: "CA"), list(.revoked, "serial: 1-100\n", "CERT", authority: "CA"),
    list(.valid, "serial: 8-100\n", "CERT", authority: "CA"), list(.valid, "serial: 7\n", "CERT", authority: "OTHER"),
    list(.revoked, "id: first\n", "CERT", authority: "CA"), list(.valid, "id: second\n", "CERT", authority: "CA"),
    list(.valid, "id: first\n", "CERT", authority: "OTHER"), list(.valid, "serial: 7\n", authority: "CA"),
    list(.revoked, "serial: 7\n", "CERT", authority: "none"), list(.revoked, "id: first\n", "CERT", authority: "none"),
    list(.valid, "serial: 1-100\n", "EVERCERT", authority: "CA"),
    list(.revoked, "id: ever\n", "EVERCERT", authority: "CA"),
    list(.revoked, scattered + "serial: 7\n", "CERT", authority: "CA"),
    list(.valid, scattered, "CERT", authority: "CA"),
    list(.revoked, scattered, "PASTCERT", authority: "CA"),
    list(.revoked, "serial: 18446744073709551615\nserial: 7\n", "CERT", authority: "CA"),
    list(.revoked, "hash: HASH\n"), list(.valid, "hash: OTHERHASH\n"),
  ]

  /// Even numbers, which ssh-keygen writes as a bitmap.
  private static let scattered = (1...200).map { "serial: \($0 * 2)\n" }.joined()
}
