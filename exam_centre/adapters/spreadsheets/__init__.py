"""Spreadsheets: CSV and XLSX in, as people see them and within limits; out, with nothing live."""

from exam_centre.adapters.spreadsheets.cells import (
    Cell,
    DamagedFile,
    FileRefused,
    FileTooLarge,
    Kind,
    Limits,
    Row,
    Sheet,
    WrongFileType,
)
from exam_centre.adapters.spreadsheets.tables import (
    MissingColumns,
    NoHeader,
    Record,
    RepeatedColumn,
    Table,
    Wanted,
    column_letters,
    read,
    read_table,
)
from exam_centre.adapters.spreadsheets.writing import OutSheet, Value, write_csv, write_xlsx

__all__ = [
    "Cell",
    "DamagedFile",
    "FileRefused",
    "FileTooLarge",
    "Kind",
    "Limits",
    "MissingColumns",
    "NoHeader",
    "OutSheet",
    "Record",
    "RepeatedColumn",
    "Row",
    "Sheet",
    "Table",
    "Value",
    "Wanted",
    "WrongFileType",
    "column_letters",
    "read",
    "read_table",
    "write_csv",
    "write_xlsx",
]
