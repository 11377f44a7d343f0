import Model
import TestKit
import Testing

@testable import Replay

/// What an export writes of a session.
func exported(_ id: String, _ session: String, of story: MemoryCase) throws -> String {
  let export = try #require(ExportCatalog.export(id))
  var text = ""
  try export.export(try #require(story.session(id: session)), from: story) { text += $0 }
  return text
}

struct TranscriptCallTests {
  @Test func `draft`() throws {
    let story = HTTPStory().story
    for id in ["text", "har", "curl", "json"] { print(try exported(id, HTTPStory.agent, of: story)) }
    print(try exported("text", HTTPStory.cluster, of: story))
    print(try exported("text", HTTPStory.hostile, of: story).prefix(3000))
    print(try exported("curl", HTTPStory.hostile, of: story))
  }
}
