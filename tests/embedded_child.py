# SPDX-License-Identifier: Apache-2.0 OR MIT
# This file alone may also be used under MIT, since it runs inside the process of the GPL-2.0 database.
"""The process of the embedded database of tests: the gateway's own, which empties a collection at once.

To empty it a document at a time took two fifths of what the database did in a minute of a run, looked at by a sampling
profiler. Here the ranges of a collection are cut off where nothing of it is to stay. Nobody is told of each document: a
stream of changes does not have these deletions.

A script that is run by its path, never a module to import.
"""

import runpy
import sys
from pathlib import Path
from typing import Any

CHILD = runpy.run_path(str(Path(__file__).resolve().parents[1] / "gateway" / "embedded_child.py"))


def main() -> int:
    """As the gateway's own."""
    sys.modules.update({name: CHILD["Shapes"](name) for name in CHILD["SHAPES"]})
    from secantus.storage import Storage, _retry_write_conflicts

    delete_slowly, empty = Storage._delete_matching_chunked, _retry_write_conflicts(_empty)

    def delete(storage: Any, db: str, coll: str, filter: dict[str, Any], **settings: Any) -> int:
        if filter:
            return int(delete_slowly(storage, db, coll, filter, **settings))
        return int(empty(storage, db, coll))

    Storage._delete_matching_chunked = delete
    return int(CHILD["main"]())


def _empty(storage: Any, db: str, coll: str) -> int:
    """Take everything out of a collection and its indexes; how many documents that was."""
    from secantus import storage as tables

    # What an earlier command of this thread saw must not hide what others wrote since.
    storage._refresh_read_snapshot()
    documents = tables._doc_table_for(db, coll)
    with storage._coll_lock(db, coll), storage._batch_transaction(sync=False) as session:
        count = sum(1 for _ in storage._scan_docs(db, coll))
        for table in (documents, tables._NAT_SEQ_TABLE, tables._IDX_ENTRIES_TABLE, tables._UNIQ_TABLE):
            if storage._cursor_optional(table) is None:  # nothing was ever written to it
                continue
            start, stop = session.open_cursor(table), session.open_cursor(table)
            rest = storage._smallest_for_kf(storage._table_kf(table))[2:]
            start.set_key(db, coll, *rest)
            stop.set_key(db, coll + "\1", *rest)
            session.truncate(None, start, stop, None)
            start.close()
            stop.close()
    return count


if __name__ == "__main__":
    sys.exit(main())
