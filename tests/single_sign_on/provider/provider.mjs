// An OpenID provider with people who do not exist: panva's certified oidc-provider, and a sign-in page for it.
// Reads one JSON object from its standard input, listens on 127.0.0.1, prints "ready".
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import Provider, { interactionPolicy } from "oidc-provider";

const { port, clients, people, mfa, insists } = JSON.parse(readFileSync(0, "utf8"));
const issuer = `http://127.0.0.1:${port}`;

// As a provider that does not insist: it tells how somebody signed in and leaves the judgement to whoever asked.
const policy = interactionPolicy.base();
const login = policy.get("login");
if (!insists) ["essential_acr", "essential_acrs", "max_age"].forEach((check) => login.checks.remove(check));

const provider = new Provider(issuer, {
  clients,
  acrValues: mfa,
  claims: {
    openid: ["sub"],
    email: ["email", "email_verified"],
    profile: ["name"],
    groups: ["groups"],
    acr: null, amr: null, auth_time: null, sid: null, iss: null,
  },
  scopes: ["openid", "email", "profile", "groups"],
  findAccount: (_ctx, sub) => people[sub] && { accountId: sub, claims: () => ({ sub, ...people[sub] }) },
  async loadExistingGrant(ctx) {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope("openid email profile groups");
    grant.addOIDCClaims(["acr", "amr", "auth_time"]);
    await grant.save();
    return grant;
  },
  interactions: { policy, url: (_ctx, { uid }) => `/interaction/${uid}` },
  features: {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    claimsParameter: { enabled: Boolean(insists) },
    rpInitiatedLogout: {
      enabled: true,
      // Asks nothing: a ward PC must not stay signed in because somebody walked off.
      logoutSource: async (ctx, form) => {
        ctx.body = `<!doctype html><title>Sign out</title>${form}
          <form></form><button form="op.logoutForm" name="logout" value="yes">Sign out of the clinic</button>`;
      },
    },
  },
  // By itself it calls nobody on this machine, which is where the tests' broker is.
  fetch: (url, { dispatcher: _unused, ...options }) => fetch(url, options),
  cookies: { keys: ["a key for tests"] },
  pkce: { required: () => true },
  ttl: { Session: 3600, Interaction: 600, Grant: 600, AccessToken: 600, IdToken: 300 },
  renderError: async (ctx, out) => { ctx.body = JSON.stringify(out); },
});

const page = `<!doctype html><html lang="en"><title>The clinic's sign-in</title><form method="post">
  <label>Name <input name="who"></label> <label>How <input name="how" value=""></label>
  <button>Let me in</button></form></html>`;

const interaction = async (request, response) => {
  if (request.method === "GET") {
    await provider.interactionDetails(request, response);
    response.setHeader("content-type", "text/html; charset=utf-8");
    return response.end(page);
  }
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const typed = new URLSearchParams(Buffer.concat(chunks).toString());
  const { who, how, refuse, ago } = Object.fromEntries(typed);
  const result = refuse
    ? { error: refuse, error_description: "<b>said by the provider</b>" }
    : {
      login: {
        accountId: who,
        ...(how ? { acr: how, amr: ["pwd", "otp", "mfa"] } : { amr: ["pwd"] }),
        ...(ago ? { ts: Math.floor(Date.now() / 1000) - Number(ago) } : {}),
      },
    };
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
};

const answer = provider.callback();
const server = createServer((request, response) => {
  const handle = request.url.startsWith("/interaction/") ? interaction : answer;
  Promise.resolve(handle(request, response)).catch((error) => {
    response.statusCode = 500;
    response.end(String(error));
  });
});
server.listen(port, "127.0.0.1", () => console.log("ready"));
