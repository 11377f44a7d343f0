/// The script of the page. It only adds; everything that it tells is on the page or in its data blocks.
enum Script {
  static var text: ScriptText {
    ScriptText(
      ScriptParts.opening, ScriptParts.unpacking, ScriptParts.data, ScriptParts.asking, ScriptParts.screen,
      ScriptParts.terminal, ScriptParts.commits, ScriptParts.detail, ScriptParts.askDetail,
      ScriptParts.explorer, ScriptParts.axis,
      ScriptParts.timeline, ScriptParts.askLane, ScriptParts.timelineUse, ScriptParts.replay, ScriptParts.closing)
  }
}

/// The parts that make the script up, in this order, inside one function of their own.
enum ScriptParts {}
