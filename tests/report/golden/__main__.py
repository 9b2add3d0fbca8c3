"""Write every golden file, and the JSON Schema of the document."""

from aicensus.report.json import SCHEMA_FILE, schema
from tests.report.golden import FOLDER, GOLDEN, made

for name in GOLDEN:
    (FOLDER / name).write_bytes(made(name))
SCHEMA_FILE.write_bytes(schema())
