"""Dagster's event log in files, with its connections kept open: an event takes half the time.

Lives here: how the log's databases are connected to.
Must not live here: what stands in the log, or its tables; both are Dagster's own.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData

_KEPT_OPEN = 4
"""The index and the runs of the moment. Dagster's page looks at many runs, one after the other."""


def event_log_in(dagster_home: Path) -> Mapping[str, Any]:
    """What to set over `dagster.yaml` for this log; its files stand where Dagster puts them without it."""
    return {
        "event_log_storage": {
            "module": EventLog.__module__,
            "class": EventLog.__name__,
            "config": {"base_dir": str(dagster_home / "history" / "runs")},
        }
    }


class EventLog(SqliteEventLogStorage):
    """As its base, which connects anew, and compiles every statement anew, for each single event."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: OrderedDict[str, sqlalchemy.Engine] = OrderedDict()
        self._lock = threading.RLock()
        self._known_tables: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> EventLog:
        return cls(inst_data=inst_data, **config_value)

    def run_connection(self, run_id: str | None = None) -> AbstractContextManager[sqlalchemy.Connection]:
        assert run_id is not None
        return self._kept_open(run_id)

    def index_connection(self) -> AbstractContextManager[sqlalchemy.Connection]:
        return self._kept_open(INDEX_SHARD_NAME)

    def has_table(self, table_name: str) -> bool:
        if table_name not in self._known_tables and super().has_table(table_name):
            self._known_tables.add(table_name)
        return table_name in self._known_tables

    def dispose(self) -> None:
        with self._lock:
            while self._engines:
                self._engines.popitem()[1].dispose()
        super().dispose()

    @contextmanager
    def _kept_open(self, shard: str) -> Iterator[sqlalchemy.Connection]:
        with self._lock, self._engine(shard).connect() as connection, connection.begin():
            yield connection

    def _engine(self, shard: str) -> sqlalchemy.Engine:
        if shard not in self._engines:
            with super().run_connection(shard):
                pass  # makes the database where there is none
            while len(self._engines) >= _KEPT_OPEN:
                self._engines.popitem(last=False)[1].dispose()
            engine = sqlalchemy.create_engine(
                self.conn_string_for_shard(shard), connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS}
            )
            sqlalchemy.event.listen(engine, "connect", _wait_for_disk_less)
            self._engines[shard] = engine
        self._engines.move_to_end(shard)
        return self._engines[shard]


def _wait_for_disk_less(connection: Any, record: object) -> None:
    """A loss of power may cost a run's last events, never a figure; a run takes half a second less."""
    connection.execute("PRAGMA synchronous = NORMAL")
