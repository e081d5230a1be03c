"""The caller that an access token names, whether it is a bearer token or bound to a key."""

from __future__ import annotations

from flask import request

from broker.credentials.clients.scopes import api_audience
from broker.credentials.dpop.at_the_door import prove_holder
from broker.credentials.tokens.access_token import AccessToken
from broker.credentials.tokens.check import live_token
from broker.identity.people import by_id
from broker.verify.dpop import DpopRefused
from broker.web.api.frame.call import Who
from broker.web.frame.problems import Stopped
from broker.web.parts import parts

LONGEST = 8_192
_ALGORITHMS = 'algs="ES256 RS256 Ed25519"'


def by_token() -> Who:
    """Stopped with 401, and never a word about why a token does not do."""
    scheme, text = _shown()
    with parts().store.read() as reader:
        token = live_token(reader, parts().mint, text, audience=api_audience(parts().settings.base_url))
        person = by_id(reader, token.person_id) if token and token.person_id else None
    if token is None:
        raise _refused(scheme)
    _check_holder(token, scheme, text)
    return Who(person, token=token)


def _shown() -> tuple[str, str]:
    scheme, _, text = request.headers["Authorization"].partition(" ")
    text = text.strip()
    if scheme.lower() not in {"bearer", "dpop"} or not text or len(text) > LONGEST or not text.isascii():
        raise _refused("Bearer")
    return scheme, text


def _check_holder(token: AccessToken, scheme: str, text: str) -> None:
    proofs = request.headers.getlist("DPoP")
    address = f"{parts().settings.base_url}{request.path}"
    try:
        prove_holder(
            parts().dpop_door,
            proofs,
            scheme=scheme,
            jkt=token.jkt,
            access_token=text,
            method=request.method,
            url=address,
            now=parts().clock.now(),
        )
    except DpopRefused as refused:
        nonce = {"DPoP-Nonce": refused.nonce} if refused.nonce else {}
        challenge = f'DPoP error="{refused.code}", {_ALGORITHMS}'
        raise Stopped("token-refused", headers={"WWW-Authenticate": challenge, **nonce}) from None


def _refused(scheme: str) -> Stopped:
    named = "DPoP" if scheme.lower() == "dpop" else "Bearer"
    more = f", {_ALGORITHMS}" if named == "DPoP" else ""
    return Stopped("token-refused", headers={"WWW-Authenticate": f'{named} error="invalid_token"{more}'})
