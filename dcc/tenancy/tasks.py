"""The second door: two classes of tasks, both carrying founding regions, never a person."""

from typing import Any

from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

from dcc.tenancy.scope import RegionScope, no_transaction_scope, opened


def after_commit(task: Task, **kwargs: Any) -> None:
    """Wake `task` once the current transaction is committed; a broker that is down loses nothing (beat sweeps)."""

    def wake() -> None:
        try:
            task.apply_async(kwargs=kwargs, retry=False)
        except (OperationalError, OSError):  # the row is there: beat will find it
            return

    transaction.on_commit(wake, robust=True)


class ScopedTask(Task):
    """A task whose whole body is one transaction in the scope of `regions`."""

    abstract = True
    typing = False  # `regions` is the door's argument, not the body's

    def __call__(self, *args: Any, regions: list[int], **kwargs: Any) -> Any:
        with opened(RegionScope(regions=tuple(regions))):
            return super().__call__(*args, **kwargs)


class NetworkTask(Task):
    """A task that talks to a peer: it opens short transactions itself (claim, settle) and none while it waits."""

    abstract = True
    typing = False  # `regions` is the door's argument, not the body's

    def __call__(self, *args: Any, regions: list[int], **kwargs: Any) -> Any:
        with no_transaction_scope(RegionScope(regions=tuple(regions))):
            return super().__call__(*args, **kwargs)
