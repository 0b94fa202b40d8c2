"""Kernels for nbval, each started while the notebook before it still runs."""

from __future__ import annotations

import time
from contextlib import suppress
from queue import Empty
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager
from nbval import kernel as nbval


class EarlyKernels:
    """Replaces nbval's `start_new_kernel`, which starts a kernel and waits until it answers.

    Half of a second goes by until then, at each notebook, and a second processor has nothing to do.
    """

    def __init__(self) -> None:
        self.notebooks = 0
        """How many are still to be given a kernel. No more are started than that."""
        self._early: tuple[dict[str, Any], KernelManager] | None = None

    def __call__(
        self, startup_timeout: float = 60, **how: Any
    ) -> tuple[KernelManager, BlockingKernelClient]:
        """A kernel that answers, and its client. Raises RuntimeError when there is none in time."""
        manager = self._take(how) or _start(how)
        self.notebooks -= 1
        if self.notebooks > 0:
            self._early = (how, _start(how))
        try:
            return manager, _answering(manager, startup_timeout)
        except RuntimeError:
            # It was given free ports before it opened them. Where many kernels start at the same
            # time, now and then another one is faster.
            manager = _start(how)
            return manager, _answering(manager, startup_timeout)

    def end(self) -> None:
        """Stop the one that no notebook has taken."""
        if self._early:
            self._take(None)

    def _take(self, how: dict[str, Any] | None) -> KernelManager | None:
        """The one that was started early, if it was started like this; another one is stopped."""
        if not self._early:
            return None
        (started, manager), self._early = self._early, None
        if how is not None and _place(started) == _place(how) and manager.is_alive():
            return manager
        manager.shutdown_kernel(now=True)
        return None


def _place(how: dict[str, Any]) -> tuple[Any, Any]:
    return how.get("kernel_name"), how.get("cwd")


def _start(how: dict[str, Any]) -> KernelManager:
    options = dict(how)
    manager = KernelManager(
        kernel_name=options.pop("kernel_name"), kernel_spec_manager=nbval.NbvalKernelspecManager()
    )
    manager.start_kernel(**options)
    return manager


def _answering(manager: KernelManager, timeout: float) -> BlockingKernelClient:
    """Its client, once it answers: `wait_for_ready`, which also listens to 0.2 s of silence."""
    client = manager.client()
    client.start_channels()
    client.kernel_info()
    until = time.monotonic() + timeout
    while manager.is_alive() and time.monotonic() < until:
        with suppress(Empty):
            client.get_shell_msg(timeout=1)
            return client
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    raise RuntimeError("The kernel does not answer.")
