"""MLLP: framing on bytes, a blocking client for one exchange, an asyncio server.

A frame is 0x0B, the message, 0x1C 0x0D. Neither mark can occur in UTF-8 or 8859-15 text, so a frame ends at 0x1C even
when the final carriage return is missing, and anything between two frames is dropped.
"""

import asyncio
import inspect
import logging
import socket
import ssl
import time
from collections.abc import Callable
from typing import Any, cast

START = b"\x0b"
END = b"\x1c"
DEFAULT_MAX_SIZE = 64 * 1024 * 1024
_CHUNK = 64 * 1024

logger = logging.getLogger(__name__)

# A plain function or a coroutine function: bytes of a message in, bytes of its answer (or None) out.
Handler = Callable[[bytes], Any]


class MllpError(Exception):
    """The exchange did not happen or its outcome is unknown; trying again later is right (at-least-once)."""


class MllpConnectionFailed(MllpError):
    """The peer could not be reached, or hung up before answering."""


class MllpTimeout(MllpError):
    """The peer did not answer in time; it may have stored the message."""


class FrameTooLarge(ValueError):
    """A peer sends more bytes than a message may have."""


def frame(message: bytes) -> bytes:
    """Wrap a message for the wire; ValueError when it holds a framing byte."""
    if START in message or END in message:
        raise ValueError("a message cannot hold a framing byte")
    return START + message + END + b"\r"


class Deframer:
    """Cuts a byte stream into messages, whatever the size of the chunks it is fed with."""

    def __init__(self, max_size: int = DEFAULT_MAX_SIZE) -> None:
        self._max_size = max_size
        self._buffer = bytearray()
        self._inside = False

    @property
    def pending(self) -> bool:
        """Tell whether a frame has begun and is not finished."""
        return self._inside

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the messages this chunk completes; FrameTooLarge past the size cap (the stream is then unusable)."""
        messages: list[bytes] = []
        position = 0
        while position < len(chunk):
            if not self._inside:
                begin = chunk.find(START, position)
                if begin < 0:
                    break
                position = begin + 1
                self._inside = True
            end = chunk.find(END, position)
            piece_end = len(chunk) if end < 0 else end
            if len(self._buffer) + piece_end - position > self._max_size:
                raise FrameTooLarge(f"a frame exceeds {self._max_size} bytes")
            self._buffer += chunk[position:piece_end]
            if end < 0:
                break
            messages.append(bytes(self._buffer))
            self._buffer.clear()
            self._inside = False
            position = end + 1
        return messages


def exchange(host: str, port: int, payload: bytes, timeout: float, ssl_context: ssl.SSLContext | None = None) -> bytes:
    """Send one message on its own connection and return the answer; `timeout` (seconds) covers the whole exchange.

    Raises MllpConnectionFailed or MllpTimeout.
    """
    deadline = time.monotonic() + timeout
    try:
        with socket.create_connection((host, port), timeout=timeout) as plain:
            plain.settimeout(_left(deadline))
            if ssl_context is None:
                return _converse(plain, payload, deadline)
            with ssl_context.wrap_socket(plain, server_hostname=host) as secured:
                return _converse(secured, payload, deadline)
    except TimeoutError as error:
        raise MllpTimeout(f"no answer from {host}:{port} within {timeout:g} s") from error
    except (OSError, FrameTooLarge) as error:
        raise MllpConnectionFailed(f"exchange with {host}:{port} failed: {type(error).__name__}") from error


def _converse(connection: socket.socket, payload: bytes, deadline: float) -> bytes:
    connection.settimeout(_left(deadline))
    connection.sendall(frame(payload))
    deframer = Deframer()
    while True:
        connection.settimeout(_left(deadline))
        chunk = connection.recv(_CHUNK)
        if not chunk:
            raise ConnectionResetError("closed before answering")
        answers = deframer.feed(chunk)
        if answers:
            return answers[0]


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class MllpServer:
    """Listens, hands each message to `handler` and sends back what it returns, one message at a time per connection.

    A plain `handler` runs in a thread, a coroutine function in the loop. When it fails or returns None nothing is
    answered and the connection is closed: the peer sends again. `idle_timeout` and `frame_timeout` are seconds.
    """

    def __init__(
        self,
        handler: Handler,
        *,
        max_size: int = DEFAULT_MAX_SIZE,
        idle_timeout: float = 600,
        frame_timeout: float = 30,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._handler = handler
        self._max_size = max_size
        self._idle_timeout = idle_timeout
        self._frame_timeout = frame_timeout
        self._ssl_context = ssl_context
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """Port listened on, once started (useful with port 0)."""
        if self._server is None:
            raise RuntimeError("the server is not started")
        return int(self._server.sockets[0].getsockname()[1])

    async def start(self, host: str, port: int) -> None:
        """Begin to listen."""
        self._server = await asyncio.start_server(self._connected, host, port, ssl=self._ssl_context)

    async def serve_forever(self) -> None:
        """Serve until cancelled."""
        if self._server is None:
            raise RuntimeError("the server is not started")
        await self._server.serve_forever()

    async def close(self) -> None:
        """Stop listening and end the open connections."""
        if self._server is None:
            return
        self._server.close()
        for task in tuple(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        try:
            await self._converse(reader, writer)
        except (TimeoutError, OSError, FrameTooLarge, ssl.SSLError) as error:
            logger.info("MLLP connection ended: %s", type(error).__name__)
        except asyncio.CancelledError:
            logger.debug("MLLP connection cancelled")
        finally:
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        deframer = Deframer(self._max_size)
        clock = asyncio.get_running_loop().time
        deadline = clock() + self._idle_timeout
        while True:
            chunk = await asyncio.wait_for(reader.read(_CHUNK), deadline - clock())
            if not chunk:
                return
            was_pending = deframer.pending
            for message in deframer.feed(chunk):
                answer = await self._answer(message)
                if answer is None:
                    return
                writer.write(frame(answer))
                await asyncio.wait_for(writer.drain(), self._frame_timeout)
                was_pending = False
            if not deframer.pending:
                deadline = clock() + self._idle_timeout
            elif not was_pending:  # the whole frame has one deadline, so a slow peer cannot hold a connection for ever
                deadline = clock() + self._frame_timeout

    async def _answer(self, message: bytes) -> bytes | None:
        try:
            if inspect.iscoroutinefunction(self._handler):
                return cast(bytes | None, await self._handler(message))
            return cast(bytes | None, await asyncio.to_thread(self._handler, message))
        except Exception as error:  # a handler that fails must not answer, and its text may quote a patient
            logger.error("MLLP handler failed: %s", type(error).__name__)
            return None
