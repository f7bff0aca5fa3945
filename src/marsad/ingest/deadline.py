"""A limit on the time of one piece of Python work, in whichever thread it runs.

Signals reach only the main thread, and the engines run stages in others; so a timer has the
interpreter raise in the thread that works. Python code ends at its next step; C code ends itself.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


class OverdueError(BaseException):
    """Work took longer than it may. Not an Exception, so that no library swallows it."""


def within(seconds: float, work: Callable[[], Result]) -> Result:
    """What `work` gives. Raises OverdueError where it takes longer."""
    lock = threading.Lock()
    thread = ctypes.c_ulong(threading.get_ident())
    state = {"done": False}

    def stop() -> None:
        with lock:
            if not state["done"]:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(OverdueError))
                state["done"] = True

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        return work()
    finally:
        timer.cancel()
        with lock:
            if state["done"]:  # raised already, or about to be: not to be left for later work
                ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, None)
            state["done"] = True
