"""Who follows whom."""

from __future__ import annotations

from outpost_server.keeping.store.rows import Rows


class Follows(Rows):
    """Rows of ``follows``."""

    def followers(self, account_id: str) -> list[str]:
        """Return the ids of those who follow an account, the first follower first."""
        query = "SELECT follower_id FROM follows WHERE followed_id = ? ORDER BY number"
        return [row[0] for row in self._database.read(query, account_id)]

    def following(self, account_id: str) -> list[str]:
        """Return the ids of those whom an account follows, the first followed first."""
        query = "SELECT followed_id FROM follows WHERE follower_id = ? ORDER BY number"
        return [row[0] for row in self._database.read(query, account_id)]

    def counts(self, account_id: str) -> tuple[int, int]:
        """Return how many follow an account, and how many it follows."""
        query = (
            "SELECT (SELECT count(*) FROM follows WHERE followed_id = ?1),"
            " (SELECT count(*) FROM follows WHERE follower_id = ?1)"
        )
        followers, following = self._database.read(query, account_id)[0]
        return followers, following

    def is_following(self, follower_id: str, followed_id: str) -> bool:
        query = "SELECT 1 FROM follows WHERE follower_id = ? AND followed_id = ?"
        return bool(self._database.read(query, follower_id, followed_id))

    async def add(self, follower_id: str, followed_id: str) -> None:
        """Follow; nothing changes where that is so already, or where either is gone meanwhile."""
        await self._database.execute(
            "INSERT OR IGNORE INTO follows (follower_id, followed_id)"
            " SELECT a.id, b.id FROM accounts a, accounts b WHERE a.id = ? AND b.id = ?",
            *(follower_id, followed_id),
        )

    async def remove(self, follower_id: str, followed_id: str) -> None:
        statement = "DELETE FROM follows WHERE follower_id = ? AND followed_id = ?"
        await self._database.execute(statement, follower_id, followed_id)
