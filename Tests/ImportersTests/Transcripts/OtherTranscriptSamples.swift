/// Small transcripts of each format, made for these tests.
enum OtherTranscriptSamples {
  struct Sample: Sendable {
    var path: String
    var format: String
    var text: String
    var prompts: Int
    var calls: Int
  }

  static let all = [
    Sample(path: "s1/s1.messages.json", format: "cline", text: cline, prompts: 2, calls: 2),
    Sample(
      path: "tasks/1700/api_conversation_history.json", format: "cline", text: clineTask, prompts: 2, calls: 2),
    Sample(path: "export.json", format: "opencode", text: openCode, prompts: 1, calls: 3),
    Sample(path: "prt_1.json", format: "opencode", text: openCodePart, prompts: 0, calls: 1),
    Sample(path: "ses_1.json", format: "opencode", text: openCodeSession, prompts: 0, calls: 0),
    Sample(path: "msg_2.json", format: "opencode", text: openCodeMessage, prompts: 0, calls: 0),
    Sample(path: "claude.otlp.jsonl", format: "otlp", text: claudeLogs, prompts: 2, calls: 2),
    Sample(path: "spans.json", format: "otlp", text: spans, prompts: 1, calls: 2),
    Sample(path: "codex.json", format: "otlp", text: codexLogs, prompts: 1, calls: 1),
    Sample(path: ".aider.chat.history.md", format: "aider", text: aider, prompts: 3, calls: 2),
    Sample(path: "sessions/s/events/4.json", format: "openhands", text: openHandsEvent, prompts: 0, calls: 1),
    Sample(path: "trajectory.json", format: "openhands", text: openHandsList, prompts: 1, calls: 2),
    Sample(path: "one.traj", format: "swe-agent", text: sweAgent, prompts: 1, calls: 2),
    Sample(path: "run.json", format: "atif", text: atif, prompts: 2, calls: 2),
    Sample(path: "c.jsonl", format: "cursor", text: cursor, prompts: 1, calls: 1),
    Sample(path: "T-1.json", format: "amp", text: amp, prompts: 1, calls: 1),
    Sample(path: "d.jsonl", format: "droid", text: droid, prompts: 1, calls: 1),
    Sample(path: "p.jsonl", format: "pi", text: pi, prompts: 2, calls: 2),
    Sample(path: "w.jsonl", format: "windsurf", text: windsurf, prompts: 1, calls: 2),
    Sample(path: "c.json", format: "continue", text: continueSession, prompts: 1, calls: 1),
    Sample(path: "runs.jsonl", format: "langsmith", text: langSmith, prompts: 1, calls: 1),
    Sample(path: "observations.json", format: "langfuse", text: langfuse, prompts: 1, calls: 1),
    Sample(path: "gateway.log", format: "coder-ai-gateway", text: coderLog, prompts: 1, calls: 1),
    Sample(path: "interceptions.json", format: "coder-ai-gateway", text: coderAPI, prompts: 1, calls: 2),
    Sample(path: "traces.jsonl", format: "agent-trace", text: agentTrace, prompts: 0, calls: 1),
    Sample(path: "20251120_021403.jsonl", format: "goose", text: goose, prompts: 1, calls: 2),
    Sample(path: "goose.json", format: "goose", text: gooseExport, prompts: 1, calls: 1),
  ]

  static let cline = """
    {"version":1,"updated_at":"2026-11-20T02:20:00.000Z","agent":"lead","sessionId":"s1","messages":[
    {"id":"u1","role":"user","content":[{"type":"text","text":"Count the orders"}]},
    {"id":"a1","role":"assistant","ts":1795140843000,"modelInfo":{"id":"m-1"},"content":[
      {"type":"tool_use","id":"call-1","name":"execute_command","input":{"command":"psql -c 'SELECT 1'"}}]},
    {"id":"u2","role":"user","content":[{"type":"tool_result","tool_use_id":"call-1","content":"1 row","is_error":false},
      {"type":"text","text":"and then the customers"}]},
    {"id":"a2","role":"assistant","ts":1795140850000,"content":[
      {"type":"tool_use","id":"call-2","name":"bash","input":{"command":["bash","-lc","psql -c 'SELECT 2'"]}}]}]}
    """

  static let clineTask = """
    [{"role":"user","content":[{"type":"text","text":"<task>\\nList the files\\n</task>"},
      {"type":"text","text":"<environment_details>\\nmac\\n</environment_details>"}]},
    {"role":"assistant","content":[{"type":"text","text":"Sure.\\n<execute_command>\\n<command>ls -la</command>\\n<requires_approval>false</requires_approval>\\n</execute_command>"}]},
    {"role":"user","content":[{"type":"text","text":"[execute_command for 'ls -la'] Result:"},
      {"type":"text","text":"Command executed.\\nOutput:\\na b"},{"type":"text","text":"<environment_details>\\nx\\n</environment_details>"}]},
    {"role":"assistant","content":[{"type":"text","text":"<write_to_file>\\n<path>a.sql</path>\\n<content>\\nDROP TABLE a;\\n</content>\\n</write_to_file>"}]},
    {"role":"user","content":[{"type":"text","text":"[write_to_file for 'a.sql'] Result:"},{"type":"text","text":"The user denied this operation."},
      {"type":"text","text":"<feedback>\\nno, never drop\\n</feedback>"}]}]
    """

  static let openCode = """
    {"info":{"id":"ses_1","directory":"/srv/shop","version":"1.2.3","time":{"created":1795140840000,"updated":1795140860000}},
    "messages":[{"info":{"id":"msg_1","role":"user","time":{"created":1795140841000}},
      "parts":[{"type":"text","text":"Fix the totals"},{"type":"text","synthetic":true,"text":"Called the Read tool"}]},
    {"info":{"id":"msg_2","role":"assistant","modelID":"m-1","time":{"created":1795140842000,"completed":1795140850000},"path":{"cwd":"/srv/shop"}},
      "parts":[{"type":"tool","callID":"REDACTED","tool":"bash","state":{"status":"completed","input":{"command":"psql -f a.sql"},"output":"UPDATE 3","metadata":{"exit":0},"time":{"start":1795140843000,"end":1795140844000}}},
      {"type":"tool","callID":"REDACTED","tool":"bash","state":{"status":"error","input":{"command":"false"},"error":"exit 1","time":{"start":1795140845000,"end":1795140846000}}},
      {"type":"tool","callID":"c3","tool":"bash","state":{"status":"running","input":{"command":"sleep 9","workdir":"/tmp"},"time":{"start":1795140847000}}},
      {"type":"text","text":"Done."}]}]}
    """

  static let openCodePart = """
    {"id":"prt_1","messageID":"msg_2","sessionID":"ses_1","type":"tool","callID":"c9","tool":"bash",
    "state":{"status":"completed","input":{"command":"ls"},"output":"a","time":{"start":1795140843000,"end":1795140844000}}}
    """

  static let openCodeSession = """
    {"id":"ses_1","projectID":"p","directory":"/srv/shop","parentID":"ses_0","title":"t","version":"1.0","time":{"created":1795140840000,"updated":1795140850000}}
    """

  static let openCodeMessage = """
    {"id":"msg_2","sessionID":"ses_1","role":"assistant","modelID":"m-1","time":{"created":1795140842000},"error":{"name":"ProviderError","data":{"message":"overloaded"}}}
    """

  /// The call's end, its decision and its span come before the prompt.
  static let claudeLogs = """
    {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"claude-code"}},{"key":"service.version","value":{"stringValue":"2.1.214"}}]},"scopeLogs":[{"logRecords":[{"timeUnixNano":"1795140845500000000","body":{"stringValue":"claude_code.tool_result"},"attributes":[{"key":"event.name","value":{"stringValue":"tool_result"}},{"key":"session.id","value":{"stringValue":"c-1"}},{"key":"prompt.id","value":{"stringValue":"p-1"}},{"key":"event.sequence","value":{"intValue":"3"}},{"key":"tool_name","value":{"stringValue":"Bash"}},{"key":"tool_use_id","value":{"stringValue":"toolu_1"}},{"key":"success","value":{"stringValue":"true"}},{"key":"duration_ms","value":{"stringValue":"1500"}},{"key":"tool_parameters","value":{"stringValue":"{\\"full_command\\":\\"psql -c 'DELETE FROM a'\\"}"}}]}]}]}]}
    {"resourceLogs":[{"resource":{"attributes":[]},"scopeLogs":[{"logRecords":[{"timeUnixNano":"1795140841000000000","body":{"stringValue":"claude_code.user_prompt"},"attributes":[{"key":"event.name","value":{"stringValue":"user_prompt"}},{"key":"session.id","value":{"stringValue":"c-1"}},{"key":"prompt.id","value":{"stringValue":"p-1"}},{"key":"event.sequence","value":{"intValue":1}},{"key":"prompt","value":{"stringValue":"Clean table a"}}]},{"timeUnixNano":"1795140850000000000","attributes":[{"key":"event.name","value":{"stringValue":"user_prompt"}},{"key":"session.id","value":{"stringValue":"c-1"}},{"key":"prompt.id","value":{"stringValue":"p-2"}},{"key":"event.sequence","value":{"intValue":"5"}},{"key":"prompt_length","value":{"intValue":"42"}}]},{"timeUnixNano":"1795140843000000000","attributes":[{"key":"event.name","value":{"stringValue":"tool_decision"}},{"key":"session.id","value":{"stringValue":"c-1"}},{"key":"tool_use_id","value":{"stringValue":"toolu_1"}},{"key":"tool_name","value":{"stringValue":"Bash"}},{"key":"decision","value":{"stringValue":"accept"}}]},{"timeUnixNano":"1795140851000000000","attributes":[{"key":"event.name","value":{"stringValue":"tool_decision"}},{"key":"session.id","value":{"stringValue":"c-1"}},{"key":"tool_use_id","value":{"stringValue":"toolu_2"}},{"key":"tool_name","value":{"stringValue":"Bash"}},{"key":"decision","value":{"stringValue":"reject"}}]}]}]}]}
    """

  static let spans = """
    {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop-agent"}}]},"scopeSpans":[{"spans":[
    {"traceId":"aa","spanId":"03","parentSpanId":"01","name":"execute_tool sql","startTimeUnixNano":"1795140844000000000","endTimeUnixNano":"1795140845000000000","status":{"code":2},"attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"execute_tool"}},{"key":"gen_ai.tool.name","value":{"stringValue":"sql"}},{"key":"gen_ai.tool.call.id","value":{"stringValue":"call_2"}},{"key":"gen_ai.tool.call.arguments","value":{"kvlistValue":{"values":[{"key":"query","value":{"stringValue":"SELECT 2"}},{"key":"limit","value":{"intValue":"5"}}]}}}]},
    {"traceId":"aa","spanId":"02","parentSpanId":"01","name":"execute_tool sql","startTimeUnixNano":"1795140842000000000","endTimeUnixNano":"1795140843000000000","attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"execute_tool"}},{"key":"gen_ai.tool.name","value":{"stringValue":"sql"}},{"key":"gen_ai.tool.call.id","value":{"stringValue":"call_1"}},{"key":"gen_ai.tool.call.result","value":{"stringValue":"1 row"}}]},
    {"traceId":"aa","spanId":"01","name":"invoke_agent shop","startTimeUnixNano":"1795140841000000000","endTimeUnixNano":"1795140849000000000","attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"invoke_agent"}},{"key":"gen_ai.conversation.id","value":{"stringValue":"conv-1"}},{"key":"gen_ai.input.messages","value":{"stringValue":"[{\\"role\\":\\"user\\",\\"parts\\":[{\\"type\\":\\"text\\",\\"content\\":\\"How many orders?\\"}]}]"}}]}
    ]}]}]}
    """

  static let codexLogs = """
    {"resourceLogs":[{"scopeLogs":[{"logRecords":[
    {"observedTimeUnixNano":"1795140841000000000","attributes":[{"key":"event.name","value":{"stringValue":"codex.user_prompt"}},{"key":"conversation.id","value":{"stringValue":"x-1"}},{"key":"prompt","value":{"stringValue":"[REDACTED]"}}]},
    {"observedTimeUnixNano":"1795140845000000000","attributes":[{"key":"event.name","value":{"stringValue":"codex.tool_result"}},{"key":"conversation.id","value":{"stringValue":"x-1"}},{"key":"call_id","value":{"stringValue":"call_9"}},{"key":"tool_name","value":{"stringValue":"exec_command"}},{"key":"arguments","value":{"stringValue":"{\\"cmd\\":\\"ls\\"}"}},{"key":"duration_ms","value":{"stringValue":"250"}},{"key":"success","value":{"stringValue":"false"}},{"key":"output","value":{"stringValue":"Process exited with code 2"}}]}]}]}]}
    """

  static let aider = """

    # aider chat started at 2026-11-20 02:14:03

    > Aider v0.86.1
    > Main model: m-1 with diff edit format

    #### Add a column
    #### to the table

    I will run a migration.

    > Run shell command? (Y)es/(N)o/(D)on't ask again [Yes]: y
    > Running alembic upgrade head
    > INFO done
    > Add command output to the chat? (Y)es/(N)o [Yes]: n

    #### /run psql -c 'SELECT 1'
    > 1 row

    # aider chat started at 2026-11-20 03:00:00

    #### thanks
    """

  static let openHandsEvent = """
    {"id":4,"timestamp":"2026-11-20T02:14:05.000001","source":"agent","message":"Ran","cause":3,"observation":"run","content":"1 row","extras":{"command":"psql","metadata":{"exit_code":0}},"tool_call_metadata":{"function_name":"execute_bash","tool_call_id":"toolu_5","model_response":{"id":"r","choices":[{"message":{"tool_calls":[{"id":"toolu_5","function":{"name":"execute_bash","arguments":"{\\"command\\":\\"psql -c 'SELECT 5'\\"}"}}]}}]}}}
    """

  static let openHandsList = """
    [{"id":0,"timestamp":"2026-11-20T02:14:03","source":"agent","action":"system","args":{"content":"You are"}},
    {"id":1,"timestamp":"2026-11-20T02:14:04","source":"user","action":"message","args":{"content":"Drop it"}},
    {"id":2,"timestamp":"2026-11-20T02:14:05","source":"agent","action":"run","args":{"command":"psql -c 'DROP TABLE a'","thought":"Dropping"}},
    {"id":3,"timestamp":"2026-11-20T02:14:06","source":"agent","observation":"run","content":"ERROR","cause":2,"extras":{"metadata":{"exit_code":1}}},
    {"id":4,"timestamp":"2026-11-20T02:14:07","source":"agent","action":"run","args":{"command":"ls"}},
    {"id":5,"timestamp":"2026-11-20T02:14:08","source":"environment","observation":"agent_state_changed","content":"","extras":{}}]
    """

  static let sweAgent = """
    {"trajectory":[{"action":"ls\\n","observation":"a","response":"r","thought":"t","state":{"working_dir":"/repo"}},
    {"action":"python a.py","observation":"ok","response":"r","thought":"t","state":"{\\"working_dir\\": \\"/repo/b\\"}"}],
    "history":[{"role":"system","content":"You are","agent":"main"},{"role":"user","content":"A demonstration","is_demo":true},
    {"role":"user","content":"Fix the bug","agent":"main"},
    {"role":"assistant","content":"Look","action":"ls\\n","agent":"main"},{"role":"user","content":"a","agent":"main"},
    {"role":"assistant","content":"Run","action":"python a.py","agent":"main","tool_calls":[{"id":"call_1","function":{"name":"bash","arguments":"{\\"command\\":\\"python a.py\\"}"}}]},
    {"role":"tool","content":"ok","tool_call_ids":["call_1"]}],"info":{}}
    """

  static let atif = """
    {"schema_version":"ATIF-v1.7","session_id":"s","agent":{"name":"shop","version":"1"},"steps":[
    {"step_id":1,"source":"system","message":"Rules"},
    {"step_id":2,"timestamp":"2026-11-20T02:14:03Z","source":"user","message":"Do it"},
    {"step_id":3,"timestamp":"2026-11-20T02:14:04Z","source":"agent","message":"","tool_calls":[{"tool_call_id":"c1","function_name":"task","arguments":{"p":1}}],"observation":{"results":[{"source_call_id":"c1","content":"done","subagent_trajectory_ref":[{"trajectory_id":"t-2"}]}]}}],
    "subagent_trajectories":[{"schema_version":"ATIF-v1.7","trajectory_id":"t-2","agent":{"name":"helper"},"steps":[
    {"step_id":1,"source":"user","message":"Help"},{"step_id":2,"source":"agent","message":"","tool_calls":[{"tool_call_id":"c2","function_name":"bash","arguments":{"command":"ls"}}]}]}]}
    """

  static let cursor = """
    {"role":"user","message":{"content":[{"type":"text","text":"<rules>be kind</rules>\\n<user_query>\\nRename it\\n</user_query>"}]}}
    {"role":"assistant","message":{"content":[{"type":"text","text":"Yes"},{"type":"tool_use","name":"Shell","input":{"command":"git mv a b"}}]}}
    """

  static let amp = """
    {"v":2,"id":"T-1","created":1795140840000,"messages":[
    {"role":"user","messageId":0,"content":[{"type":"text","text":"Go"}],"meta":{"sentAt":1795140841000}},
    {"role":"assistant","messageId":1,"content":[{"type":"tool_use","complete":true,"id":"toolu_7","name":"Bash","input":{"cmd":"ls"}}],"usage":{"timestamp":"2026-11-20T02:14:02.500Z"}},
    {"role":"user","messageId":2,"content":[{"type":"tool_result","toolUseID":"toolu_7","run":{"status":"done","result":{"output":"no","exitCode":3}}}]}],
    "meta":{"traces":[{"name":"tools","id":"x","startTime":"2026-11-20T02:14:03.000Z","endTime":"2026-11-20T02:14:04.000Z","context":{"messageId":1}}]},
    "env":{"initial":{"trees":[{"uri":"file:///srv/shop"}]}}}
    """

  static let droid = """
    {"type":"session_start","id":"d-1","title":"t","owner":"ada","version":2,"cwd":"/srv"}
    {"type":"message","id":"m1","timestamp":"2026-11-20T02:14:03.000Z","message":{"role":"user","content":[{"type":"text","text":"Look"},{"type":"text","text":"Contents of a: b"}]}}
    {"type":"message","id":"m2","timestamp":"2026-11-20T02:14:04.000Z","message":{"role":"assistant","content":[{"type":"tool_use","id":"call_d","name":"Execute","input":{"command":"ls"}}]}}
    {"type":"message","id":"m3","timestamp":"2026-11-20T02:14:05.000Z","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"call_d","content":"a","is_error":true}]}}
    """

  static let pi = """
    {"type":"message","timestamp":"2026-11-20T02:14:01.000Z","message":{"role":"user","content":"Hello","timestamp":1795140841000}}
    {"type":"session","id":"pi-1","timestamp":"2026-11-20T02:14:03.000Z","cwd":"/srv","provider":"p","modelId":"m-1"}
    {"type":"message","timestamp":"2026-11-20T02:14:04.000Z","message":{"role":"assistant","content":[{"type":"toolCall","id":"toolu_p","name":"bash","arguments":{"command":"ls"}}],"timestamp":1795140844000}}
    {"type":"message","timestamp":"2026-11-20T02:14:05.000Z","message":{"role":"toolResult","toolCallId":"toolu_p","toolName":"bash","content":[{"type":"text","text":"a"}],"isError":false,"timestamp":1795140845000}}
    {"type":"message","timestamp":"2026-11-20T02:14:06.000Z","message":{"role":"bashExecution","command":"id","output":"root","exitCode":0,"timestamp":1795140846000}}
    """

  static let windsurf = """
    {"status":"done","type":"user_input","user_input":{"user_response":"Show it"}}
    {"status":"done","type":"run_command","run_command":{"command":"ls","cwd":"/srv","exit_code":2,"output":"no","user_rejected":false}}
    {"status":"done","type":"code_action","code_action":{"acknowledgement_type":"ACKNOWLEDGEMENT_TYPE_ACCEPT","new_content":"b","original_content":"a","path":"file:///srv/a"}}
    {"planner_response":{"response":"Done"},"status":"done","type":"planner_response"}
    """

  static let continueSession = """
    {"sessionId":"k-1","title":"t","workspaceDirectory":"file:///srv","history":[
    {"message":{"role":"user","content":"Read it"},"contextItems":[]},
    {"message":{"role":"assistant","content":"","toolCalls":[{"id":"toolu_k","type":"function","function":{"name":"Bash","arguments":"{\\"command\\":\\"cat a\\"}"}}]},
    "toolCallStates":[{"toolCallId":"toolu_k","status":"errored","output":[{"content":"no such file"}]}]}]}
    """

  /// The tool's run comes before its parents'.
  static let langSmith = """
    {"id":"r3","name":"sql","run_type":"tool","trace_id":"r1","parent_run_id":"r2","start_time":"2026-11-20T02:14:05.000","end_time":"2026-11-20T02:14:06.000","inputs":{"input":"SELECT 1"},"outputs":{"output":{"content":"1 row","tool_call_id":"call_l"}}}
    {"id":"r2","name":"llm","run_type":"llm","trace_id":"r1","parent_run_id":"r1","start_time":"2026-11-20T02:14:04.000","end_time":"2026-11-20T02:14:05.000","inputs":{"messages":[[{"id":["langchain","HumanMessage"],"kwargs":{"content":"Count"}}]]},"outputs":{"generations":[[{"text":"I count"}]]}}
    {"id":"r1","name":"AgentExecutor","run_type":"chain","trace_id":"r1","parent_run_id":null,"start_time":"2026-11-20T02:14:03.000","end_time":"2026-11-20T02:14:09.000","inputs":{"input":"Count"},"extra":{"metadata":{"thread_id":"th-1"}}}
    """

  static let langfuse = """
    {"data":[{"id":"o2","traceId":"t1","parentObservationId":"o1","type":"TOOL","name":"sql","startTime":"2026-11-20T02:14:05.000Z","endTime":"2026-11-20T02:14:06.000Z","input":{"query":"SELECT 1"},"output":"no","level":"ERROR","statusMessage":"denied"},
    {"id":"o1","traceId":"t1","type":"AGENT","name":"shop","startTime":"2026-11-20T02:14:03.000Z","endTime":"2026-11-20T02:14:09.000Z","input":{"messages":[{"role":"user","content":"Count"}]},"sessionId":"ls-1"}]}
    """

  static let coderLog = """
    {"ts":"2026-11-20T02:14:03Z","level":"INFO","msg":"interception log","fields":{"record_type":"interception_start","interception_id":"i1","initiator_id":"ada","client":"Claude Code","model":"m-1","client_session_id":"cs-1"}}
    {"ts":"2026-11-20T02:14:05Z","level":"INFO","msg":"interception log","fields":{"record_type":"tool_usage","interception_id":"i1","tool":"Bash","input":{"command":"ls"},"tool_call_id":"toolu_c","created_at":"2026-11-20T02:14:05Z"}}
    {"ts":"2026-11-20T02:14:04Z","level":"INFO","msg":"interception log","fields":{"record_type":"prompt_usage","interception_id":"i1","prompt":"List","created_at":"2026-11-20T02:14:04Z"}}
    """

  static let coderAPI = """
    {"count":1,"results":[{"id":"i1","initiator":{"id":"u","username":"ada"},"provider":"anthropic","model":"m-1","client":"Claude Code","started_at":"2026-11-20T02:14:03Z",
    "user_prompts":[{"id":"p","prompt":"List","created_at":"2026-11-20T02:14:04Z"}],
    "tool_usages":[{"id":"t","tool":"Bash","input":"{\\"command\\":\\"ls\\"}","created_at":"2026-11-20T02:14:05Z"},
    {"id":"t2","tool":"mcp_sql","input":"{}","injected":true,"invocation_error":"refused","created_at":"2026-11-20T02:14:06Z"}]}]}
    """

  static let agentTrace = """
    {"version":"0.1.0","id":"a","timestamp":"2026-11-20T02:14:03Z","files":[{"path":"a.sql","conversations":[{"url":"https://example.com/c/1","contributor":{"type":"ai","model_id":"m-1"},"ranges":[{"start_line":1,"end_line":2}]}]}]}
    {"version":"0.1.0","id":"b","timestamp":"2026-11-20T02:14:09Z","files":[],"metadata":{"conversation_id":"cc-1","command":"psql -f a.sql","duration_ms":1500}}
    """

  static let goose = """
    {"working_dir":"/srv","description":"t","message_count":3,"total_tokens":10}
    {"role":"user","created":1795140841,"content":[{"type":"text","text":"Look"}]}
    {"role":"assistant","created":1795140842,"content":[{"type":"text","text":"Yes"},{"type":"toolRequest","id":"call_g","toolCall":{"status":"success","value":{"name":"developer__shell","arguments":{"command":"ls"}}}},{"type":"toolRequest","id":"call_h","toolCall":{"status":"success","value":{"name":"developer__shell","arguments":{"command":"id"}}}}]}
    {"role":"user","created":1795140843,"content":[{"type":"toolResponse","id":"call_g","toolResult":{"status":"success","value":[{"type":"text","text":"a"}]}},{"type":"toolResponse","id":"call_h","toolResult":{"status":"error","error":"denied"}}]}
    """

  static let gooseExport = """
    {"id":"20251120_1","working_dir":"/srv","name":"t","created_at":"2026-11-20 02:14:01","conversation":[
    {"role":"user","created":1795140841,"content":[{"type":"text","text":"Look"}]},
    {"role":"assistant","created":1795140842,"content":[{"type":"toolRequest","id":"call_i","toolCall":{"status":"success","value":{"name":"developer__shell","arguments":{"command":"ls"}}}}]}]}
    """
}
