// Everything works without this file. It adds: times in the reader's zone, a countdown, focus on what went wrong,
// a copy button, a print button, and a guard against sending one form twice.
(() => {
  "use strict";

  const announce = (sentence) => {
    const place = document.getElementById("announcer");
    if (place) place.textContent = sentence;
  };

  // Times

  const clock = { hour: "2-digit", minute: "2-digit", hour12: false, timeZoneName: "short" };
  const moment = { day: "numeric", month: "short", year: "numeric", ...clock };

  const localise = (time) => {
    const shape = time.dataset.local === "clock" ? clock : moment;
    time.textContent = new Intl.DateTimeFormat("en-GB", shape).format(new Date(time.dateTime));
    delete time.dataset.local;
  };

  // Countdowns run from the seconds the server said were left, so a wrong clock on the ward PC does not matter.

  const firstSeen = new WeakMap();

  const words = (seconds) => {
    if (seconds >= 60) {
      const minutes = Math.floor(seconds / 60);
      return `${minutes} ${minutes === 1 ? "minute" : "minutes"} left`;
    }
    return `${seconds} ${seconds === 1 ? "second" : "seconds"} left`;
  };

  const tick = (span) => {
    if (!firstSeen.has(span)) firstSeen.set(span, { at: Date.now(), before: Infinity });
    const seen = firstSeen.get(span);
    const total = Number(span.dataset.secondsLeft);
    const left = Math.max(0, Math.ceil(total - (Date.now() - seen.at) / 1000));
    const text = left === 0 ? "ended" : words(left);
    if (span.textContent !== text) span.textContent = text;
    if (seen.before !== Infinity) {
      for (const minute of [5, 1]) {
        if (left <= minute * 60 && seen.before > minute * 60) announce(`${span.dataset.about}: ${words(minute * 60)}.`);
      }
      if (left === 0 && seen.before > 0) announce(span.dataset.ended);
    }
    seen.before = left;
  };

  // Copy

  const copy = async (button) => {
    const source = button.parentElement.querySelector("[data-copy-source]");
    try {
      await navigator.clipboard.writeText(source.innerText.trim());
      announce("Copied.");
      button.textContent = "Copied";
    } catch {
      window.getSelection().selectAllChildren(source);
      announce("Selected. Copy it with your keyboard.");
    }
  };

  // Regions that refresh themselves: silent while nobody looks, read out when there is news

  document.addEventListener("htmx:before:request", (event) => {
    if (document.hidden && event.target.closest?.("[data-poll]")) event.preventDefault();
  });

  document.addEventListener("htmx:after:swap", () => {
    document.querySelectorAll("[data-announce]").forEach((region) => {
      announce(region.dataset.announce);
      delete region.dataset.announce;
    });
    // The banner of access that has ended goes; the page stays.
    document.querySelectorAll("[data-over]").forEach((region) => {
      document.querySelectorAll(`.live:has(a[href="${region.dataset.over}"])`).forEach((banner) => banner.remove());
    });
    refresh();
  });

  const refresh = () => {
    document.querySelectorAll("time[data-local]").forEach(localise);
    document.querySelectorAll("[data-seconds-left]").forEach(tick);
    document.querySelectorAll("[data-copy][hidden], [data-print][hidden]").forEach((button) => { button.hidden = false; });
  };

  const sent = new WeakSet();

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy], [data-print]");
    if (!button) return;
    if (button.hasAttribute("data-print")) window.print(); else copy(button);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (sent.has(form)) { event.preventDefault(); return; }
    sent.add(form);
    event.submitter?.setAttribute("aria-disabled", "true");
    // A download or a lost connection leaves the page standing: let it be sent again then.
    setTimeout(() => { sent.delete(form); event.submitter?.removeAttribute("aria-disabled"); }, 8000);
  });

  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });

  document.addEventListener("DOMContentLoaded", () => {
    refresh();
    document.querySelector("[data-focus]")?.focus();
    setInterval(refresh, 1000);
  });
})();
