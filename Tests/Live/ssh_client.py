"""AsyncSSH before a gateway: commands at once, files, a forwarded connection.

Usage: ssh_client.py PORT USER KEY KNOWN_HOSTS FOLDER TARGET_PORT
"""
import asyncio
import pathlib
import sys

import asyncssh


async def main(port, user, key, known, folder, target):
    folder = pathlib.Path(folder)
    async with asyncssh.connect(
        "127.0.0.1", int(port), username=user, client_keys=[key], known_hosts=known, config=None, agent_path=None
    ) as connection:
        results = await asyncio.gather(*(connection.run(f"echo said {number}; exit {number}") for number in range(8)))
        for number, result in enumerate(results):
            assert (result.stdout, result.exit_status) == (f"said {number}\n", number), result
        async with connection.start_sftp_client() as files:
            data = bytes(range(256)) * 4096
            async with files.open(folder / "drafts" / "async", "wb") as file:
                await file.write(data)
            async with files.open(folder / "drafts" / "async", "rb") as file:
                assert await file.read() == data
            await files.rename(folder / "drafts" / "async", folder / "drafts" / "renamed")
            assert "renamed" in await files.listdir(folder / "drafts")
            try:
                await files.remove(folder / "keys")
                raise AssertionError("it was removed")
            except asyncssh.SFTPPermissionDenied as error:
                assert "refused by policy" in error.reason, error.reason
            await asyncio.gather(*(files.stat(folder / "drafts") for _ in range(50)))
        reader, writer = await connection.open_connection("127.0.0.1", int(target))
        assert (await reader.readline()).startswith(b"SSH-2.0-")
        writer.close()
        try:
            await connection.forward_remote_port("", 0, "127.0.0.1", 1)
            raise AssertionError("it listens")
        except (asyncssh.ChannelListenError, OSError):
            pass
    print("all")


asyncio.run(main(*sys.argv[1:]))
