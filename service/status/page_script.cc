#include "status/page_text.h"

namespace modelgates::gateway {

// Fetches the page and replaces its parts that have changed. Everything else stays: what is open,
// where the focus is, how far one has scrolled. Another build has other parts, so it is loaded.
constexpr std::string_view kStatusScript = R"js(
const pause = document.getElementById("pause");
const state = document.getElementById("state");
let paused = false;

async function update() {
  const options = { cache: "no-store", signal: AbortSignal.timeout(4000) };
  const answer = await fetch(location.href, options);
  if (!answer.ok) throw new Error("HTTP status " + answer.status);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (page.documentElement.dataset.build !== document.documentElement.dataset.build) {
    location.reload();
  }
  for (const part of page.querySelectorAll("[data-live]")) {
    const shown = document.getElementById(part.id);
    if (shown && shown.innerHTML !== part.innerHTML) shown.replaceChildren(...part.childNodes);
  }
}

async function look() {
  if (!paused && !document.hidden) {
    try {
      await update();
      say("");
    } catch (error) {
      say("The gateway does not answer: " + error.message);
    }
  }
  setTimeout(look, 5000);
}

function say(text) {
  if (state.textContent !== text) state.textContent = text;
}

pause.hidden = false;
pause.addEventListener("click", () => {
  paused = !paused;
  pause.textContent = paused ? "Resume" : "Pause";
});
setTimeout(look, 5000);
)js";

}  // namespace modelgates::gateway
