import Testing

@Suite struct PasswordTests {
  @Test(arguments: [
    ("postgres://shop:", "hunter2!", "@db:5432/shop"), ("redis://:", "s3cr$t", "@cache"),
    ("https://a:", "b@c", "@host/x"),
    (#"{"dsn":"mysql:\/\/a:"#, "hunter2", #"@h\/x"}"#),
  ])
  func `the password of an address is found`(_ before: String, _ password: String, _ after: String) {
    #expect(detected(before + password + after) == ["url-password \(password)"])
  }

  @Test(arguments: [
    ("Server=db;Password=", "hunter2!", ";Encrypt=yes"), ("host=db password=", "hunter2", " dbname=x"),
    ("PGPASSWORD=", "hunter2", " psql"),
    (#"{"password":""#, "hunter2", #""}"#), (#"{"userPassword": ""#, "hun ter2", #""}"#),
    (#"{\"db_pass\":\""#, "hunter2", #"\"}"#),
    ("passphrase: '", "correct horse", "'"),
  ])
  func `the value behind a name is found`(_ before: String, _ password: String, _ after: String) {
    #expect(detected(before + password + after) == ["named-password \(password)"])
  }

  @Test func `hashes of passwords are found`() {
    let bcrypt = "$2b$12$" + String(repeating: "abcdefghijk./0123456789ABC", count: 3).prefix(53)
    #expect(detected("hash \(bcrypt),") == ["password-hash \(bcrypt)"])
    let argon = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b0dWRWJTmaaJObG"
    #expect(detected(argon, column: "password_hash") == ["password-hash \(argon)"])
    #expect(detected("hunter2", column: "users.password") == ["column-password hunter2"])
  }

  @Test(arguments: [
    "postgres://shop@db/x", "postgres://shop:${PASS}@db", "https://u:[redacted]@h", "https://u:%5Bredacted%5D@h",
    "password=",
    "password: must be long", #"{"password":null}"#, #"{"password":"[redacted]"}"#, "password=$PASSWORD",
    "compass=north",
    "bypass=always", "password=hmac:0123456789abcdef", "pwd=****", "cost $20, $2", "http://localhost:8080/a@b",
  ])
  func `what is none, or was taken out, is left`(_ text: String) {
    #expect(detected(text).isEmpty, "\(detected(text))")
  }

  @Test func `a column of passwords that were taken out holds none`() {
    #expect(detected("[redacted]", column: "password").isEmpty)
    #expect(detected("", column: "password").isEmpty)
  }
}
