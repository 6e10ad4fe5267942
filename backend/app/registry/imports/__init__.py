"""Reading registers handed over as files.

file -> `source` (encoding, sheets, rows) -> `header` and `mapping` (which column is what) ->
`kinds` (is each row sound) -> `run` (entries and problems). Pure throughout.
"""
