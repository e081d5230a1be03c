// A file of the history: says how far a large one is. Without this file the browser simply downloads it.
(() => {
  "use strict";

  // A smaller one is there before anybody could read how far it is.
  const SLOW = 2000;

  const form = document.querySelector("[data-file]");
  const place = document.querySelector("[data-file-progress]");
  if (!form || !place || !window.fetch || !window.ReadableStream) return;

  const bar = place.querySelector("progress");
  const says = place.querySelector("[data-file-says]");
  const stop = place.querySelector("[data-file-stop]");
  const buttons = form.querySelectorAll("button");
  let leaving = null;

  const show = (sentence, share) => {
    place.hidden = false;
    says.textContent = sentence;
    if (share === null) bar.removeAttribute("value"); else bar.value = share;
  };

  const save = (parts, type, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(parts, { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };

  // FHIR has several lines for each grant, so nobody knows how many there will be.
  const share = (lines, total, format) => (format === "fhir" ? null : Math.min(1, lines / total));

  const read = async (answer, format) => {
    const total = Number(answer.headers.get("X-Total-Count")), parts = [], reader = answer.body.getReader();
    let lines = 0, told = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return parts;
      parts.push(value);
      for (const byte of value) if (byte === 10) lines += 1;
      if (total > SLOW && Date.now() - told > 1000) {
        told = Date.now();
        const so = format === "fhir" ? `${lines.toLocaleString("en")} events` : `${Math.min(lines, total).toLocaleString("en")} of ${total.toLocaleString("en")} grants`;
        show(`${so} written.`, share(lines, total, format));
      }
    }
  };

  const take = async (fields) => {
    leaving = new AbortController();
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(fields), signal: leaving.signal });
    const named = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") || "");
    // Signed out meanwhile, or refused: the page that says so is the answer.
    if (!answer.ok || !named) { form.submit(); return; }
    const parts = await read(answer, fields.get("format"));
    save(parts, answer.headers.get("Content-Type"), named[1]);
    show("The file is complete.", 1);
  };

  const free = (is) => buttons.forEach((button) => button.toggleAttribute("disabled", !is));

  form.addEventListener("submit", (event) => {
    const fields = new FormData(form, event.submitter);
    event.preventDefault();
    event.stopPropagation();
    free(false);
    take(fields)
      .catch((error) => show(error.name === "AbortError" ? "Stopped. Nothing was saved." : "The file broke off, and nothing was saved. Try again.", 0))
      .finally(() => { free(true); leaving = null; });
  });

  stop.addEventListener("click", () => leaving?.abort());
})();
