"""The cheapest possible answer to a POST: shows what the load generator itself can do. Stores nothing."""

import asyncio
import sys

ANSWER = b'HTTP/1.1 200 OK\r\nContent-Length: 19\r\nContent-Type: application/json\r\n\r\n{"status":"stored"}'


class Bare(asyncio.Protocol):
    """Counts the bytes of each request and answers the same words."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self.transport = transport
        self.received = bytearray()

    def data_received(self, data: bytes) -> None:
        """Answer each whole request."""
        self.received += data
        end = self.received.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self.received[:end]).lower()
        length = int(head.split(b"content-length:", 1)[1].split(b"\r", 1)[0]) if b"content-length:" in head else 0
        if len(self.received) >= end + 4 + length:
            del self.received[: end + 4 + length]
            self.transport.write(ANSWER)  # type: ignore[attr-defined]


async def main() -> None:
    """Serve on the port that is the first argument."""
    server = await asyncio.get_running_loop().create_server(Bare, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
