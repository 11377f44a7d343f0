import Bytes
import Model
import Policy
import Synchronization

/// Takes what agents' hooks tell, and has it recorded without the secrets in it.
final class AgentDesk: Sendable {
  private let core: GatewayCore
  private let mask: Mutex<ConversationMask>

  init(_ core: GatewayCore) {
    self.core = core
    // Nobody needs to compare the secrets of two gateways.
    mask = Mutex(ConversationMask(secrets: SecretHasher(key: PasswordHashing.random(32) ?? [])))
  }

  /// Why an event was not taken over; nil when it was.
  func take(_ event: JSONValue?) -> String? {
    guard let event else { return "an event is missing" }
    do throws(DecodeError) {
      var told = try AgentEvent(members: event)
      told.text = told.text.map { masked($0) }
      return core.record(told)
    } catch {
      return "\(error)"
    }
  }

  private func masked(_ text: String) -> String {
    let time = Timestamp.epoch
    let prompt = Prompt(
      conversationID: "", ordinal: 0, kind: .human, text: text, at: nil, seenAt: time, origin: .unknown)
    guard case .prompt(let masked) = mask.withLock({ $0.mask(.prompt(prompt)).event }) else { return "" }
    return masked.text
  }
}
