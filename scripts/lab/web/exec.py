"""What `kubectl exec` sends: one program through the API server, its input, its output, its exit code.

    exec.py HOST:PORT CA KEYLOG NAMESPACE POD INPUT COMMAND...
"""

import asyncio
import json
import ssl
import sys
from urllib.parse import quote

from websockets.asyncio.client import connect


async def main():
    place, authority, keylog, namespace, pod, text, *command = sys.argv[1:]
    context = ssl.create_default_context(cafile=authority)
    context.keylog_filename = keylog
    query = "".join("command=%s&" % quote(word, safe="") for word in command)
    url = f"wss://{place}/api/v1/namespaces/{namespace}/pods/{pod}/exec?{query}stderr=true&stdin=true&stdout=true"
    async with connect(url, ssl=context, subprotocols=["v5.channel.k8s.io"], compression=None,
                       additional_headers={"Authorization": "Bearer fake-service-account-token-0123456789"},
                       user_agent_header="kubectl/v1.31.0 (linux/amd64)") as socket:
        if text:
            await socket.send(b"\x00" + text.encode())
        await socket.send(b"\xff\x00")
        async for message in socket:
            if message[0] in (1, 2):
                (sys.stdout if message[0] == 1 else sys.stderr).write(message[1:].decode())
            if message[0] == 3:
                status = json.loads(message[1:])
                causes = status.get("details", {}).get("causes", [])
                print("exit", causes[0]["message"] if causes else "0")


asyncio.run(main())
