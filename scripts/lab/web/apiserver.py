"""The part of a Kubernetes API server that `kubectl exec` talks to: programs run for real, over WebSocket channels.

Speaks v5.channel.k8s.io and v4.channel.k8s.io as the API server does: the first byte of each message is the channel
(0 stdin, 1 stdout, 2 stderr, 3 status, 4 resize, 255 close).

    apiserver.py PORT CERTIFICATE KEY
"""

import asyncio
import json
import ssl
import sys
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import serve

PODS = {"kind": "PodList", "apiVersion": "v1", "items": [{"metadata": {"name": "shop-0", "namespace": "prod"}}]}
SECRET = {"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "db", "namespace": "prod"},
          "data": {"password": "ZmFrZS1zZWNyZXQtcGFzc3dvcmQ="}}


def plain(connection, request):
    """Everything that is no WebSocket."""
    path = urlsplit(request.path).path
    if request.headers.get("Upgrade"):
        return None
    if path == "/api/v1/namespaces/prod/pods":
        return answer(connection, HTTPStatus.OK, PODS)
    if path == "/api/v1/namespaces/prod/secrets/db":
        return answer(connection, HTTPStatus.OK, SECRET)
    return answer(connection, HTTPStatus.FORBIDDEN, {
        "kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Forbidden", "code": 403,
        "message": 'nodes is forbidden: User "system:serviceaccount:prod:agent" cannot list resource "nodes"'})


def answer(connection, status, value):
    response = connection.respond(status, json.dumps(value))
    del response.headers["Content-Type"]
    response.headers["Content-Type"] = "application/json"
    return response


async def run(socket):
    query = parse_qs(urlsplit(socket.request.path).query)
    process = await asyncio.create_subprocess_exec(
        *query["command"], stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE)

    async def pump(stream, channel):
        while data := await stream.read(4096):
            await socket.send(bytes([channel]) + data)

    async def feed():
        async for message in socket:
            if message[0] == 0:
                process.stdin.write(message[1:])
                await process.stdin.drain()
            elif message[0] == 255:
                process.stdin.close()

    feeding = asyncio.create_task(feed())
    await asyncio.gather(pump(process.stdout, 1), pump(process.stderr, 2))
    code = await process.wait()
    feeding.cancel()
    status = {"metadata": {}, "status": "Success"}
    if code:
        status = {"metadata": {}, "status": "Failure", "reason": "NonZeroExitCode",
                  "message": "command terminated with non-zero exit code",
                  "details": {"causes": [{"reason": "ExitCode", "message": str(code)}]}}
    await socket.send(b"\x03" + json.dumps(status).encode())


async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    async with serve(run, "127.0.0.1", int(sys.argv[1]), ssl=context, process_request=plain,
                     subprotocols=["v5.channel.k8s.io", "v4.channel.k8s.io"]) as server:
        print("ready", flush=True)
        await server.serve_forever()


asyncio.run(main())
