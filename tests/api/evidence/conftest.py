"""The officer in the field of the sync tests, for sending files too."""

from __future__ import annotations

from tests.api.sync.conftest import in_field

__all__ = ["in_field"]
