"""A sqlite store that was copied or moved still names the folder of the old one as the place of its artifacts."""

import sqlite3
from contextlib import closing
from pathlib import Path


def follow_store(database: Path, experiment_id: str, location: str, place: Path) -> bool:
    """Let an experiment keep its artifacts at `place`, beside the database, if the store came from elsewhere.

    It did if its artifacts' folder has the usual name and is gone, or lies beside another database of the same name:
    then new artifacts would silently go into the other store. A place that a person chose stays. What runs have stored
    is looked for at the new place if it was brought along.

    Returns:
        Whether something was changed.

    Raises:
        sqlite3.Error: The database can't be written.
    """
    old = Path(location.removeprefix("file://"))
    if old in (place, Path()) or "://" in location.removeprefix("file://") or old.name != place.name:
        return False
    if old.exists() and not (old.parent / database.name).exists():
        return False
    with closing(sqlite3.connect(database, timeout=20)) as connection, connection:
        connection.execute(
            "update experiments set artifact_location = ? where experiment_id = ?", (str(place), int(experiment_id))
        )
        if place.is_dir():
            connection.execute(
                "update runs set artifact_uri = ? || substr(artifact_uri, ?) "
                "where experiment_id = ? and substr(artifact_uri, 1, ?) = ?",
                (str(place), len(location) + 1, int(experiment_id), len(location) + 1, f"{location}/"),
            )
    return True
