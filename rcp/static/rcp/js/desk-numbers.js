// 1 to 9 choose an answer of the question one is in, as its rank; a box is ticked or unticked, a radio only chosen.
// Escape leaves a field for its question, where single keys work again.
import { isTyping, singleKeys } from "../../dcc/js/keyboard.js";

const RANKS = /^[1-9]$/;

function leave(event) {
  const { target } = event;
  const question = target.closest?.("[data-path]");
  if (!question || !isTyping(target) || target.getAttribute("aria-expanded") === "true") return;
  event.preventDefault();
  question.tabIndex = -1;
  question.focus({ preventScroll: true });
}

export function watchNumbers(root) {
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) return leave(event);
    if (event.ctrlKey || event.altKey || event.metaKey || !RANKS.test(event.key) || !singleKeys()) return undefined;
    const group = event.target.closest?.(".choices");
    const chosen = group?.querySelectorAll("input")[Number(event.key) - 1];
    if (!chosen || chosen.disabled || !event.target.matches("input")) return undefined;
    event.preventDefault();
    chosen.focus();
    // A click is what a hand does: the change leaves as any other, and a radio already chosen stays chosen.
    if (chosen.type === "checkbox" || !chosen.checked) chosen.click();
    return undefined;
  });
}
