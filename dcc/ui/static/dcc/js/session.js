// The end of the session is announced two minutes before and can be put off; what is typed stays on the page.
import { announce } from "./regions.js";

const WARN_MS = 120000;
let endsAt = 0;
let timer = 0;

const dialog = (id) => document.getElementById(id);
const show = (id) => { const node = dialog(id); if (node && !node.open) node.showModal(); };

export function closed() {
  dialog("session")?.close();
  show("session-close");
}

// What the server's clock says: its time in the page and the time spent since. The workstation's clock may be wrong,
// and only counts how long; performance.now() would stop with a laptop that sleeps.
const opened = Date.now() - performance.now();
const serverNow = () => Date.parse(document.body.dataset.now) + Date.now() - opened;

export function prolong(iso) {
  if (!iso) return;
  schedule(Date.parse(iso) - serverNow());
}

function schedule(left) {
  if (Number.isNaN(left)) return;
  endsAt = performance.now() + left;
  clearTimeout(timer);
  timer = setTimeout(warn, Math.max(left - WARN_MS, 0));
}

function warn() {
  show("session");
  announce("Votre session se ferme dans 2 minutes");
  tick();
}

function tick() {
  const left = Math.round((endsAt - performance.now()) / 1000);
  const place = document.querySelector("[data-session-left]");
  if (!dialog("session")?.open) return;
  if (left <= 0) return closed();
  if (place) place.textContent = left > 60 ? `${Math.ceil(left / 60)} minutes` : `${left} secondes`;
  timer = setTimeout(tick, 1000);
}

async function stay() {
  const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  try {
    const answer = await fetch(document.body.dataset.stayUrl, { method: "POST", headers: { "X-CSRFToken": token } });
    if (!answer.ok || answer.redirected) return closed();
    prolong(answer.headers.get("X-Session-Ends"));
    dialog("session").close();
    announce("Session prolongée");
  } catch {
    announce("Pas de connexion : la session n’est pas prolongée");
  }
}

export function watchSession() {
  prolong(document.body.dataset.sessionEnds);
  document.addEventListener("click", (event) => { if (event.target.closest?.("[data-stay]")) stay(); });
}
