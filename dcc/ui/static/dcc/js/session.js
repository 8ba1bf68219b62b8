// The end of the session is announced two minutes before and can be put off; what is typed stays on the page.
import { announce } from "./regions.js";

const WARN_MS = 120000;
const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";
let endsAt = 0;
let timer = 0;

const dialog = (id) => document.getElementById(id);
const show = (id) => { const node = dialog(id); if (node && !node.open) node.showModal(); };

export function closed() {
  dialog("session")?.close();
  // In a meeting the page stays, hidden, until the PIN is typed.
  if (document.body.dataset.unlockUrl) {
    document.body.dataset.locked = "";
    show("session-locked");
    dialog("session-locked").querySelector("input").focus();
  } else show("session-close");
}

async function unlock(form) {
  const refusal = form.querySelector("[data-unlock-refusal]");
  const field = form.querySelector("input[name=code]");
  try {
    const answer = await fetch(form.action, {
      method: "POST", body: new URLSearchParams({ code: field.value }), headers: { "X-CSRFToken": token() },
    });
    field.value = "";
    if (answer.status === 422) {
      refusal.textContent = await answer.text();
      return field.focus();
    }
    if (answer.status !== 204) {
      delete document.body.dataset.unlockUrl;
      show("session-close");
      return;
    }
    refusal.textContent = "";
    prolong(answer.headers.get("X-Session-Ends"));
    delete document.body.dataset.locked;
    dialog("session-locked").close();
    announce("Séance rouverte");
    document.dispatchEvent(new Event("dcc:unlocked"));
  } catch {
    refusal.textContent = "Pas de connexion : recommencez dans un instant.";
  }
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
  try {
    const answer = await fetch(document.body.dataset.stayUrl, { method: "POST", headers: { "X-CSRFToken": token() } });
    if (!answer.ok || answer.redirected) return closed();
    prolong(answer.headers.get("X-Session-Ends"));
    dialog("session").close();
    announce("Session prolongée");
  } catch {
    announce("Pas de connexion : la session n’est pas prolongée");
  }
}

// Signing out has the browser wipe what could not be sent, from whatever page: it is said before.
function unsent() {
  try {
    return Number(localStorage.getItem("dcc-unsent"));
  } catch {
    return 0;
  }
}

function mayLeave() {
  const left = unsent();
  const some = left > 1 ? `${left} réponses ne sont pas enregistrées, gardées` : "1 réponse n’est pas enregistrée, gardée";
  return !left || confirm(`${some} sur cet ordinateur : la déconnexion efface tout. Se déconnecter quand même ?`);
}

export function watchSession() {
  prolong(document.body.dataset.sessionEnds);
  document.addEventListener("submit", (event) => {
    if (event.target.matches?.("[data-sign-out]") && !mayLeave()) event.preventDefault();
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches?.("[data-unlock]")) return;
    event.preventDefault();
    unlock(event.target);
  });
  // Escape uncovers nothing.
  document.addEventListener("close", (event) => {
    if (event.target.id === "session-locked" && "locked" in document.body.dataset) show("session-locked");
  }, true);
  document.addEventListener("click", (event) => { if (event.target.closest?.("[data-stay]")) stay(); });
}
