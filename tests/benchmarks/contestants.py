"""The same work done with raw httpx and with the SDK.

Raw httpx does what a careful program would write by hand: one client, the token in its headers, the
status checked, the JSON decoded. The SDK is used as in the README.
"""

import json
from typing import Any, Dict

TOKEN = "op_0123456789abcdef"
NAMES = ("httpx", "outpostkit")


def blocking(name: str, base_url: str) -> "Dict[str, Any]":
    """The calls of a contestant, by what they do, and ``close``."""
    return _raw(base_url) if name == "httpx" else _ours(base_url)


def asynchronous(name: str, base_url: str) -> "Dict[str, Any]":
    """The same in coroutines."""
    return _raw_async(base_url) if name == "httpx" else _ours_async(base_url)


def _raw(base_url: str) -> "Dict[str, Any]":
    import httpx

    client = httpx.Client(headers={"Authorization": f"Bearer {TOKEN}"})

    def get(path: str) -> Any:
        response = client.get(base_url + path)
        response.raise_for_status()
        return json.loads(response.content)

    def post() -> Any:
        response = client.post(
            base_url + "/endpoints/aj-ya/echo/deployments", json={"wakeup": True}
        )
        response.raise_for_status()
        return json.loads(response.content)

    return {
        "get": lambda: get("/user"),
        "post": post,
        "list": lambda: get("/endpoints/aj-ya"),
        "close": client.close,
    }


def _ours(base_url: str) -> "Dict[str, Any]":
    from outpostkit import Client, Endpoint, Endpoints

    client = Client(TOKEN, base_url=base_url)
    endpoint = Endpoint(client, "aj-ya", "echo")
    endpoints = Endpoints(client, entity="aj-ya")
    return {
        "get": lambda: client.user,
        "post": endpoint.deploy,
        "list": endpoints.list,
        "close": client.close,
    }


def _raw_async(base_url: str) -> "Dict[str, Any]":
    import httpx

    client = httpx.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"})

    async def get() -> Any:
        response = await client.get(base_url + "/user")
        response.raise_for_status()
        return json.loads(response.content)

    return {"get": get, "close": client.aclose}


def _ours_async(base_url: str) -> "Dict[str, Any]":
    from outpostkit import AsyncClient

    client = AsyncClient(TOKEN, base_url=base_url)
    return {"get": client.user, "close": client.aclose}
