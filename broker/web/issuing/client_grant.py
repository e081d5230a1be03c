"""Software that acts for itself at the broker's own API (``client_credentials``)."""

from __future__ import annotations

from typing import Any

from broker.credentials.clients.register import Client, GrantType
from broker.credentials.tokens.issue import issue_for_software
from broker.web.issuing.key_shown import key_shown
from broker.web.issuing.places import own_api
from broker.web.issuing.token_answer import token_answer
from broker.web.issuing.token_grant import TokenGrant
from broker.web.parts import parts


class ClientGrant(TokenGrant):
    GRANT_TYPE = GrantType.CLIENT.value
    kind = GrantType.CLIENT

    def answer(self, client: Client) -> dict[str, Any]:
        scopes, mint = self.scopes_for(client), parts().mint
        self.only_own_api()
        jkt = key_shown(client)
        mint.keys.current()  # unwrapped before the transaction, not inside it
        with parts().store.write() as tx:
            issued = issue_for_software(
                tx, mint, client_id=client.id, audience=own_api(), scopes=scopes, jkt=jkt
            )
        return token_answer(issued)
