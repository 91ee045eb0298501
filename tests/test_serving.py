"""What every HTTP program of ours does with its connections."""

from __future__ import annotations

import asyncio
import socket
from contextlib import closing

from teller_assist.serving import Address, Listener


def test_small_answers_are_sent_at_once() -> None:
    """One that gathers small writes (Nagle) delays every answer until the other kernel acknowledges: by 40 ms."""
    with closing(Listener(Address("127.0.0.1", 0))) as listener:
        assert asyncio.run(_gathers_small_writes(listener._socket)) is False


async def _gathers_small_writes(listening: socket.socket) -> bool:
    found: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def taken(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken_socket: socket.socket = writer.get_extra_info("socket")
        found.set_result(taken_socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 0)
        writer.close()

    server = await asyncio.start_server(taken, sock=listening)
    async with server:
        _, writer = await asyncio.open_connection(*listening.getsockname())
        answer = await asyncio.wait_for(found, 10)
        writer.close()
    return answer
