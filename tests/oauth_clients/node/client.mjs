// openid-client as its users call it. Told on the first line of stdin what to do, and on the second where
// the person's browser was sent back to; says on stdout where to send it, then what came of everything.
import * as client from "openid-client";
import { createRemoteJWKSet, importJWK, jwtVerify } from "jose";
import { createInterface } from "node:readline";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const next = async () => (await lines.next()).value;
const told = JSON.parse(await next());
const say = (said) => console.log(JSON.stringify(said));

const proof = told.key
  ? client.PrivateKeyJwt({ key: await importJWK(told.key, told.key.alg), kid: told.key.kid })
  : told.secret
    ? client.ClientSecretBasic(told.secret)
    : client.None();
const server = await client.discovery(new URL(told.issuer), told.client_id, undefined, proof, {
  algorithm: "oauth2",
  execute: [client.allowInsecureRequests],
});
const DPoP = told.bound
  ? client.getDPoPHandle(server, await client.randomDPoPKeyPair("ES256"))
  : undefined;

async function withCode() {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const expectedState = client.randomState();
  const asked = {
    redirect_uri: told.redirect_uri,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    state: expectedState,
    ...told.asked,
  };
  if (DPoP) asked.dpop_jkt = await DPoP.calculateThumbprint();
  say({ send_to: client.buildAuthorizationUrl(server, asked).href });
  const back = new URL(await next());
  return client.authorizationCodeGrant(server, back, { pkceCodeVerifier, expectedState }, undefined, { DPoP });
}

try {
  const tokens = told.asked
    ? await withCode()
    : told.exchange
      ? await client.genericGrantRequest(server, told.grant_type, told.exchange, { DPoP })
      : await client.clientCredentialsGrant(server, { scope: told.scope }, { DPoP });
  const keys = createRemoteJWKSet(new URL(server.serverMetadata().jwks_uri));
  const { payload } = await jwtVerify(tokens.access_token, keys, { issuer: told.issuer, typ: "at+jwt" });
  const out = { tokens, payload };
  if (!told.public) out.active = (await client.tokenIntrospection(server, tokens.access_token)).active;
  await client.tokenRevocation(server, tokens.access_token);
  if (!told.public) out.after = (await client.tokenIntrospection(server, tokens.access_token)).active;
  say(out);
} catch (error) {
  say({ error: error.error ?? error.cause?.error ?? error.code ?? String(error), message: String(error.message) });
}
process.exit(0);
