"""A grant that a verb has just issued is made usable while its person waits."""

from __future__ import annotations

import structlog

from broker.access.activate import activate
from broker.access.grant import Grant, GrantState
from broker.errors import BrokerError
from broker.web.parts import parts

log = structlog.get_logger("broker.web")


def bring_to_life(grant: Grant | None) -> None:
    """Activate it. What fails here is the sweep's to go on with; the grant's page shows how far it is."""
    if grant is None or grant.state is not GrantState.ISSUED:
        return
    try:
        activate(parts().equipment, grant.id)
    except BrokerError as error:
        log.warning("left_to_the_sweep", grant=grant.id, said=str(error))
