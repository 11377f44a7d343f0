import Bytes

extension GatewayEvent {
  func write(to json: inout JSONWriter) {
    switch self {
    case .opening(let opening): opening.write(to: &json)
    case .decision(let decision):
      json.member("offset", decision.offset)
      json.member("outcome", decision.outcome.rawValue)
      json.member("rule", decision.rule)
      if let reason = decision.reason { json.member("reason", reason) }
      if let subject = decision.subject { json.member("subject", subject.hex) }
      if !decision.people.isEmpty { json.member("people", decision.people) }
      if let typed = decision.typed { json.member("typed", typed) }
      if let signing = decision.signing {
        json.member("request", signing.request.hex)
        json.member("keys", signing.keys)
        json.member("seen", signing.seen)
        json.member("signatures", signing.signatures.hex)
      }
    case .approval(let approval):
      json.member("offset", approval.offset)
      json.member("subject", approval.subject.hex)
      json.member("stance", approval.stance.rawValue)
      if let approver = approval.approver { json.member("approver", approver) }
      if let key = approval.key { json.member("key", key) }
      if let reason = approval.reason { json.member("reason", reason) }
      if let request = approval.request { json.member("request", request.hex) }
      if let seenAt = approval.seenAt { json.member("seen", seenAt.nanoseconds) }
      if let signature = approval.signature { json.member("signature", signature.hex) }
    case .mask(let mask):
      json.member("offset", mask.offset)
      json.member("rule", mask.rule)
      json.member("class", mask.dataClass)
      json.member("method", mask.method)
      if let location = mask.location { json.member("location", location) }
      json.member("count", mask.count)
    case .context(let told):
      json.member("offset", told.offset)
      if let traceparent = told.context.traceparent { json.member("traceparent", traceparent) }
      if !told.context.ids.isEmpty { json.member("prompts", told.context.ids) }
    case .agent(let told): told.write(to: &json)
    case .closing(let closing):
      json.member("reason", closing.reason)
      json.member("bytes_in", closing.bytesIn)
      json.member("bytes_out", closing.bytesOut)
    case .heartbeat(let heartbeat):
      json.member("open_sessions", heartbeat.openSessions)
      json.member("sessions", heartbeat.sessions)
      json.member("packets", heartbeat.packets)
      json.member("bytes", heartbeat.bytes)
    case .lost(let loss):
      if let segment = loss.segment { json.member("segment", segment) }
      if let offset = loss.offset { json.member("offset", offset) }
      json.member("bytes", loss.bytes)
      json.member("window_ns", loss.window)
      json.member("reason", loss.reason)
    case .other: break
    }
  }

  init(_ type: String, _ fields: EventFields) throws(DecodeError) {
    switch type {
    case "session.open": self = .opening(try SessionOpening(fields))
    case "decision":
      var decision = GatewayDecision(
        offset: try fields.required(UInt64.self, "offset"),
        outcome: try fields.required(GatewayDecision.Outcome.self, "outcome"), rule: try fields.required("rule"),
        reason: fields.text("reason"), subject: fields.digest("subject"), people: fields.texts("people"),
        signing: GatewayDecision.Signing(fields))
      decision.typed = fields.text("typed")
      self = .decision(decision)
    case "approval":
      self = .approval(
        GatewayApproval(
          offset: try fields.required(UInt64.self, "offset"), subject: try fields.required("subject"),
          stance: try fields.required(Approval.Stance.self, "stance"), approver: fields.text("approver"),
          key: fields.text("key"), reason: fields.text("reason"), request: fields.digest("request"),
          seenAt: fields.number(Int64.self, "seen").map { Timestamp(nanoseconds: $0) },
          signature: fields.digest("signature")))
    case "mask":
      self = .mask(
        GatewayMask(
          offset: try fields.required(UInt64.self, "offset"), rule: try fields.required("rule"),
          dataClass: try fields.required("class"), method: try fields.required("method"),
          location: fields.text("location"), count: try fields.required(Int.self, "count")))
    case "context":
      var context = PromptContext(in: [])
      context.traceparent = fields.text("traceparent")
      context.ids = Array(fields.texts("prompts").prefix(PromptContext.idLimit))
      self = .context(GatewayContext(offset: try fields.required(UInt64.self, "offset"), context: context))
    case "agent": self = .agent(try AgentEvent(fields))
    case "session.close":
      self = .closing(
        SessionClosing(
          reason: try fields.required("reason"), bytesIn: try fields.required(UInt64.self, "bytes_in"),
          bytesOut: try fields.required(UInt64.self, "bytes_out")))
    case "heartbeat":
      self = .heartbeat(
        RecorderHeartbeat(
          openSessions: try fields.required(Int.self, "open_sessions"),
          sessions: try fields.required(UInt64.self, "sessions"),
          packets: try fields.required(UInt64.self, "packets"), bytes: try fields.required(UInt64.self, "bytes")))
    case "recorder.lost":
      self = .lost(
        RecorderLoss(
          segment: fields.text("segment"), offset: fields.number(UInt64.self, "offset"),
          bytes: try fields.required(UInt64.self, "bytes"), window: try fields.required(Int64.self, "window_ns"),
          reason: try fields.required("reason")))
    default: self = .other(type)
    }
  }
}

extension GatewayDecision.Signing {
  fileprivate init?(_ fields: EventFields) {
    guard let request = fields.digest("request"), let signatures = fields.digest("signatures") else { return nil }
    self.init(request: request, keys: fields.texts("keys"), seen: fields.texts("seen"), signatures: signatures)
  }
}

extension SessionOpening {
  fileprivate func write(to json: inout JSONWriter) {
    json.member("part", part.rawValue)
    json.member("protocol", protocolName)
    json.member("client", client.description)
    json.member("gateway", gateway.description)
    for (name, text) in texts { if let text { json.member(name, text) } }
    if isEncrypted { json.member("tls", true) }
    if offset > 0 { json.member("offset", offset) }
    if !prompts.isEmpty { json.member("prompts", prompts) }
  }

  private var texts: [(String, String?)] {
    [
      ("target", target), ("upstream", upstream), ("source", source), ("process", process), ("user", user),
      ("database", database),
      ("application", application), ("agent", agent), ("human", human), ("run", run),
      ("authentication", authentication), ("certificate", certificate), ("token", token),
      ("policy", policy),
      ("traceparent", traceparent),
    ]
  }

  fileprivate init(_ fields: EventFields) throws(DecodeError) {
    self.init(
      protocolName: try fields.required("protocol"), client: try fields.endpoint("client"),
      gateway: try fields.endpoint("gateway"), target: fields.text("target"))
    part = try fields.required(Part.self, "part")
    upstream = fields.text("upstream")
    source = fields.text("source")
    process = fields.text("process")
    user = fields.text("user")
    database = fields.text("database")
    application = fields.text("application")
    agent = fields.text("agent")
    human = fields.text("human")
    run = fields.text("run")
    authentication = fields.text("authentication")
    certificate = fields.text("certificate")
    token = fields.text("token")
    policy = fields.text("policy")
    traceparent = fields.text("traceparent")
    isEncrypted = fields.flag("tls") ?? false
    offset = fields.number(UInt64.self, "offset") ?? 0
    prompts = Array(fields.texts("prompts").prefix(SessionOpening.promptLimit))
  }
}
