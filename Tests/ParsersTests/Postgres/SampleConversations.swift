import Bytes

/// Conversations that the property tests run over.
enum SampleConversations {
  static let all: [(name: String, conversation: Conversation)] = [
    ("simple", simple), ("extended", extended), ("portals", portals), ("pipeline", pipeline), ("copy", copy),
    ("login", scram), ("function", function), ("replication", replication), ("tls", tls),
    ("asynchronous", asynchronous),
    ("cancel", cancel), ("refused", refused), ("binary", binary),
  ]

  static var simple: Conversation {
    var it = Conversation.session()
    it.client(Wire.query("select 1"))
    it.server(Wire.answer(["1"]), Wire.ready())
    it.client(Wire.query("begin; insert into t values (1); select * from t"))
    it.server(
      Wire.complete("BEGIN"), Wire.complete("INSERT 0 1"), Wire.answer(["1", "22", "333"]), Wire.ready("T"))
    it.client(Wire.query("select 1/0"))
    it.server(Wire.notice("mind the gap"), Wire.error("22012", "division by zero"), Wire.ready("E"))
    it.client(Wire.query(""))
    it.server(Wire.empty, Wire.ready("I"))
    it.client(Wire.terminate)
    return it
  }

  static var extended: Conversation {
    var it = Conversation.session()
    it.client(Wire.parse("s1", "select $1::int4 as n", [23]), Wire.describe(statement: "s1"), Wire.sync)
    it.server(
      Wire.parseComplete, Wire.parameterDescription([23]), Wire.rowDescription([.init(name: "n", type: 23)]),
      Wire.ready())
    for value in 5...7 {
      it.client(
        Wire.bind("", "s1", [Wire.int4(Int32(value))], formats: [1], resultFormats: [1]), Wire.execute(), Wire.sync)
      it.server(
        Wire.bindComplete, Wire.row(bytes: [Wire.int4(Int32(value))]), Wire.complete("SELECT 1"), Wire.ready())
    }
    it.client(Wire.parse("", "selec", []), Wire.bind("", ""), Wire.describe(portal: ""), Wire.execute(), Wire.sync)
    it.server(Wire.error("42601", "syntax error"), Wire.ready())
    it.client(Wire.close(statement: "s1"), Wire.sync)
    it.server(Wire.closeComplete, Wire.ready())
    return it
  }

  static var portals: Conversation {
    var it = Conversation.session()
    it.client(
      Wire.parse("s", "select generate_series(1,5)"), Wire.bind("p", "s"), Wire.describe(portal: "p"),
      Wire.execute("p", limit: 2), Wire.flush)
    it.server(
      Wire.parseComplete, Wire.bindComplete, Wire.rowDescription([.init(name: "n", type: 23)]), Wire.row(["1"]),
      Wire.row(["2"]), Wire.suspended)
    it.client(Wire.execute("p", limit: 2), Wire.flush)
    it.server(Wire.row(["3"]), Wire.row(["4"]), Wire.suspended)
    it.client(Wire.execute("p", limit: 2), Wire.close(portal: "p"), Wire.sync)
    it.server(Wire.row(["5"]), Wire.complete("SELECT 1"), Wire.closeComplete, Wire.ready())
    return it
  }

  static var pipeline: Conversation {
    var it = Conversation.session()
    it.client(
      Wire.parse("a", "select 1"), Wire.bind("", "a"), Wire.execute(), Wire.sync,
      Wire.parse("b", "select 1/0"), Wire.bind("", "b"), Wire.execute(), Wire.parse("c", "select 3"),
      Wire.bind("", "c"), Wire.execute(), Wire.sync,
      Wire.bind("", "a"), Wire.execute(), Wire.sync)
    it.server(
      Wire.parseComplete, Wire.bindComplete, Wire.row(["1"]), Wire.complete("SELECT 1"), Wire.ready(),
      Wire.parseComplete, Wire.bindComplete, Wire.error("22012", "division by zero"), Wire.ready(),
      Wire.bindComplete, Wire.row(["1"]), Wire.complete("SELECT 1"), Wire.ready())
    return it
  }

  static var copy: Conversation {
    var it = Conversation.session()
    it.client(Wire.query("copy t from stdin"))
    it.server(Wire.copyResponse("G"))
    it.client(Wire.copyData("1\ta\n2\tb\n"), Wire.copyData("3\tc\n"), Wire.copyDone)
    it.server(Wire.complete("COPY 3"), Wire.ready())
    it.client(Wire.query("copy t to stdout"))
    it.server(
      Wire.copyResponse("H"), Wire.copyData("1\ta\n"), Wire.copyData("2\tb\n"), Wire.copyDone, Wire.complete("COPY 2"),
      Wire.ready())
    it.client(Wire.query("copy t from stdin"))
    it.server(Wire.copyResponse("G"))
    it.client(Wire.copyData("x\n"), Wire.copyFail("changed my mind"))
    it.server(Wire.error("57014", "COPY from stdin failed: changed my mind"), Wire.ready())
    it.client(
      Wire.parse("", "copy t from stdin"), Wire.bind("", ""), Wire.describe(portal: ""), Wire.execute(), Wire.sync)
    it.server(Wire.parseComplete, Wire.bindComplete, Wire.noData, Wire.copyResponse("G"))
    it.client(Wire.copyData("9\tz\n"), Wire.copyDone, Wire.sync)
    it.server(Wire.complete("COPY 1"), Wire.ready())
    it.client(Wire.query("select 1"))
    it.server(Wire.answer(["1"]), Wire.ready())
    return it
  }

  static var scram: Conversation {
    var it = Conversation()
    it.client(Wire.sslRequest)
    it.server(Array("N".utf8))
    it.client(Wire.startup([("user", "ada"), ("application_name", "tests")], minor: 2))
    it.server(Wire.negotiate(0x0003_0000, ["_pq_.x"]), Wire.authentication(10, Array("SCRAM-SHA-256\0\0".utf8)))
    it.client(Wire.saslInitial("SCRAM-SHA-256", "n,,n=,r=secret"))
    it.server(Wire.authentication(11, Array("r=secret".utf8)))
    it.client(Wire.message("p") { $0.write("c=biws,r=secret,p=secret") })
    it.server(
      Wire.authentication(12, Array("v=secret".utf8)), Wire.authenticationOk, Wire.parameterStatus("TimeZone", "UTC"),
      Wire.backendKey(9, [1, 2, 3, 4]), Wire.ready())
    it.client(Wire.query("select 1"))
    it.server(Wire.answer(["1"]), Wire.ready())
    return it
  }

  static var function: Conversation {
    var it = Conversation.session()
    it.client(Wire.functionCall(1598, [Array("7".utf8), nil]))
    it.server(Wire.functionResult([0, 0, 0, 7]), Wire.ready())
    return it
  }

  static var replication: Conversation {
    var it = Conversation.session(parameters: [("user", "repl"), ("replication", "true")])
    it.client(Wire.query("START_REPLICATION 0/0"))
    it.server(Wire.copyResponse("W", columns: 0), Wire.copyData("wal wal wal"))
    it.client(Wire.copyData("status"))
    it.server(Wire.copyData("more wal"))
    return it
  }

  static var tls: Conversation {
    var it = Conversation()
    it.client(Wire.sslRequest)
    it.server(Array("S".utf8))
    it.client([0x16, 3, 1, 0, 4, 1, 2, 3, 4])
    it.server([0x16, 3, 3, 0, 2, 9, 9])
    return it
  }

  static var asynchronous: Conversation {
    var it = Conversation.session()
    it.server(Wire.notification(77, "jobs", "now"))
    it.server(Wire.parameterStatus("TimeZone", "Europe/Berlin"))
    it.client(Wire.query("select pg_sleep(1)"))
    it.server(Wire.notification(78, "jobs", "then"), Wire.answer([""]), Wire.ready())
    it.server(Wire.notice("going down soon"))
    it.server(Wire.error("57P01", "terminating connection due to administrator command", severity: "FATAL"))
    return it
  }

  static var cancel: Conversation {
    var it = Conversation()
    it.client(Wire.cancel(4711, secret: [1, 2, 3, 4]))
    return it
  }

  static var refused: Conversation {
    var it = Conversation()
    it.client(Wire.startup())
    it.server(Wire.authentication(5, [1, 2, 3, 4]))
    it.client(Wire.password("md5 something"))
    it.server(Wire.error("28P01", "password authentication failed", severity: "FATAL"))
    return it
  }

  static var binary: Conversation {
    var it = Conversation.session()
    it.client(
      Wire.parse("", "select $1, $2, $3", [25, 1700, 0]),
      Wire.bind("", "", [Array("Grüße".utf8), [0, 2, 0, 0, 0, 0, 0, 2, 0, 12, 0x11, 0x94], nil], formats: [0, 1, 0]),
      Wire.describe(portal: ""), Wire.execute(), Wire.sync)
    it.server(
      Wire.parseComplete, Wire.bindComplete,
      Wire.rowDescription([
        .init(name: "a", type: 25), .init(name: "b", type: 1700, format: 1), .init(name: "c", type: 99_999, format: 1),
      ]),
      Wire.row(bytes: [Array("Grüße".utf8), [0, 2, 0, 0, 0, 0, 0, 2, 0, 12, 0x11, 0x94], [0, 255]]),
      Wire.complete("SELECT 1"), Wire.ready())
    return it
  }
}
