"""What an agent sends to a language model: a prompt, then the whole history again with each tool's result.

    agent.py PORT CA KEYLOG
"""

import http.client
import json
import ssl
import sys

context = ssl.create_default_context(cafile=sys.argv[2])
context.keylog_filename = sys.argv[3]
connection = http.client.HTTPSConnection("localhost", int(sys.argv[1]), context=context)
messages = [{"role": "user", "content": [{"type": "text", "text":
    "Add a risk score to the orders, and get rid of order 7, it was a test."}]}]
results = {"toolu_01A": " count \n-------\n    42\n", "toolu_01B": "ALTER TABLE", "toolu_01C": ""}

while True:
    connection.request("POST", "/v1/messages?beta=true", json.dumps({
        "model": "claude-sonnet-4-5", "max_tokens": 4096, "stream": True, "messages": messages,
        "system": [{"type": "text", "text": "You are an agent that maintains a shop."}],
        "tools": [{"name": "Bash", "description": "Runs a command", "input_schema": {"type": "object"}}],
        "metadata": {"user_id": "user_fake_account__session_6f2b1f9a-0000-4000-8000-000000000001"}}), {
            "Content-Type": "application/json", "anthropic-version": "2023-06-01", "User-Agent": "agent/1.0 (external, cli)",
            "x-api-key": "sk-ant-fake-key-0123456789abcdef0123456789"})
    blocks = {}
    for line in connection.getresponse().read().decode().splitlines():
        if not line.startswith("data: "):
            continue
        data = json.loads(line[6:])
        if data["type"] == "content_block_start":
            blocks[data["index"]] = {**data["content_block"], "json": ""}
        elif data["type"] == "content_block_delta":
            block, delta = blocks[data["index"]], data["delta"]
            block["json"] += delta.get("partial_json", "")
            if "text" in delta:
                block["text"] += delta["text"]
    content = []
    for block in blocks.values():
        text = block.pop("json")
        content.append({**block, "input": json.loads(text)} if text else block)
    messages.append({"role": "assistant", "content": content})
    asked = [block["id"] for block in content if block["type"] == "tool_use"]
    if not asked:
        break
    messages.append({"role": "user", "content": [
        {"type": "tool_result", "tool_use_id": name, "content": results[name]} for name in asked]})
