"""What a plan comes to on today's registers: pool, exclusions, officers, findings. Reads only.

Overlap: an enterprise that fits several strata is in the first of them alone, in the order of
the plan; how many an earlier stratum took is counted and shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.drawkit.encoding import TOKEN  # noqa: F401 - re-exported for the form's hint

from ...accounts import service as accounts
from ...platform import clock
from ...registry import service as registry
from ...visits import service as visits
from .. import rules
from ..models import Draw, DrawRow
