// No network: typing goes on, what cannot be sent is said once, on top of the page.
import { announce } from "./regions.js";

const shown = () => document.getElementById("hors-ligne");
const clock = () => new Date().toLocaleTimeString("fr-FR", { hour: "2-digit", minute: "2-digit" });

export function lost() {
  const place = document.getElementById("avis");
  const model = document.getElementById("modele-hors-ligne");
  if (shown() || !place || !model) return;
  const node = model.content.firstElementChild.cloneNode(true);
  node.querySelector("b").textContent = `Connexion perdue à ${clock()}`;
  place.append(node);
  announce(node.textContent.trim());
  document.dispatchEvent(new CustomEvent("dcc:offline"));
}

export function found() {
  if (!shown()) return;
  shown().remove();
  announce("Connexion rétablie");
  document.dispatchEvent(new CustomEvent("dcc:online"));
}

export function watchNetwork() {
  addEventListener("offline", lost);
  addEventListener("online", found);
  if (!navigator.onLine) lost();
  document.addEventListener("click", async (event) => {
    if (!event.target.closest?.("[data-retry]")) return;
    try {
      await fetch(location.href, { method: "HEAD", cache: "no-store" });
      found();
    } catch {
      announce("Toujours pas de connexion");
    }
  });
}
