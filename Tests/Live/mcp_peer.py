"""A server of the Model Context Protocol over streamable HTTP, and a client of it, both by the protocol's own library.

    mcp_peer.py serve                     prints its port, and serves
    mcp_peer.py call URL TOKEN TOOL...    calls each tool; a line of JSON for each
"""

import asyncio
import json
import socket
import sys


def serve():
    import uvicorn
    from mcp.server.mcpserver import Context, MCPServer
    from mcp_types import ToolAnnotations

    server = MCPServer("orders")

    @server.tool(annotations=ToolAnnotations(readOnlyHint=True))
    def read_order(number: int) -> str:
        """Tells an order."""
        return f"order {number}: paid"

    @server.tool()
    def delete_order(number: int) -> str:
        """Removes an order."""
        return f"order {number} is gone"

    @server.tool(annotations=ToolAnnotations(readOnlyHint=True))
    async def count(number: int, context: Context) -> str:
        """Tells how far it is while it counts."""
        for step in range(number):
            await context.report_progress(step + 1, number)
        return "counted"

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    print(listener.getsockname()[1], flush=True)
    configuration = uvicorn.Config(server.streamable_http_app(), log_level="error")
    uvicorn.Server(configuration).run(sockets=[listener])


async def call(url, token, tools):
    from mcp.client import Client
    from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

    headers = {"Authorization": f"Bearer {token}"}
    async with create_mcp_http_client(headers=headers) as web:
        async with Client(streamable_http_client(url, http_client=web)) as client:
            listed = await client.list_tools()
            print(json.dumps({"tools": sorted(tool.name for tool in listed.tools)}))
            for tool in tools:
                steps = []

                async def progress(done, total, message):
                    steps.append(done)

                try:
                    result = await client.call_tool(tool, {"number": 7}, progress_callback=progress)
                    said = [part.text for part in result.content]
                    print(json.dumps({"tool": tool, "said": said, "steps": steps}))
                except Exception as error:
                    print(json.dumps({"tool": tool, "error": str(error)}))


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve()
    else:
        asyncio.run(call(sys.argv[2], sys.argv[3], sys.argv[4:]))
