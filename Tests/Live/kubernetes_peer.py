"""An API server of Kubernetes in a few lines, and Kubernetes' own client for Python.

    kubernetes_peer.py serve              prints its port, and serves
    kubernetes_peer.py call URL TOKEN     does what clients do; a line of JSON for each step
"""

import json
import sys


def serve():
    from aiohttp import WSMsgType, web

    pods = {"web-1": {"app": "web"}, "web-2": {"app": "web"}}

    def pod(name):
        return {
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": name, "namespace": "shop", "labels": pods[name], "resourceVersion": "7"},
            "spec": {"containers": [{"name": "main", "image": "shop:1"}]},
        }

    async def listing(request):
        if request.query.get("watch"):
            # A watch is lines of JSON, one as it happens.
            response = web.StreamResponse(headers={"Content-Type": "application/json"})
            await response.prepare(request)
            for name in sorted(pods):
                await response.write(json.dumps({"type": "ADDED", "object": pod(name)}).encode() + b"\n")
            return response
        return web.json_response(
            {"apiVersion": "v1", "kind": "PodList", "metadata": {"resourceVersion": "7"},
             "items": [pod(name) for name in sorted(pods)]})

    async def create(request):
        made = await request.json()
        return web.json_response(made | {"apiVersion": "v1", "kind": "ConfigMap"}, status=201)

    async def remove(request):
        # An API server answers with the pod, which goes when its grace is over; the client reads it as one.
        return web.json_response(pod(request.match_info["name"]))

    async def execute(request):
        socket = web.WebSocketResponse(protocols=["v5.channel.k8s.io", "v4.channel.k8s.io"])
        await socket.prepare(request)
        command = request.query.getall("command")
        await socket.send_bytes(b"\x01" + f"ran {' '.join(command)}\n".encode())
        await socket.send_bytes(b"\x02a word on stderr\n")
        if request.query.get("stdin") == "true":
            async for message in socket:
                data = message.data.encode() if message.type == WSMsgType.TEXT else message.data
                if data[:1] == b"\x00":
                    await socket.send_bytes(b"\x01" + data[1:].upper())
                    break
        await socket.send_bytes(
            b"\x03" + json.dumps(
                {"status": "Failure", "reason": "NonZeroExitCode",
                 "details": {"causes": [{"reason": "ExitCode", "message": "3"}]}}).encode())
        await socket.close()
        return socket

    application = web.Application()
    application.router.add_get("/api/v1/namespaces/shop/pods", listing)
    application.router.add_post("/api/v1/namespaces/shop/configmaps", create)
    application.router.add_delete("/api/v1/namespaces/shop/pods/{name}", remove)
    application.router.add_get("/api/v1/namespaces/shop/pods/{name}/exec", execute)

    async def start():
        import asyncio

        runner = web.AppRunner(application)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        print(runner.addresses[0][1], flush=True)
        await asyncio.Event().wait()

    import asyncio

    asyncio.run(start())


def call(url, token):
    from kubernetes import client, stream, watch
    from kubernetes.client.rest import ApiException

    configuration = client.Configuration(host=url)
    configuration.api_key = {"authorization": f"Bearer {token}"}
    api = client.CoreV1Api(client.ApiClient(configuration))

    def say(step, act):
        try:
            print(json.dumps({"step": step, "said": act()}), flush=True)
        except ApiException as error:
            body = json.loads(error.body) if error.body and str(error.body).startswith("{") else {}
            print(json.dumps({"step": step, "status": error.status, "kind": body.get("kind"),
                              "reason": body.get("reason")}), flush=True)

    say("list", lambda: [pod.metadata.name for pod in api.list_namespaced_pod("shop").items])
    say("watch", lambda: [
        event["object"].metadata.name
        for event in watch.Watch().stream(api.list_namespaced_pod, "shop", timeout_seconds=2, _request_timeout=10)][:2])
    say("create", lambda: api.create_namespaced_config_map(
        "shop", client.V1ConfigMap(metadata=client.V1ObjectMeta(name="flags"), data={"a": "1"})).metadata.name)

    def execute(**more):
        session = stream.stream(
            client.CoreV1Api(client.ApiClient(configuration)).connect_get_namespaced_pod_exec, "web-1", "shop",
            command=["id", "-u"], stderr=True, stdout=True, tty=False, _preload_content=False, **more)
        if more.get("stdin"):
            session.write_stdin("typed\n")
        session.run_forever(timeout=10)
        return [session.read_stdout(), session.read_stderr(), session.returncode]

    say("exec", lambda: execute(stdin=False))
    say("exec-stdin", lambda: execute(stdin=True))
    say("delete", lambda: api.delete_namespaced_pod("web-1", "shop") and "gone")


if __name__ == "__main__":
    serve() if sys.argv[1] == "serve" else call(sys.argv[2], sys.argv[3])
