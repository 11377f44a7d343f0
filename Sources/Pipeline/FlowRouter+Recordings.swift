import Bytes
import Model

/// Events that a gateway recorded beside the bytes of its clients.
extension FlowRouter {
  /// Takes a packet of the link type for exported PDUs. What other programs exported is passed over.
  mutating func receive(event packet: Span<UInt8>, _ header: PacketHeader) {
    let origin = Origin(source: header.source, packet: header.number)
    let event: RecordedEvent
    do throws(DecodeError) {
      event = try RecordedEvent(exportedPDU: packet)
    } catch {
      report(Anomaly("gateway-event-damaged", error.description, origin: origin, time: header.time))
      return
    }
    guard let session = event.session else { return tell(event, origin) }
    guard let flow = recorded.take(event, session, origin), let state = flows[flow] else { return }
    emit(event, origin, state)
  }

  private mutating func tell(_ event: RecordedEvent, _ origin: Origin) {
    if case .agent(let told) = event.event { return events.append(.told(told, at: event.at, origin)) }
    guard case .lost(let loss) = event.event else { return }
    report(Anomaly("recorder-lost", loss.reason, origin: origin, time: event.at))
  }

  /// Ties a connection that begins to what the gateway said of it.
  mutating func join(_ state: FlowState) {
    guard let (waiting, isReversed) = recorded.open(state.flow) else { return }
    if isReversed, let lane = state.root {
      state.reverse()
      lane.isReversed = true
    }
    for (event, origin) in waiting.events {
      if case .opening(let opening) = event.event {
        if let upstream = opening.upstream { state.flow.serverName = upstream }
        if opening.isEncrypted { state.root?.isSecure = true }
      }
      emit(event, origin, state)
    }
  }

  private mutating func emit(_ event: RecordedEvent, _ origin: Origin, _ state: FlowState) {
    let found = FlowEvent.recorded(state.flow.id, event, origin)
    if state.isAnnounced { events.append(found) } else { state.waiting.append(found) }
  }

  /// Says what events are of no connection.
  mutating func finishRecordings() {
    recorded.finish()
    guard recorded.unmatchedCount > 0 else { return }
    let detail = "\(recorded.unmatchedCount) events of a gateway are of connections that no packet shows"
    report(Anomaly("gateway-event-unmatched", detail, origin: .unknown))
  }
}
