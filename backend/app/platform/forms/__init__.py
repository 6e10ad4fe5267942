"""Forms of the office: loaded by schemas, taken once, and never lost when a session ends.

Every form of the office carries a signed mark (``identity``) that names the form and its author.
``loading`` reads what was typed, ``sent`` sees to it that a form sent again makes nothing twice,
``kept`` keeps a form whose author has to sign in or to prove again who they are.
"""

from .identity import Author, author, fields, form_token, texts
from .loading import Show, load, load_value, submit, typed, uploaded
from .sent import Submission, made_before, note_made, submission

__all__ = [
    "Author",
    "Show",
    "Submission",
    "author",
    "fields",
    "form_token",
    "load",
    "load_value",
    "made_before",
    "note_made",
    "submission",
    "submit",
    "texts",
    "typed",
    "uploaded",
]
