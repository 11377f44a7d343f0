import Foundation
import Replay

/// The one line that an error becomes.
enum ErrorLine {
  static func text(of error: any Error) -> String {
    let text = (error as any Error & CustomStringConvertible as? any CustomStringConvertible)?.description
    return TerminalText.oneLine(text ?? error.localizedDescription)
  }
}
