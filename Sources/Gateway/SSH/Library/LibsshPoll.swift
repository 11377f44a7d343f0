import CSSH
import Glibc

/// What a thread waits for: its sessions' sockets, and to be woken. Used on that thread.
@safe final class LibsshPoll {
  private let pointer: OpaquePointer
  private var sessions: [LibsshSession] = []
  private let waking: Int32

  /// `waking`: a descriptor that can be read when there is something to look at.
  init(waking: Int32) throws(SSHFault) {
    guard let made = unsafe ssh_event_new() else { throw SSHFault("out of memory") }
    unsafe pointer = unsafe made
    self.waking = waking
    guard unsafe ssh_event_add_fd(made, waking, Int16(POLLIN), { _, _, _ in 0 }, nil) == SSH_OK else {
      throw SSHFault("out of memory")
    }
  }

  deinit {
    for session in sessions { _ = unsafe ssh_event_remove_session(pointer, session.pointer) }
    _ = unsafe ssh_event_remove_fd(pointer, waking)
    unsafe ssh_event_free(pointer)
  }

  func add(_ session: LibsshSession) throws(SSHFault) {
    guard unsafe ssh_event_add_session(pointer, session.pointer) == SSH_OK else { throw SSHFault("out of memory") }
    sessions.append(session)
  }

  func remove(_ session: LibsshSession) {
    _ = unsafe ssh_event_remove_session(pointer, session.pointer)
    sessions.removeAll { $0 === session }
  }

  /// Waits for so many milliseconds at most, and takes in what came; false when nothing did.
  func wait(milliseconds: Int32) -> Bool { unsafe ssh_event_dopoll(pointer, milliseconds) == SSH_OK }
}
