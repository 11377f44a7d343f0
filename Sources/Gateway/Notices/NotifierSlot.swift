import Synchronization

/// Where the notifier is, once there is one.
final class NotifierSlot: Sendable {
  private let notifier = Mutex<Notifier?>(nil)

  func set(_ notifier: Notifier) { self.notifier.withLock { $0 = notifier } }

  /// Returns at once.
  func tell(_ held: HeldRequest) { notifier.withLock { $0 }?.tell(held) }
}
