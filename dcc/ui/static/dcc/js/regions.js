// What is said aloud (one polite region, one assertive), shown aside (toasts) or kept on top of the page (refusals).
const TOAST_MS = 6000;
const SAVED_EVERY_MS = 10000;
let savedAt = 0;

const say = (id, text) => {
  const region = document.getElementById(id);
  if (!region) return;
  region.textContent = "";
  // A region emptied then filled in the same frame stays silent.
  requestAnimationFrame(() => { region.textContent = text; });
};

export const announce = (text) => say("annonces", text);
export const alarm = (text) => say("refus", text);

const fromTemplate = (id) => document.getElementById(id)?.content.firstElementChild?.cloneNode(true);

export function toast(text) {
  const node = fromTemplate("modele-message");
  if (!node) return;
  node.querySelector("span").textContent = text;
  document.getElementById("messages").append(node);
  announce(text);
  leaveLater(node);
}

// Under the pointer or the focus it stays; an error waits to be closed.
function leaveLater(node) {
  if (node.classList.contains("toast-bad")) return;
  const held = () => node.matches(":hover, :focus-within");
  setTimeout(function leave() { if (held()) setTimeout(leave, 1000); else node.remove(); }, TOAST_MS);
}

export function refuse(title, text) {
  const place = document.getElementById("avis");
  const node = fromTemplate("modele-refus");
  if (!place || !node) return alarm(`${title}. ${text}`);
  place.querySelector("[data-refusal]")?.remove();
  node.querySelector("b").textContent = title;
  node.querySelector("[data-refusal-text]").textContent = text;
  place.append(node);
  place.scrollIntoView({ block: "nearest" });
  alarm(`${title}. ${text}`);
}

// Saving succeeds every few seconds: it is read at most every ten; anything else is read at once.
function readSaveState(node) {
  const { state } = node.dataset;
  const text = node.textContent.trim();
  if (state === "saving" || state === "idle") return;
  if (state !== "saved") return announce(text);
  if (Date.now() - savedAt < SAVED_EVERY_MS) return;
  savedAt = Date.now();
  announce(text);
}

export function watchRegions() {
  document.querySelectorAll(".toast").forEach((node) => { announce(node.textContent.trim()); leaveLater(node); });
  document.addEventListener("click", (event) => {
    event.target.closest?.("[data-close-toast]")?.closest(".toast").remove();
    event.target.closest?.("[data-close-notice]")?.closest(".alert").remove();
  });
  document.addEventListener("toast", (event) => toast(event.detail?.value ?? String(event.detail)));
  const seen = (root) => {
    root.querySelectorAll?.("[data-announce]").forEach((node) => announce(node.dataset.announce));
    if (root.matches?.("[data-announce]")) announce(root.dataset.announce);
    const saving = root.matches?.(".save-state") ? root : root.querySelector?.(".save-state");
    if (saving) readSaveState(saving);
  };
  document.addEventListener("htmx:load", (event) => { if (event.target !== document.body) seen(event.target); });
}
