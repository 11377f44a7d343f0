import Bytes
import Model
import Policy

/// The input is calls of one conversation, separated by a NUL: a tool's name, a newline, its arguments. What is found
/// twice is the same, and every effect is what it says it is.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  let first = expand(bytes)
  precondition(first == expand(bytes), "not the same twice")
  for effect in first {
    let isKnown = effect.pieces.allSatisfy { $0 != .anything }
    let match = effect.matches(effect.text)
    precondition(!isKnown || effect.kind == .connection || match == .exact, "not itself")
    precondition(effect.literalByteCount <= effect.text.utf8.count, "knows more than there is")
  }
  return 0
}

private func expand(_ bytes: [UInt8]) -> [ExpectedEffect] {
  var expander = EffectExpander()
  var effects: [ExpectedEffect] = []
  for (index, part) in bytes.split(separator: 0, maxSplits: 16, omittingEmptySubsequences: false).enumerated() {
    let name = part.prefix { $0 != 0x0A }
    let rest = part.dropFirst(name.count + 1)
    var tool = String(decoding: name, as: UTF8.self)
    // `>Bash` types into the call before.
    let isTyped = tool.hasPrefix(">")
    if isTyped { tool.removeFirst() }
    var call = ToolCall(
      nativeID: "call_\(index)", conversationID: "c", ordinal: index, tool: tool,
      arguments: String(decoding: rest, as: UTF8.self),
      seenAt: Timestamp(nanoseconds: 0), origin: .unknown)
    if isTyped, index > 0 { call.continuesCallID = "call_\(index - 1)" }
    effects += expander.expand(call)
  }
  return effects
}
