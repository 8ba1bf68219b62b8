// Lists under the fingers: J and K (or arrows) go from row to row, Enter opens, X ticks, Alt ↑ ↓ moves the case.
import { isTyping, singleKeys } from "./keyboard.js";

const rows = () => [...document.querySelectorAll("[data-rows] tr:not(.grp)")].filter((row) => row.querySelector("a, button, input"));
const handle = (row) => row.querySelector(".who[href]") ?? row.querySelector("a[href]") ?? row.querySelector("button, input");

function go(step) {
  const all = rows();
  if (!all.length) return false;
  const here = all.indexOf(document.activeElement?.closest("tr"));
  const current = here < 0 ? all.findIndex((row) => row.matches('.is-on, [aria-current]')) : here;
  const next = here < 0 && current >= 0 ? current : Math.min(Math.max(current + step, 0), all.length - 1);
  const target = handle(all[next]);
  target.focus();
  all[next].scrollIntoView({ block: "nearest" });
  return true;
}

function act(event) {
  const row = document.activeElement?.closest?.("[data-rows] tr");
  if (event.altKey && row && ["ArrowUp", "ArrowDown"].includes(event.key)) {
    const button = row.querySelector(`[data-move="${event.key === "ArrowUp" ? "up" : "down"}"]`);
    button?.click();
    return Boolean(button);
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return false;
  if (row && event.key === "ArrowDown") return go(1);
  if (row && event.key === "ArrowUp") return go(-1);
  if (!singleKeys() || document.querySelector("dialog[open]")) return false;
  if (event.key === "j") return go(1);
  if (event.key === "k") return go(-1);
  if (event.key === "x" && row) {
    const box = row.querySelector('input[type="checkbox"]');
    box?.click();
    return Boolean(box);
  }
  return false;
}

export function watchRows() {
  document.addEventListener("keydown", (event) => {
    if (!event.defaultPrevented && act(event)) event.preventDefault();
  });
}
