import Foundation
import Replay

/// The one line that an error becomes.
enum ErrorLine {
  static func text(of error: any Error) -> String { TerminalText.oneLine("\(error)") }
}
