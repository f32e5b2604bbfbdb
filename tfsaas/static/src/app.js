import { initAll } from "./govuk-frontend.min.js";

initAll();

// Work that is under way: look again every few seconds, change only what is said about it, and
// show the whole page once it has ended. Without scripts the page has a link that does the same.
const WATCH_MILLISECONDS = 3000;

async function look() {
  const answer = await fetch(window.location.href, { headers: { Accept: "text/html", "X-Poll": "1" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.querySelector("[data-watch]");
  if (!answer.ok || !found) {
    window.location.reload();
    return;
  }
  const shown = document.querySelector("[data-watch]");
  if (shown.innerHTML !== found.innerHTML) shown.innerHTML = found.innerHTML;
  window.setTimeout(look, WATCH_MILLISECONDS);
}

if (document.querySelector("[data-watch]")) window.setTimeout(look, WATCH_MILLISECONDS);
