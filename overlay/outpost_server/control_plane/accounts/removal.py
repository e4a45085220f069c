"""Deleting accounts with all that they own."""

from __future__ import annotations

from outpost_server.control_plane.accounts.tokens import log
from outpost_server.control_plane.call import Call
from outpost_server.keeping.store.records import Account
from outpost_server.keeping.store.store import Store
from outpost_server.serving.fleet import Fleet


async def remove_account(call: Call, account: Account) -> None:
    """Delete an account and the teams that only it owns, and return when they are gone.

    Their tokens are refused and their names hidden first, so that nothing new is created meanwhile
    and a crash in between leaves the rest to :func:`finish_removals`.
    """
    context = call.context
    log.info("%s deletes the %s %s", call.user.name, account.type, account.name)
    for account_id in await call.store.accounts.mark_deleting(account.id):
        hidden = call.store.accounts.by_id(account_id)
        if hidden is not None:
            await _remove(context.store, context.fleet, hidden)
    await context.fleet.forget_owners()
    if account.is_server_owner:
        # The next start makes a new user with a new token.
        context.folder.token.unlink(missing_ok=True)


async def finish_removals(store: Store, fleet: Fleet) -> None:
    """Delete what an earlier run of the server had begun to."""
    for account in store.accounts.all():
        if account.is_deleting:
            await _remove(store, fleet, account)


async def _remove(store: Store, fleet: Fleet, account: Account) -> None:
    for endpoint in store.endpoints.of_owner(account.id):
        await fleet.delete(endpoint)
    # One that still answers requests ends later; the next start forgets the account then.
    if not store.endpoints.of_owner(account.id):
        await store.accounts.remove(account.id)
