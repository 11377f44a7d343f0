/// Transcripts made for the tests, small and with the hard cases of each format.
enum TranscriptSamples {
  /// A turn with two calls at once, one of them in the background; a rewind; a compaction.
  static let claude = #"""
    {"type":"file-history-snapshot","messageId":"m0","snapshot":{"messageId":"m0","trackedFileBackups":{}},"isSnapshotUpdate":false}
    {"parentUuid":null,"isSidechain":false,"cwd":"/srv/shop","sessionId":"s1","version":"2.1.62","gitBranch":"main","type":"progress","data":{"type":"hook_progress","hookEvent":"SessionStart"},"uuid":"u0","timestamp":"2026-11-20T02:00:00.000Z"}
    {"parentUuid":"u0","isSidechain":false,"cwd":"/srv/shop","sessionId":"s1","version":"2.1.62","type":"user","promptId":"p1","message":{"role":"user","content":"Count the orders <system-reminder>be brief</system-reminder>"},"uuid":"u1","timestamp":"2026-11-20T02:00:01.000Z"}
    {"parentUuid":"u1","isSidechain":false,"cwd":"/srv/shop","sessionId":"s1","version":"2.1.62","message":{"model":"claude-opus","id":"msg_1","type":"message","role":"assistant","content":[{"type":"thinking","thinking":"Two at once."}],"stop_reason":null,"usage":{"input_tokens":7,"output_tokens":1}},"requestId":"req_1","type":"assistant","uuid":"u2","timestamp":"2026-11-20T02:00:02.000Z"}
    {"parentUuid":"u2","isSidechain":false,"cwd":"/srv/shop","sessionId":"s1","version":"2.1.62","message":{"model":"claude-opus","id":"msg_1","type":"message","role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"Bash","input":{"command":"psql -c 'select count(*) from orders'","description":"count"}}],"stop_reason":null,"usage":{"input_tokens":7,"output_tokens":1}},"requestId":"req_1","type":"assistant","uuid":"u3","timestamp":"2026-11-20T02:00:03.000Z"}
    {"parentUuid":"u3","isSidechain":false,"cwd":"/srv/shop","sessionId":"s1","version":"2.1.62","message":{"model":"claude-opus","id":"msg_1","type":"message","role":"assistant","content":[{"type":"tool_use","id":"toolu_2","name":"Bash","input":{"command":"npm run dev","run_in_background":true}}],"stop_reason":"tool_use","usage":{"input_tokens":7,"output_tokens":55}},"requestId":"req_1","type":"assistant","uuid":"u4","timestamp":"2026-11-20T02:00:03.100Z"}
    {"parentUuid":"u3","isSidechain":false,"cwd":"/srv/shop","sessionId":"s1","type":"user","message":{"role":"user","content":[{"tool_use_id":"toolu_1","type":"tool_result","content":"Exit code 2\npsql: error","is_error":true}]},"toolUseResult":"Error: Exit code 2\npsql: error","sourceToolAssistantUUID":"u3","uuid":"u5","timestamp":"2026-11-20T02:00:04.000Z"}
    {"parentUuid":"u4","isSidechain":false,"cwd":"/srv/shop","sessionId":"s1","type":"user","message":{"role":"user","content":[{"tool_use_id":"toolu_2","type":"tool_result","content":"Command running in background with ID: b1","is_error":false}]},"toolUseResult":{"stdout":"","stderr":"","interrupted":false,"backgroundTaskId":"b1"},"uuid":"u6","timestamp":"2026-11-20T02:00:04.200Z"}
    {"parentUuid":"u6","isSidechain":false,"cwd":"/srv/shop","sessionId":"s1","message":{"model":"claude-opus","id":"msg_2","type":"message","role":"assistant","content":[{"type":"text","text":"It failed."}],"stop_reason":"end_turn","usage":{"input_tokens":9,"output_tokens":4}},"type":"assistant","uuid":"u7","timestamp":"2026-11-20T02:00:05.000Z"}
    {"parentUuid":"u7","isSidechain":false,"cwd":"/srv/shop","sessionId":"s1","type":"user","promptId":"p2","message":{"role":"user","content":"Try with the other host"},"uuid":"u8","timestamp":"2026-11-20T02:01:00.000Z"}
    {"parentUuid":"u7","isSidechain":false,"cwd":"/srv/shop","sessionId":"s1","type":"user","promptId":"p3","message":{"role":"user","content":"Try with the replica"},"uuid":"u9","timestamp":"2026-11-20T02:02:00.000Z"}
    {"parentUuid":"u9","isSidechain":false,"cwd":"/srv/shop","sessionId":"s1","message":{"model":"claude-opus","id":"msg_3","type":"message","role":"assistant","content":[{"type":"tool_use","id":"toolu_3","name":"Bash","input":{"command":"psql -h replica"}}],"stop_reason":"tool_use"},"type":"assistant","uuid":"u10","timestamp":"2026-11-20T02:02:01.000Z"}
    {"parentUuid":null,"logicalParentUuid":"u10","isSidechain":false,"cwd":"/srv/shop","sessionId":"s1","type":"system","subtype":"compact_boundary","content":"Conversation compacted","uuid":"u11","timestamp":"2026-11-20T02:03:00.000Z"}
    {"parentUuid":"u11","isSidechain":false,"cwd":"/srv/shop","sessionId":"s1","type":"user","isCompactSummary":true,"message":{"role":"user","content":"This session is being continued from a previous conversation. Orders."},"uuid":"u12","timestamp":"2026-11-20T02:03:00.100Z"}
    {"parentUuid":"u12","isSidechain":false,"cwd":"/srv/shop/web","sessionId":"s1","type":"user","promptId":"p4","message":{"role":"user","content":[{"type":"text","text":"Go on"}]},"uuid":"u13","timestamp":"2026-11-20T02:04:00.000Z"}
    {"parentUuid":"u13","isSidechain":false,"cwd":"/srv/shop/web","sessionId":"s1","message":{"model":"claude-opus","id":"msg_4","type":"message","role":"assistant","content":[{"type":"tool_use","id":"toolu_4","name":"Write","input":{"file_path":"x.sql","content":"delete from orders"}}]},"type":"assistant","uuid":"u14","timestamp":"2026-11-20T02:04:01.000Z"}
    """#

  /// A sub-agent whose messages are reported to its parent.
  static let claudeAgents = #"""
    {"parentUuid":null,"isSidechain":false,"cwd":"/srv","sessionId":"s2","version":"2.1.1","type":"user","message":{"role":"user","content":"Look for the leak"},"uuid":"a1","timestamp":"2026-11-20T03:00:00.000Z"}
    {"parentUuid":"a1","isSidechain":false,"cwd":"/srv","sessionId":"s2","message":{"model":"claude-opus","id":"msg_a","role":"assistant","content":[{"type":"tool_use","id":"toolu_task","name":"Task","input":{"description":"look","prompt":"Find it in the logs"}}]},"type":"assistant","uuid":"a2","timestamp":"2026-11-20T03:00:01.000Z"}
    {"parentUuid":"a2","isSidechain":false,"cwd":"/srv","sessionId":"s2","type":"progress","data":{"type":"agent_progress","agentId":"ag1","prompt":"Find it in the logs","message":{"type":"user","message":{"role":"user","content":[{"type":"text","text":"Find it in the logs"}]},"uuid":"n1","timestamp":"2026-11-20T03:00:02.000Z"},"normalizedMessages":[]},"toolUseID":"agent_msg_1","parentToolUseID":"toolu_task","uuid":"a3","timestamp":"2026-11-20T03:00:02.000Z"}
    {"parentUuid":"a3","isSidechain":false,"cwd":"/srv","sessionId":"s2","type":"progress","data":{"type":"agent_progress","agentId":"ag1","prompt":"","message":{"type":"assistant","message":{"model":"claude-haiku","id":"msg_n","role":"assistant","content":[{"type":"tool_use","id":"toolu_n1","name":"Bash","input":{"command":"grep leak *.log"}}]},"uuid":"n2","timestamp":"2026-11-20T03:00:03.000Z"},"normalizedMessages":[]},"parentToolUseID":"toolu_task","uuid":"a4","timestamp":"2026-11-20T03:00:03.000Z"}
    {"parentUuid":"a4","isSidechain":false,"cwd":"/srv","sessionId":"s2","type":"progress","data":{"type":"agent_progress","agentId":"ag1","prompt":"","message":{"type":"user","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_n1","content":"found"}]},"uuid":"n3","timestamp":"2026-11-20T03:00:04.000Z"},"normalizedMessages":[]},"parentToolUseID":"toolu_task","uuid":"a5","timestamp":"2026-11-20T03:00:04.000Z"}
    {"parentUuid":"a2","isSidechain":false,"cwd":"/srv","sessionId":"s2","type":"user","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_task","content":[{"type":"text","text":"It is in the logs."}]}]},"toolUseResult":{"status":"completed","prompt":"Find it in the logs","agentId":"ag1"},"uuid":"a6","timestamp":"2026-11-20T03:00:05.000Z"}
    {"type":"queue-operation","operation":"enqueue","timestamp":"2026-11-20T03:00:06.000Z","sessionId":"s2","content":"and the metrics"}
    {"type":"queue-operation","operation":"remove","timestamp":"2026-11-20T03:00:07.000Z","sessionId":"s2"}
    {"type":"queue-operation","operation":"enqueue","timestamp":"2026-11-20T03:00:08.000Z","sessionId":"s2","content":"then stop"}
    {"type":"queue-operation","operation":"dequeue","timestamp":"2026-11-20T03:00:09.000Z","sessionId":"s2"}
    {"parentUuid":"a6","isSidechain":false,"cwd":"/srv","sessionId":"s2","type":"user","message":{"role":"user","content":"then stop"},"uuid":"a7","timestamp":"2026-11-20T03:00:09.100Z"}
    {"parentUuid":"a7","isSidechain":false,"cwd":"/srv","sessionId":"s2","type":"user","message":{"role":"user","content":"<task-notification>\n<task-id>b9</task-id>\n</task-notification>"},"uuid":"a8","timestamp":"2026-11-20T03:00:10.000Z"}
    {"parentUuid":"a8","isSidechain":false,"cwd":"/srv","sessionId":"s2","type":"user","message":{"role":"user","content":"<command-name>/compact</command-name><command-args>now</command-args>"},"uuid":"a9","timestamp":"2026-11-20T03:00:11.000Z"}
    {"parentUuid":"a9","isSidechain":false,"cwd":"/srv","sessionId":"s2","type":"user","isMeta":true,"message":{"role":"user","content":"Caveat: not typed"},"uuid":"a10","timestamp":"2026-11-20T03:00:12.000Z"}
    {"parentUuid":"a10","isSidechain":false,"cwd":"/srv","sessionId":"s2","type":"shiny-new","uuid":"a11","timestamp":"2026-11-20T03:00:13.000Z"}
    {"parentUuid":"a11","isSidechain":false,"cwd":"/srv","sessionId":"s2","type":"attachment","attachment":{"type":"queued_command","prompt":"one more thing","commandMode":"prompt"},"uuid":"a12","timestamp":"2026-11-20T03:00:14.000Z"}
    """#

  /// Commands that run on, are typed into, or are scripts; a compaction and a rollback.
  static let codex = #"""
    {"timestamp":"2026-11-20T04:00:00.000Z","type":"session_meta","payload":{"id":"th1","timestamp":"2026-11-20T03:59:00.000Z","cwd":"/srv","originator":"codex-tui","cli_version":"0.142.2","source":"cli","base_instructions":{"text":"You are Codex."}}}
    {"timestamp":"2026-11-20T04:00:00.100Z","type":"event_msg","payload":{"type":"task_started","turn_id":"t1","started_at":1795147200}}
    {"timestamp":"2026-11-20T04:00:00.200Z","type":"response_item","payload":{"type":"message","role":"user","content":[{"type":"input_text","text":"<environment_context><cwd>/srv</cwd></environment_context>"}]}}
    {"timestamp":"2026-11-20T04:00:00.300Z","type":"response_item","payload":{"type":"message","role":"user","content":[{"type":"input_text","text":"Open the database"}]}}
    {"timestamp":"2026-11-20T04:00:00.400Z","type":"turn_context","payload":{"turn_id":"t1","cwd":"/srv/app","model":"gpt-5.4"}}
    {"timestamp":"2026-11-20T04:00:00.500Z","type":"event_msg","payload":{"type":"user_message","message":"Open the database","images":[]}}
    {"timestamp":"2026-11-20T04:00:01.000Z","type":"response_item","payload":{"type":"reasoning","summary":[{"type":"summary_text","text":"Start psql."}]}}
    {"timestamp":"2026-11-20T04:00:01.100Z","type":"response_item","payload":{"type":"function_call","name":"exec_command","arguments":"{\"cmd\":\"psql -h db\",\"workdir\":\"sql\",\"tty\":true}","call_id":"call_1","metadata":{"turn_id":"t1"}}}
    {"timestamp":"2026-11-20T04:00:02.000Z","type":"response_item","payload":{"type":"function_call_output","call_id":"call_1","output":"Chunk ID: 1\nWall time: 1.0 seconds\nProcess running with session ID 4711\nOutput:\ndb=>"}}
    {"timestamp":"2026-11-20T04:00:02.100Z","type":"event_msg","payload":{"type":"token_count","info":{"last_token_usage":{"input_tokens":100,"output_tokens":20}}}}
    {"timestamp":"2026-11-20T04:00:03.000Z","type":"response_item","payload":{"type":"function_call","name":"write_stdin","arguments":"{\"session_id\":4711,\"chars\":\"delete from orders;\\n\"}","call_id":"call_2"}}
    {"timestamp":"2026-11-20T04:00:04.000Z","type":"response_item","payload":{"type":"function_call_output","call_id":"call_2","output":"Wall time: 1.0 seconds\nProcess exited with code 3\nOutput:\n"}}
    {"timestamp":"2026-11-20T04:00:05.000Z","type":"event_msg","payload":{"type":"user_message","message":"quickly please"}}
    {"timestamp":"2026-11-20T04:00:06.000Z","type":"response_item","payload":{"type":"function_call","name":"shell","arguments":"{\"command\":[\"bash\",\"-lc\",\"curl http://api/x\"],\"workdir\":\"/tmp\"}","call_id":"call_3"}}
    {"timestamp":"2026-11-20T04:00:07.000Z","type":"response_item","payload":{"type":"function_call_output","call_id":"call_3","output":"{\"output\":\"not found\",\"metadata\":{\"exit_code\":22,\"duration_seconds\":0.1}}"}}
    {"timestamp":"2026-11-20T04:00:08.000Z","type":"response_item","payload":{"type":"local_shell_call","call_id":"call_4","status":"completed","action":{"type":"exec","command":["ls","-l","a b"],"working_directory":"/opt"}}}
    {"timestamp":"2026-11-20T04:00:08.500Z","type":"response_item","payload":{"type":"function_call_output","call_id":"call_4","output":{"content":"total 0","success":true}}}
    {"timestamp":"2026-11-20T04:00:09.000Z","type":"response_item","payload":{"type":"custom_tool_call","name":"apply_patch","input":"*** Begin Patch\n*** End Patch","call_id":"call_5","status":"completed"}}
    {"timestamp":"2026-11-20T04:00:09.500Z","type":"response_item","payload":{"type":"custom_tool_call_output","call_id":"call_5","output":"Exit code: 0\nOutput:\nSuccess."}}
    {"timestamp":"2026-11-20T04:00:10.000Z","type":"response_item","payload":{"type":"custom_tool_call","name":"exec","input":"await tools.exec_command({cmd:'ssh web1 uptime'})","call_id":"call_6","status":"completed"}}
    {"timestamp":"2026-11-20T04:00:11.500Z","type":"event_msg","payload":{"type":"item_completed","thread_id":"th1","turn_id":"t1","item":{"type":"CommandExecution","id":"exec-1","command":["/bin/bash","-lc","ssh web1 uptime"],"cwd":"/srv/app","exit_code":0,"aggregated_output":"up 3 days"},"started_at_ms":1795147210500,"completed_at_ms":1795147211400}}
    {"timestamp":"2026-11-20T04:00:12.000Z","type":"response_item","payload":{"type":"custom_tool_call_output","call_id":"call_6","output":"done"}}
    {"timestamp":"2026-11-20T04:00:12.500Z","type":"response_item","payload":{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Done."}]}}
    {"timestamp":"2026-11-20T04:00:12.600Z","type":"event_msg","payload":{"type":"agent_message","message":"Done."}}
    {"timestamp":"2026-11-20T04:00:13.000Z","type":"event_msg","payload":{"type":"task_complete","turn_id":"t1"}}
    {"timestamp":"2026-11-20T04:01:00.000Z","type":"event_msg","payload":{"type":"task_started","turn_id":"t2"}}
    {"timestamp":"2026-11-20T04:01:00.100Z","type":"event_msg","payload":{"type":"user_message","message":"Again"}}
    {"timestamp":"2026-11-20T04:01:01.000Z","type":"compacted","payload":{"message":"","replacement_history":[{"type":"message","role":"user","content":[{"type":"input_text","text":"Again"}]},{"type":"message","role":"user","content":[{"type":"input_text","text":"From another file"}]},{"type":"function_call","name":"exec_command","arguments":"{\"cmd\":\"whoami\"}","call_id":"call_0"},{"type":"function_call_output","call_id":"call_0","output":"Process exited with code 0\nOutput:\nroot"}]}}
    {"timestamp":"2026-11-20T04:01:02.000Z","type":"event_msg","payload":{"type":"web_search_end","call_id":"ws_1","query":"leak","action":{"type":"search","query":"leak"}}}
    {"timestamp":"2026-11-20T04:01:02.100Z","type":"response_item","payload":{"type":"web_search_call","status":"completed","action":{"type":"search","query":"leak"}}}
    {"timestamp":"2026-11-20T04:01:03.000Z","type":"event_msg","payload":{"type":"turn_aborted","turn_id":"t2","reason":"interrupted"}}
    {"timestamp":"2026-11-20T04:02:00.000Z","type":"event_msg","payload":{"type":"thread_rolled_back","num_turns":1}}
    {"timestamp":"2026-11-20T04:02:01.000Z","type":"event_msg","payload":{"type":"task_started","turn_id":"t3"}}
    {"timestamp":"2026-11-20T04:02:01.100Z","type":"event_msg","payload":{"type":"user_message","message":"# Context from my IDE setup:\nfiles\n## My request for Codex:\nSomething else"}}
    {"timestamp":"2026-11-20T04:02:02.000Z","type":"event_msg","payload":{"type":"glitter"}}
    """#

  static let codexExec = #"""
    {"type":"thread.started","thread_id":"th9"}
    {"type":"turn.started"}
    {"type":"item.completed","item":{"id":"item_0","type":"reasoning","text":"Look."}}
    {"type":"item.started","item":{"id":"item_1","type":"command_execution","command":"/bin/bash -lc 'echo '\\''a b'\\'''","aggregated_output":"","exit_code":null,"status":"in_progress"}}
    {"type":"item.completed","item":{"id":"item_1","type":"command_execution","command":"/bin/bash -lc 'echo '\\''a b'\\'''","aggregated_output":"a b\n","exit_code":1,"status":"failed"}}
    {"type":"item.completed","item":{"id":"item_2","type":"mcp_tool_call","server":"db","tool":"query","arguments":{"sql":"select 1"},"result":{"content":[]},"status":"completed"}}
    {"type":"item.completed","item":{"id":"item_3","type":"agent_message","text":"It says a b."}}
    {"type":"item.started","item":{"id":"item_4","type":"command_execution","command":"sleep 9","status":"in_progress"}}
    {"type":"turn.completed","usage":{"input_tokens":11,"cached_input_tokens":0,"output_tokens":5}}
    """#

  static let geminiLines = #"""
    {"sessionId":"g1","projectHash":"abc","startTime":"2026-11-20T05:00:00.000Z","lastUpdated":"2026-11-20T05:00:00.000Z","kind":"main"}
    {"id":"m1","timestamp":"2026-11-20T05:00:01.000Z","type":"user","content":[{"text":"How many users?"}]}
    {"id":"m2","timestamp":"2026-11-20T05:00:02.000Z","type":"gemini","content":"","model":"gemini-2.5-pro"}
    {"id":"m2","timestamp":"2026-11-20T05:00:02.000Z","type":"gemini","content":"Let me see.","thoughts":[{"subject":"Plan","description":"count"}],"tokens":{"input":10,"output":3},"model":"gemini-2.5-pro","toolCalls":[{"id":"run_shell_command-1-a","name":"run_shell_command","args":{"command":"psql -c 'select 1'","dir_path":"db"},"result":[{"functionResponse":{"id":"run_shell_command-1-a","name":"run_shell_command","response":{"output":"Command: psql\nOutput: 1\nExit Code: 0\nBackground PIDs: (none)"}}}],"status":"success","timestamp":"2026-11-20T05:00:04.000Z"},{"id":"run_shell_command-2-b","name":"run_shell_command","args":{"command":"false"},"result":[{"functionResponse":{"response":{"output":"Output: (empty)\nExit Code: 1\nBackground PIDs: 77"}}}],"status":"success","timestamp":"2026-11-20T05:00:05.000Z"}]}
    {"id":"m3","timestamp":"2026-11-20T05:01:00.000Z","type":"user","content":"wrong way"}
    {"$rewindTo":"m3"}
    {"id":"m4","timestamp":"2026-11-20T05:02:00.000Z","type":"user","content":"right way"}
    {"id":"m5","timestamp":"2026-11-20T05:02:01.000Z","type":"error","content":"[API Error: 500]"}
    {"$set":{"lastUpdated":"2026-11-20T05:02:02.000Z","messages":[{"id":"m4","timestamp":"2026-11-20T05:02:00.000Z","type":"user","content":"right way"},{"id":"m6","timestamp":"2026-11-20T05:02:03.000Z","type":"user","content":"and now?"}]}}
    """#

  static let geminiDocument = #"""
    {
      "sessionId": "g2",
      "projectHash": "abc",
      "startTime": "2026-11-20T06:00:00.000Z",
      "messages": [
        {"id": "m1", "timestamp": "2026-11-20T06:00:01.000Z", "type": "user", "content": "Hello"},
        {"id": "m2", "timestamp": "2026-11-20T06:00:02.000Z", "type": "gemini", "content": "Hi.", "toolCalls": [
          {"id": "read_file-1", "name": "read_file", "args": {"path": "a"}, "status": "error", "timestamp": "2026-11-20T06:00:03.000Z", "result": []}
        ]}
      ]
    }
    """#

  static let copilot = #"""
    {"type":"session.start","data":{"sessionId":"c1","version":1,"producer":"copilot-agent","copilotVersion":"1.0.64","startTime":"2026-11-20T07:00:00.000Z","selectedModel":"gpt-5","context":{"cwd":"/srv"}},"id":"e1","timestamp":"2026-11-20T07:00:00.000Z","parentId":null}
    {"type":"system.message","data":{"role":"system","content":"You are Copilot."},"id":"e2","timestamp":"2026-11-20T07:00:00.100Z","parentId":"e1"}
    {"type":"user.message","data":{"content":"Restart the api","transformedContent":"<now/> Restart the api","attachments":[],"interactionId":"i1"},"id":"e3","timestamp":"2026-11-20T07:00:01.000Z","parentId":"e2"}
    {"type":"assistant.turn_start","data":{"turnId":"0","interactionId":"i1"},"id":"e4","timestamp":"2026-11-20T07:00:02.000Z","parentId":"e3"}
    {"type":"assistant.message","data":{"messageId":"am1","content":"","toolRequests":[{"toolCallId":"call_a","name":"bash","arguments":{"command":"ssh web1","shellId":"s7","mode":"async"},"type":"function"},{"toolCallId":"call_b","name":"task","arguments":{"prompt":"Watch the logs","agent_type":"explore"},"type":"function"}],"interactionId":"i1","turnId":"0","apiCallId":"resp_1","reasoningText":"Go.","outputTokens":9},"id":"e5","timestamp":"2026-11-20T07:00:03.000Z","parentId":"e4"}
    {"type":"tool.execution_start","data":{"toolCallId":"call_a","toolName":"bash","arguments":{"command":"ssh web1","shellId":"s7","mode":"async"}},"id":"e6","timestamp":"2026-11-20T07:00:09.000Z","parentId":"e5"}
    {"type":"tool.execution_complete","data":{"toolCallId":"call_a","success":true,"result":{"content":"<command started in background with shellId: s7>"}},"id":"e7","timestamp":"2026-11-20T07:00:10.000Z","parentId":"e6"}
    {"type":"subagent.started","data":{"toolCallId":"call_b","agentName":"explore"},"id":"e8","timestamp":"2026-11-20T07:00:11.000Z","parentId":"e7"}
    {"type":"assistant.message","data":{"messageId":"am2","content":"Watching.","toolRequests":[{"toolCallId":"call_c","name":"bash","arguments":"{\"command\":\"tail -f log\"}"}],"parentToolCallId":"call_b"},"id":"e9","timestamp":"2026-11-20T07:00:12.000Z","parentId":"e8"}
    {"type":"tool.execution_complete","data":{"toolCallId":"call_c","success":false,"result":{"content":"gone\n<shellId: 2 completed with exit code 130>"},"parentToolCallId":"call_b"},"id":"e10","timestamp":"2026-11-20T07:00:13.000Z","parentId":"e9"}
    {"type":"assistant.message","data":{"messageId":"am3","content":"","toolRequests":[{"toolCallId":"call_d","name":"write_bash","arguments":{"shellId":"s7","input":"systemctl restart api{enter}"}}],"interactionId":"i1"},"id":"e11","timestamp":"2026-11-20T07:00:14.000Z","parentId":"e10"}
    {"type":"user.message","data":{"content":"hurry","interactionId":"i1"},"id":"e12","timestamp":"2026-11-20T07:00:15.000Z","parentId":"e11"}
    {"type":"system.notification","data":{"content":"<system_notification>done</system_notification>"},"id":"e13","timestamp":"2026-11-20T07:00:16.000Z","parentId":"e12"}
    {"type":"assistant.turn_end","data":{"turnId":"0"},"id":"e14","timestamp":"2026-11-20T07:00:17.000Z","parentId":"e13"}
    {"type":"session.compaction_complete","data":{"success":true,"summaryContent":"The api was restarted."},"id":"e15","timestamp":"2026-11-20T07:00:18.000Z","parentId":"e14"}
    {"type":"user.message","data":{"content":"Thanks","interactionId":"i2"},"id":"e16","timestamp":"2026-11-20T07:00:19.000Z","parentId":"e15"}
    {"type":"session.shutdown","data":{"shutdownType":"routine"},"id":"e17","timestamp":"2026-11-20T07:00:20.000Z","parentId":"e16"}
    """#

  /// Name of the format, and the transcript.
  static let all: [(format: String, text: String)] = [
    ("claude-code", claude), ("claude-code", claudeAgents), ("codex", codex), ("codex-exec", codexExec),
    ("gemini-cli", geminiLines), ("gemini-cli", geminiDocument), ("copilot", copilot),
  ]
}
