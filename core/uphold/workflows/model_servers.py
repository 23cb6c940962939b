"""Opens endpoints with what was learnt about their servers before, and keeps what is learnt now."""

from collections.abc import Callable

from uphold.endpoints.adapting import RetryingEndpoint
from uphold.endpoints.addresses import Address, open_endpoint
from uphold.endpoints.retrying import RetryPolicy
from uphold.records.model_calls import Endpoint, PaceLimits, RequestForm
from uphold.store import model_servers
from uphold.store.database import Store


class ServerMemory:
    """One model's server: the form in which it takes requests, read from the store and kept there.

    `connect` may run in another thread; the other methods use the store's connection.
    """

    def __init__(self, store: Store, address: Address, policy: RetryPolicy, limits: PaceLimits | None = None) -> None:
        self._store, self._address, self._policy, self._limits = store, address, policy, limits
        self._place = (address.kind, address.display_name, address.model)
        learnt = model_servers.learnt_form(store, *self._place)
        self._form = RequestForm() if learnt is None else RequestForm.from_text(learnt)

    def connect(self, capped: Callable[[Endpoint], Endpoint]) -> RetryingEndpoint:
        """Open the endpoint. Its SDK is imported here: that takes most of a second.

        Every request of the opened endpoint goes through what `capped` makes of it, repeated and rewritten ones too.
        """
        endpoint = capped(open_endpoint(self._address))
        return RetryingEndpoint(endpoint, self._policy, form=self._form, limits=self._limits)

    def keep(self, endpoint: RetryingEndpoint) -> None:
        """Write what the endpoint has learnt since the last call, if anything."""
        if endpoint.form == self._form:
            return
        self._form = endpoint.form
        with self._store.writing() as conn:
            model_servers.keep_form(conn, *self._place, self._form.text or "{}")
