// Without the network no link leads anywhere: the browser would leave the page, and its words, for an error of its own.
// What leaves the page is held and says so; what is typed goes on being kept.
import { refuse } from "../../dcc/js/regions.js";

const WAYS = 'a[href]:not([href^="#"], [download])';
const TITLE = "Pas de connexion : la page reste ouverte";
const isOwn = (form) => form.method === "dialog" || form.matches("[data-chapter]");

export const isOffline = () => Boolean(document.getElementById("hors-ligne"));

// Returns true when what leaves the page has to wait for the network; `kept` says what is kept meanwhile.
export function holdOffline(kept) {
  if (!isOffline()) return false;
  refuse(TITLE, `${kept()} Ce lien s’ouvrira au retour du réseau.`);
  return true;
}

function show(off) {
  document.querySelectorAll(WAYS).forEach((way) => {
    if (off) way.setAttribute("aria-disabled", "true");
    else way.removeAttribute("aria-disabled");
  });
  if (off) return;
  const said = document.querySelector("#avis [data-refusal] b");
  if (said?.textContent === TITLE) said.closest("[data-refusal]").remove();
}

export function watchOffline(kept) {
  const hold = (event) => {
    if (!holdOffline(kept)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  document.addEventListener("click", (event) => { if (event.target.closest?.(WAYS)) hold(event); }, true);
  document.addEventListener("submit", (event) => { if (!isOwn(event.target)) hold(event); }, true);
  document.addEventListener("dcc:offline", () => show(true));
  document.addEventListener("dcc:online", () => show(false));
  if (isOffline()) show(true);
}
