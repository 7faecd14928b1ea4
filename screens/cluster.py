"""Minutes computed by the workers of a ``dask.distributed`` cluster: the only place that knows dask.

The cluster is whoever's: a scheduler and workers, each started in this project's folder with its ``.venv``, on any
machines that reach each other. They need no common disk, and the same version of the project:

    .venv/bin/python -m dask scheduler
    .venv/bin/python -m dask worker tcp://HOST:8786 --nthreads 1

The parts of ``geo.parts`` are sent as bytes, only a few ahead of the workers, so that this process holds little. A
worker that dies is made up for by the others, at the cost of the parts that it had.
"""

import asyncio
import logging
import pickle
import re
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from functools import partial
from typing import Final
from uuid import uuid4

import dask
import geopandas as gpd
import pandas as pd
from distributed import Client, Future, KilledWorker, wait
from distributed.core import rpc

from errors import ClusterFailed, NetworkError
from geo import parts
from geo.network import Network
from geo.parts import Answer, Parts, Piece
from geo.street_time import PEAK, timed
from geo.travel_time import Networks

Nearest = Callable[..., pd.DataFrame]
Progress = Callable[[int, int], None]

PATIENCE_S: Final = 10.0
"""How long a scheduler may take to answer, and the first worker to be there."""

ALONE_S: Final = 60.0
"""How long there may be no worker at all while parts wait."""

AHEAD: Final = 2
"""Parts sent for each thread of a worker: one is answered while the next is on its way."""

ADDRESS: Final = re.compile(r"(?:(?:tcp|tls)://)?(?:[\w.-]+|\[[0-9a-fA-F:]+\]):\d{1,5}")


@contextmanager
def connected(
    address: str, progress: Progress = lambda _done, _of: None, *, at_once: int = parts.AT_ONCE
) -> Iterator[Nearest]:
    """A cluster's way to do ``travel_time.nearest``, with the same answers.

    Parameters
    ----------
    address
        Of the scheduler, such as ``tcp://127.0.0.1:8786``.
    progress
        Told after each part how many points are answered, of how many.
    at_once
        Points of a part.

    Raises
    ------
    ClusterFailed
        No scheduler answers there, or it has no workers; while it is asked, it is gone, or all workers are, or they
        cannot load the project, have other figures of the traffic, or die of a part again and again.
    """
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    _check(address)
    with (
        dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"}),
        Client(address, timeout=PATIENCE_S) as client,  # type: ignore[no-untyped-call]
    ):
        yield partial(_nearest, client, address, progress, at_once)


def _check(address: str) -> None:
    """Raise ``ClusterFailed`` unless a scheduler with a worker answers: ``Client`` would wait for ever for others."""
    if not ADDRESS.fullmatch(address):
        raise ClusterFailed(address=address, reason="non è un indirizzo come tcp://127.0.0.1:8786")
    try:
        told = asyncio.run(_identity(address))
    except (OSError, TypeError, ValueError) as fault:
        raise ClusterFailed(address=address, reason="non risponde") from fault
    if told != "Scheduler":
        raise ClusterFailed(address=address, reason="non è uno scheduler")


async def _identity(address: str) -> str:
    """What answers at an address."""
    async with rpc(address) as there:  # type: ignore[no-untyped-call]
        told = await asyncio.wait_for(there.identity(), PATIENCE_S)
    return str(told["type"])


def _nearest(
    client: Client,
    address: str,
    progress: Progress,
    at_once: int,
    networks: Networks,
    desks: gpd.GeoSeries,
    points: gpd.GeoSeries,
    *,
    mode: str,
    period: str = PEAK,
) -> pd.DataFrame:
    """``travel_time.nearest`` on a cluster."""
    asked = Parts(networks, desks, points, mode=mode, period=period, at_once=at_once)
    try:
        client.wait_for_workers(1, timeout=PATIENCE_S)
        _ask(client, asked, networks.estimated, lambda: progress(asked.done, len(points)))
    except (KilledWorker, MemoryError) as fault:
        raise ClusterFailed(
            address=address, reason="perde i worker su una stessa parte: manca memoria?"
        ) from fault
    except ImportError as fault:
        raise ClusterFailed(
            address=address, reason="ha worker avviati fuori dalla cartella del progetto"
        ) from fault
    except NetworkError as fault:
        raise ClusterFailed(address=address, reason="ha worker con altri parametri del traffico") from fault
    except TimeoutError as fault:
        raise ClusterFailed(address=address, reason="non ha nessun worker") from fault
    except (OSError, CancelledError, asyncio.CancelledError) as fault:
        raise ClusterFailed(address=address, reason="non risponde più") from fault
    return asked.table()


def _ask(client: Client, asked: Parts, estimated: Network, told: Callable[[], None]) -> None:
    """Send parts, a few ahead of the workers, and keep what they answer, until every point is answered.

    The estimated network is sent once, as a task: whoever loses it makes it again.
    """
    call = uuid4().hex
    network = client.submit(pickle.loads, pickle.dumps(estimated), key=f"network-{call}", pure=False)
    flying: dict[Future[Answer], Piece] = {}
    sent = 0
    while True:
        while len(flying) < AHEAD * max(1, _threads(client)) and (piece := asked.take()):
            part = pickle.dumps(asked.part(piece))
            flying[client.submit(answer, part, network, key=f"part-{call}-{sent}", pure=False)] = piece
            sent += 1
        if not flying:
            return
        for done in _first(client, list(flying)):
            asked.give(flying.pop(done), done.result())
            told()


def _first(client: Client, flying: list[Future[Answer]]) -> list[Future[Answer]]:
    """The parts that are answered, once one is; ``TimeoutError`` after a while without any worker."""
    while True:
        try:
            found = wait(flying, timeout=ALONE_S, return_when="FIRST_COMPLETED")  # type: ignore[no-untyped-call]
            return list(found.done)
        except TimeoutError:
            if not _threads(client):
                raise


def answer(part: bytes, estimated: Network) -> Answer:
    """What a worker does; the minutes of its streets are not kept, since no other part has the same ones."""
    try:
        return parts.answer(pickle.loads(part), estimated)
    finally:
        timed.cache_clear()


def _threads(client: Client) -> int:
    """How many parts the cluster can answer at the same time."""
    return sum(client.nthreads().values())  # type: ignore[no-untyped-call]
