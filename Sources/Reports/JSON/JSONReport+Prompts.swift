import Bytes
import Model

/// Prompts, conversations and what actions go back to.
extension JSONReport {
  /// How much of the case goes back to prompts; null without transcripts.
  func putAttribution(_ book: PromptBook, _ json: inout JSONWriter) {
    json.key("attribution")
    guard book.isPresent else { return json.null() }
    json.object { json in
      json.member("actions", Int64(book.attributed))
      json.member("ambiguous", Int64(book.ambiguous))
      json.member("changes", Int64(book.attributedChanges))
      json.member("mismatched_calls", Int64(book.mismatchCount))
      json.member("unrecorded_changes", Int64(book.unexplained.count))
      json.member("unwitnessed_calls", Int64(book.claimCount - book.mismatchCount))
    }
  }

  /// The prompts that a change may go back to, the likeliest first; empty when it is nobody's that is known.
  func putMarks(_ marks: [AttributionMark], _ json: inout JSONWriter) {
    json.key("attribution")
    json.array { json in
      for mark in marks {
        json.object { json in
          json.member("ambiguous", mark.isAmbiguous)
          json.key("confidence")
          json.value(mark.confidence)
          json.member("method", mark.method.rawValue)
          json.member("prompt", mark.promptID)
          json.member("reason", mark.reason)
          json.member("tool_call", mark.callID)
          json.member("via", mark.viaActionID)
        }
      }
    }
  }

  func put(_ conversation: StoredConversation, _ json: inout JSONWriter) {
    json.object { json in
      json.member("agent", conversation.agent)
      json.member("agent_version", conversation.agentVersion)
      json.member("clock", conversation.clock.rawValue)
      json.member("clock_offset_ns", conversation.clockOffset)
      json.member("human", conversation.human)
      json.member("id", conversation.id)
      json.member("link", conversation.link?.rawValue)
      json.member("model", conversation.model)
      json.member("native_id", conversation.nativeID)
      json.member("parent", conversation.parentID)
      json.member("parent_call", conversation.parentCall?.id)
      json.member("source", conversation.sourceID)
      json.member("started_ns", conversation.startedAt.nanoseconds)
      json.member("working_directory", conversation.workingDirectory)
    }
  }

  /// A prompt with what came of it; `root` is the one that a person typed, where this was passed on by an agent.
  func put(_ prompt: StoredPrompt, _ entry: PromptEntry, root: String, _ json: inout JSONWriter) {
    json.object { json in
      json.member("agent", entry.agent)
      json.member("ambiguous", Int64(entry.effects.ambiguousCount))
      json.member("at_ns", prompt.at?.nanoseconds)
      json.member("changes", Int64(entry.effects.changeCount))
      json.member("conversation", prompt.conversation)
      json.key("effects")
      json.object { json in
        for effect in Effect.allCases.sorted(by: { $0.rawValue < $1.rawValue }) {
          if let count = entry.effects.counts[effect] { json.member(effect.rawValue, Int64(count)) }
        }
      }
      json.member("human", entry.human)
      json.member("id", prompt.id)
      json.member("kind", prompt.kind.rawValue)
      json.member("model", entry.model)
      json.member("native_id", prompt.nativeID)
      json.member("packet", prompt.packet.map { Int64(clamping: $0) })
      json.member("root", root)
      json.member("rows", Int64(entry.effects.rowCount))
      json.member("seen_ns", prompt.seenAt.nanoseconds)
      json.member("source", prompt.sourceID)
      json.member("text", prompt.text)
      json.key("tool_calls")
      json.array { json in for call in prompt.toolCalls { put(call, &json) } }
      json.member("unacceptable", Int64(entry.unaccepted))
    }
  }

  private func put(_ call: StoredToolCall, _ json: inout JSONWriter) {
    json.object { json in
      json.member("at_ns", call.at?.nanoseconds)
      json.member("command", call.command)
      json.member("ended_ns", call.endedAt?.nanoseconds)
      json.member("id", call.id)
      json.member("native_id", call.nativeID)
      json.member("status", call.status.rawValue)
      json.member("tool", call.tool)
      json.member("witness", call.witness?.rawValue)
      json.member("witness_detail", call.witnessDetail)
    }
  }
}
