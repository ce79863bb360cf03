"""/metrics: what Prometheus reads. For anyone, since it holds counts alone; only the process's own address has it, so the
front door hands out none but its own."""

import asyncio

from fastapi import APIRouter, Depends, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.telemetry.metrics import REGISTRY
from shared.web.access import anyone

router = APIRouter(tags=["service"], dependencies=[Depends(anyone)])


@router.get("/metrics", summary="Counts and durations for Prometheus")
async def metrics() -> Response:
    text = await asyncio.to_thread(generate_latest, REGISTRY)  # thousands of series take milliseconds
    return Response(text, media_type=CONTENT_TYPE_LATEST)
