import Bytes
import Model

extension Action {
  /// The resources as a JSON array.
  var resourcesJSON: String {
    "[" + resources.map { JSONWriter.quoted($0.description) }.joined(separator: ",") + "]"
  }
}
