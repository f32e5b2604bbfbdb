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

// A form with data-autosave is kept on the server a few seconds after it changed, when its page is
// left, and before signing out. Nothing is kept in the browser. Without scripts a button does it.
const AUTOSAVE_MILLISECONDS = 4000;

function keepDrafts(form) {
  const state = form.querySelector("[data-draft-state]");
  const button = form.querySelector("[name=draft_path]");
  let kept = serialise(), timer = 0, sending = false;

  function serialise() {
    const fields = new FormData(form);
    fields.delete("draft_path");
    for (const [name, value] of [...fields]) if (value instanceof File) fields.delete(name);
    return new URLSearchParams(fields).toString();
  }

  async function keep(leaving) {
    window.clearTimeout(timer);
    const now = serialise();
    if (now === kept || (sending && !leaving)) return;
    sending = true;
    try {
      const answer = await fetch(button.formAction, {
        method: "POST", redirect: "manual", keepalive: leaving && now.length < 60000,
        headers: { "Content-Type": "application/x-www-form-urlencoded", "X-Draft": "1" },
        body: now + "&draft_path=" + encodeURIComponent(button.value),
      });
      if (answer.ok) kept = now;
      const told = answer.status === 413 || answer.ok ? await answer.text() : "";
      state.textContent = told || "You are signed out, so no draft is kept now. Save the form: what you wrote will be kept until you have signed in again.";
    } catch {
      state.textContent = "The draft could not be kept: there is no connection. It will be tried again.";
    }
    sending = false;
    if (!leaving && serialise() !== kept) timer = window.setTimeout(keep, AUTOSAVE_MILLISECONDS, false);
  }

  form.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(keep, AUTOSAVE_MILLISECONDS, false);
  });
  form.addEventListener("change", () => keep(false));
  form.addEventListener("submit", () => { kept = serialise(); window.clearTimeout(timer); });
  window.addEventListener("pagehide", () => keep(true));
  document.addEventListener("visibilitychange", () => { if (document.hidden) keep(true); });
  for (const leave of document.querySelectorAll("[data-leave]")) {
    leave.addEventListener("submit", async (event) => {
      event.preventDefault();
      await keep(true);
      leave.submit();
    });
  }
}

document.querySelectorAll("form[data-autosave]").forEach(keepDrafts);
