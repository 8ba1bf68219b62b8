// 1 to 9 choose an answer of the question one is in, as its rank; a box is ticked or unticked, a radio only chosen.
import { singleKeys } from "../../dcc/js/keyboard.js";

const RANKS = /^[1-9]$/;

export function watchNumbers(root) {
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !RANKS.test(event.key) || !singleKeys()) return;
    const group = event.target.closest?.(".choices");
    const chosen = group?.querySelectorAll("input")[Number(event.key) - 1];
    if (!chosen || chosen.disabled || !event.target.matches("input")) return;
    event.preventDefault();
    chosen.focus();
    // A click is what a hand does: the change leaves as any other, and a radio already chosen stays chosen.
    if (chosen.type === "checkbox" || !chosen.checked) chosen.click();
  });
}
