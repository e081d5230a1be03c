// Stops and clears what is shown the moment access ends. The broker refuses further bytes anyway;
// this takes away what the browser has already.
(() => {
  "use strict";

  const clear = () => {
    document.querySelectorAll("[data-content]").forEach((content) => {
      content.querySelectorAll("audio, video").forEach((player) => {
        player.pause();
        player.removeAttribute("src");
        player.load();
      });
      content.remove();
    });
  };

  const look = () => {
    const state = document.getElementById("now");
    if (state?.hasAttribute("data-ended")) clear();
    return state;
  };

  document.addEventListener("htmx:after:swap", look);

  document.addEventListener("DOMContentLoaded", () => {
    const state = look();
    if (!state?.dataset.endsIn) return;
    const end = Date.now() + Number(state.dataset.endsIn) * 1000;
    // Counted in short steps, because a sleeping ward PC stops long timers.
    const timer = setInterval(() => {
      if (Date.now() < end) return;
      clearInterval(timer);
      clear();
    }, 500);
  });
})();
