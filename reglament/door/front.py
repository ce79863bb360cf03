"""One port for all services: requests go by the path's beginning, unchanged, to the service that answers there."""

from collections.abc import Mapping

from starlette.types import ASGIApp, Receive, Scope, Send


class Front:
    """An ASGI app in front of others."""

    def __init__(self, apps: Mapping[str, ASGIApp], otherwise: ASGIApp) -> None:
        self.apps, self.otherwise = apps, otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope.get("path", ""))
        app = next((app for prefix, app in self.apps.items() if path.startswith(f"{prefix}/")), self.otherwise)
        await app(scope, receive, send)
