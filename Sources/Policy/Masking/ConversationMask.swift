public import Bytes
public import Model

/// Takes secrets out of what a transcript tells before it is kept.
///
/// Secrets are known by their shape and by the names before them, as in traffic; what was found in a conversation once is
/// taken out of all that follows in it.
public struct ConversationMask {
  /// Conversations remembered at a time.
  private static let conversationLimit = 256

  private let hasher: SecretHasher
  private let shell: ShellClassifier
  private var masks: [String: SecretMask] = [:]
  /// Hashes of secrets that were found, each once for each conversation.
  private var told: [String: Int] = [:]

  public init(secrets: SecretHasher) {
    hasher = secrets
    shell = ShellClassifier(secrets: secrets)
  }

  /// The event without secrets, and the keyed hashes of those that are new in its conversation.
  public mutating func mask(_ event: ConversationEvent) -> (event: ConversationEvent, secretHashes: [String]) {
    switch event {
    case .prompt(var prompt):
      return use(prompt.conversationID) { mask in
        prompt.text = mask.sweep(mask.text(prompt.text))
        if let context = prompt.context { prompt.context = mask.sweep(mask.text(context)) }
        return .prompt(prompt)
      }
    case .toolCall(var call):
      return use(call.conversationID) { [shell] mask in
        let isOneText = call.command == call.arguments
        // A command first: its options tell secrets that its JSON does not.
        if !isOneText { call.command = mask.sweep(shell.text(call.command, &mask)) }
        call.arguments = Self.arguments(call.arguments, &mask)
        if isOneText { call.command = call.arguments }
        if let result = call.result { call.result = mask.sweep(mask.text(result)) }
        return .toolCall(call)
      }
    case .completion(var completion):
      return use(completion.conversationID) { mask in
        completion.text = mask.sweep(mask.text(completion.text))
        completion.reasoning = mask.sweep(mask.text(completion.reasoning))
        return .completion(completion)
      }
    case .conversation, .anomaly: return (event, [])
    }
  }

  private mutating func use(
    _ conversation: String, _ body: (inout SecretMask) -> ConversationEvent
  ) -> (ConversationEvent, [String]) {
    if masks.count >= Self.conversationLimit, masks[conversation] == nil { (masks, told) = ([:], [:]) }
    var mask = masks.removeValue(forKey: conversation) ?? SecretMask(hasher: hasher)
    let event = body(&mask)
    let new = mask.hashes.dropFirst(told[conversation] ?? 0)
    told[conversation] = mask.hashes.count
    masks[conversation] = mask
    return (event, Array(new))
  }

  private static func arguments(_ text: String, _ mask: inout SecretMask) -> String {
    guard SecretTriggers.mayHold(text.utf8Span.span) else { return mask.sweep(text) }
    let bytes = Array(text.utf8)
    if let first = bytes.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "["), let json = mask.json(bytes) {
      return mask.sweep(String(decoding: json, as: UTF8.self))
    }
    return mask.sweep(mask.text(text))
  }
}
