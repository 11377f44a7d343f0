import Model
import Replay

extension Action {
  /// It was undone, refused or never ran. A server that failed (5xx), or a program that did, may have done something.
  var isWithoutEffect: Bool {
    guard isCall else { return hasNoLastingEffect }
    guard status == .error || status == .denied else { return false }
    return code.map { $0.utf8.count == 3 && $0.hasPrefix("4") } ?? false
  }
}
