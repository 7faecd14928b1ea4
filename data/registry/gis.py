"""The registry for a GIS: on PostgreSQL with PostGIS a view of points, ``registro_punti``, to be opened in QGIS.

It holds what is public (nothing put aside, no evidence of level D) and only positions that people put on the map:
where only an address or a comune is known there is no point. Elsewhere there is no view, and nothing is lacking.
"""

import logging
from typing import Final

from sqlalchemy import Connection, text

from data.registry.store import Store

VIEW: Final = "registro_punti"
LOG: Final = logging.getLogger(__name__)

COMMON: Final = "id, name, ambito_id, comune_code, address, phone, web, status, confirmed_on"
POINT: Final = "ST_SetSRID(ST_MakePoint(lon, lat), 4326)::geometry(Point, 4326) AS geometry"
PUBLIC: Final = "deleted_at IS NULL AND evidence <> 'D' AND lon IS NOT NULL"
SAID: Final = " UNION ALL ".join(
    f"SELECT '{kind}'::text AS kind, kind AS service_kind, {COMMON}, {POINT} FROM {kind} WHERE {PUBLIC}"
    for kind in ("sportelli", "associazioni")
)


def make_view(store: Store) -> bool:
    """Make the view, where it can be made; run again when PostGIS comes later. Whether it is there now."""
    with store.engine.execution_options(writes=True).begin() as connection:
        return view_made(connection)


def view_made(connection: Connection) -> bool:
    """The same inside a transaction; where it cannot be made the log says why, and all else goes on."""
    if connection.dialect.name != "postgresql":
        return False
    why = _missing(connection)
    if why:
        LOG.info("no view %s for GIS: %s", VIEW, why)
        return False
    connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
    connection.execute(text(f"CREATE OR REPLACE VIEW {VIEW} AS {SAID}"))
    return True


def drop_view(connection: Connection) -> None:
    """Take the view away; the extension stays, others may use it."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"DROP VIEW IF EXISTS {VIEW}"))


def _missing(connection: Connection) -> str:
    """Why PostGIS cannot be had; empty if it can. Asked beforehand: a failure would end the transaction."""
    if connection.scalar(text("SELECT 1 FROM pg_extension WHERE extname = 'postgis'")):
        return ""
    offered = text(
        "SELECT bool_or(superuser), bool_or(trusted) FROM pg_available_extension_versions WHERE name = 'postgis'"
    )
    superuser, trusted = connection.execute(offered).one()
    if superuser is None:
        return "PostGIS is not installed"
    is_super = connection.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
    creates = connection.scalar(text("SELECT has_database_privilege(current_database(), 'CREATE')"))
    if is_super or (creates and (trusted or not superuser)):
        return ""
    return "this account may not create the extension postgis"
