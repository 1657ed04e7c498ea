"""What a database's own catalogue says of its tables, as lines that two databases can share."""

from sqlalchemy import Connection, inspect, text

OWN = "alembic_version"  # the migrations' own table, unknown to the models

POSTGRES = {
    "column": """
        SELECT table_name || '.' || column_name || ' ' || data_type
            || coalesce('(' || character_maximum_length || ')', '')
            || CASE WHEN data_type = 'numeric'
                THEN '(' || numeric_precision || ',' || numeric_scale || ')' ELSE '' END
            || CASE is_nullable WHEN 'YES' THEN '' ELSE ' NOT NULL' END
            || coalesce(' DEFAULT ' || column_default, '')
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraint": """
        SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "index": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "trigger": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "function": """
        SELECT pg_get_functiondef(oid) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace""",
}


def schema_of(connection: Connection) -> set[str]:
    """Return one line a column, key, check, index and guard; the order of columns is left out."""
    lines = _sqlite(connection) if connection.dialect.name == "sqlite" else _postgres(connection)
    return {line for line in lines if OWN not in line}


def made_as(connection: Connection) -> set[str]:
    """Return the schema in its own words: quick, and enough to hold a database against itself."""
    if connection.dialect.name != "sqlite":
        return schema_of(connection)
    made = connection.scalars(text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"))
    return {sql for sql in made if OWN not in sql}


def _postgres(connection: Connection) -> set[str]:
    return {
        f"{kind}: {line}"
        for kind, query in POSTGRES.items()
        for line in connection.scalars(text(query))
    }


def _sqlite(connection: Connection) -> set[str]:
    lines: set[str] = set()
    inspector = inspect(connection)
    for table in inspector.get_table_names():
        lines.add(f"table: {table}")
        for column in connection.execute(text(f"PRAGMA table_xinfo({table})")):
            _, name, kind, required, default, place, _ = column
            lines.add(f"column: {table}.{name} {kind} {required} {default} key {bool(place)}")
        primary = inspector.get_pk_constraint(table)
        lines.add(f"key: {table} {primary['name']} {primary['constrained_columns']}")
        for unique in inspector.get_unique_constraints(table):
            lines.add(f"unique: {table} {unique['name']} {unique['column_names']}")
        for key in inspector.get_foreign_keys(table):
            there = f"{key['referred_table']} {key['referred_columns']} {key['options']}"
            lines.add(f"foreign key: {table} {key['name']} {key['constrained_columns']} {there}")
        for check in inspector.get_check_constraints(table):
            lines.add(f"check: {table} {check['name']} {check['sqltext']}")
    made = text("SELECT type, sql FROM sqlite_master WHERE type <> 'table' AND sql IS NOT NULL")
    return lines | {f"{kind}: {sql}" for kind, sql in connection.execute(made)}
