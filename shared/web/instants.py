"""Legal instants as callers state them: with an offset, and within the years that terms can be reckoned for."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

Instant = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2099, 1, 1, tzinfo=UTC))]
