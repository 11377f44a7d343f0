"""A language model's API whose answers are written beforehand: Anthropic's Messages, streamed as server-sent events, over TLS.

What goes over the wire is what an agent and the real API exchange; only the model is missing.

    model.py PORT CERTIFICATE KEY
"""

import json
import ssl
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TURNS = [
    [("text", "I'll look at the orders table first."),
     ("tool", "toolu_01A", "Bash", {"command": "psql -h db.internal shop -c 'SELECT count(*) FROM orders'"})],
    [("tool", "toolu_01B", "Bash", {"command": "psql -h db.internal shop -c 'ALTER TABLE orders ADD COLUMN risk_score int'"}),
     ("tool", "toolu_01C", "Bash", {"command": "curl -X DELETE https://shop.internal/orders/7"})],
    [("text", "Done: the column is there and order 7 is gone.")],
]


class Model(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "model/1.0"

    def log_message(self, *_):
        pass

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        turn = sum(1 for message in asked["messages"] if message["role"] == "assistant")
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("request-id", "req_%04d" % turn)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.event("message_start", {"message": {
            "id": "msg_%04d" % turn, "type": "message", "role": "assistant", "model": asked["model"], "content": [],
            "stop_reason": None, "usage": {"input_tokens": 400, "output_tokens": 1}}})
        blocks = TURNS[min(turn, len(TURNS) - 1)]
        for index, block in enumerate(blocks):
            if block[0] == "text":
                self.event("content_block_start", {"index": index, "content_block": {"type": "text", "text": ""}})
                for word in block[1].split(" "):
                    self.event("content_block_delta", {"index": index, "delta": {"type": "text_delta", "text": word + " "}})
            else:
                self.event("content_block_start", {"index": index, "content_block": {
                    "type": "tool_use", "id": block[1], "name": block[2], "input": {}}})
                text = json.dumps(block[3])
                for place in range(0, len(text), 20):
                    self.event("content_block_delta", {"index": index, "delta": {
                        "type": "input_json_delta", "partial_json": text[place:place + 20]}})
            self.event("content_block_stop", {"index": index})
        reason = "tool_use" if blocks[-1][0] == "tool" else "end_turn"
        self.event("message_delta", {"delta": {"stop_reason": reason, "stop_sequence": None}, "usage": {"output_tokens": 90}})
        self.event("message_stop", {})
        self.wfile.write(b"0\r\n\r\n")

    def event(self, kind, data):
        text = "event: %s\ndata: %s\n\n" % (kind, json.dumps({"type": kind, **data}))
        self.wfile.write(b"%x\r\n%s\r\n" % (len(text.encode()), text.encode()))
        self.wfile.flush()
        time.sleep(0.002)


server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Model)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2], sys.argv[3])
server.socket = context.wrap_socket(server.socket, server_side=True)
print("ready", flush=True)
server.serve_forever()
