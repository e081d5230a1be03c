// Passkeys. A form that takes a code takes a passkey as well: the form itself is sent once to learn what the
// passkey has to confirm, then sent for good with the answer. Without this file the code does everything.
(() => {
  "use strict";
  if (!window.PublicKeyCredential || !window.isSecureContext) return;

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list ?? []).map((each) => ({ ...each, id: bytes(each.id) }));

  const told = (credential, response) => JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });

  const ask = async (options) => {
    const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials) };
    const credential = await navigator.credentials.get({ publicKey });
    const said = credential.response;
    return told(credential, {
      clientDataJSON: text(said.clientDataJSON),
      authenticatorData: text(said.authenticatorData),
      signature: text(said.signature),
      userHandle: said.userHandle ? text(said.userHandle) : undefined,
    });
  };

  const make = async (options) => {
    const publicKey = {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: known(options.excludeCredentials),
    };
    const credential = await navigator.credentials.create({ publicKey });
    const said = credential.response;
    return told(credential, {
      clientDataJSON: text(said.clientDataJSON),
      attestationObject: text(said.attestationObject),
      transports: said.getTransports?.() ?? [],
    });
  };

  // What a person is told when the browser or the passkey said no.
  const why = (error) => ({
    NotAllowedError: "Nothing was confirmed. Try again, or use another way.",
    InvalidStateError: "This device is set up already.",
    TypeError: "The broker did not answer. Try again, or use another way.",
  })[error.name] ?? "That did not work on this device. Use another way.";

  const say = (form, sentence) => {
    const place = form.querySelector("[data-passkey-says]");
    if (place) place.textContent = sentence;
  };

  const send = (form, submitter) => {
    const fields = new URLSearchParams(new FormData(form));
    if (submitter?.name) fields.set(submitter.name, submitter.value);
    return fetch(form.getAttribute("action"), { method: "POST", body: fields, headers: { Accept: "application/json" } });
  };

  // A form that is not ready comes back as the page it would have been: put that page's words here.
  const show = async (answer) => {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const main = page.querySelector("main");
    if (!main) { location.reload(); return; }
    document.querySelector("main").replaceWith(main);
    document.title = page.title;
    window.htmx?.process(main);
    reveal();
    document.querySelector("[data-focus]")?.focus();
  };

  // The region around the form may have refreshed itself while the person looked for the passkey.
  const standing = (form) => (form.isConnected ? form : document.querySelector(`form[action="${CSS.escape(form.getAttribute("action"))}"]`));

  const go = (form, submitter) => {
    const now = standing(form);
    if (!now) { location.reload(); return; }
    if (now !== form) now.elements.passkey.value = form.elements.passkey.value;
    now.requestSubmit(now === form ? submitter : undefined);
  };

  const busy = new WeakSet();

  const run = async (form, submitter) => {
    if (busy.has(form)) return;
    busy.add(form);
    const passkey = form.elements.passkey;
    const makes = submitter?.hasAttribute("data-makes");
    try {
      // A code that was typed is the right to make another one; anything else is confirmed by a passkey alone.
      if (!makes || !form.elements.code?.value.trim()) passkey.value = "begin";
      say(form, "Waiting for your passkey.");
      for (let step = 0; step < 3; step += 1) {
        const answer = await send(form, submitter);
        if (answer.redirected) { location.assign(answer.url); return; }
        if (!answer.headers.get("Content-Type")?.startsWith("application/json")) { await show(answer); return; }
        const asked = await answer.json();
        if (asked.create) {
          form.elements.made.value = await make(asked.create);
          form.setAttribute("action", asked.to);
          go(form, submitter);
          return;
        }
        passkey.value = await ask(asked.get);
        if (!makes) { go(form, submitter); return; }
      }
    } catch (error) {
      passkey.value = "";
      say(form, why(error));
    } finally {
      busy.delete(form);
    }
  };

  const reveal = () => {
    document.querySelectorAll("[data-passkey][hidden], [data-makes][hidden], [data-with-passkey][hidden]").forEach((part) => { part.hidden = false; });
    document.querySelectorAll("[data-without-passkey]").forEach((part) => { part.hidden = true; });
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-passkey]");
    if (!button) return;
    const submits = button.form.querySelectorAll("button:not([type=button])");
    if (button.dataset.passkey === "choose") {
      say(button.form, button.dataset.then);
      submits[0].focus();
      return;
    }
    run(button.form, submits[0] ?? null);
  });

  // Pressed with no code typed: the passkey is asked. Comes before the guard against sending twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const passkey = form.elements.passkey;
    if (!passkey) return;
    const makes = event.submitter?.hasAttribute("data-makes") && !form.elements.made.value;
    const unsaid = form.querySelector("[data-passkey]") && !passkey.value && !form.elements.code?.value.trim();
    if (!makes && !unsaid) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    run(form, event.submitter);
  }, true);

  document.addEventListener("htmx:after:swap", reveal);
  document.addEventListener("DOMContentLoaded", reveal);
})();
