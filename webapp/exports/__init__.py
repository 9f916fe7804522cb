"""The export formats: one file and one line here for each."""

from webapp.exports.base import Format
from webapp.exports.csv_file import write_csv, write_csv_for_excel
from webapp.exports.jsonl_file import write_jsonl
from webapp.later import later

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

FORMATS: dict[str, Format] = {
    "csv": Format("CSV", "text/csv; charset=utf-8; header=present", write_csv),
    "excel.csv": Format("CSV for Excel", "text/csv; charset=utf-8; header=present", write_csv_for_excel),
    "xlsx": Format("XLSX", XLSX, later("webapp.exports.xlsx_file:write_xlsx"), whole=True),
    "jsonl": Format("JSON lines", "application/jsonl; charset=utf-8", write_jsonl),
}
"""By the end of the file's name."""

__all__ = ["FORMATS", "Format"]
