// Where the focus goes after a swap (guide §12): never out of a field being typed in, never lost on <body>.
import { isTyping } from "./keyboard.js";

let before = null;

const rowsOf = (body) => [...(body?.querySelectorAll("tr:not(.grp)") ?? [])];
const lostFocus = () => !document.activeElement || document.activeElement === document.body;

export function focusOn(node) {
  if (!node) return false;
  if (!node.matches("a[href], button, input, select, textarea, summary, [tabindex]")) node.tabIndex = -1;
  node.focus();
  return true;
}

function remember(event) {
  const active = document.activeElement;
  const row = active?.closest?.("tbody tr");
  before = {
    byHand: Boolean(event.detail.requestConfig?.triggeringEvent),
    typing: isTyping(active) && !event.detail.target?.contains(active),
    id: active?.id,
    body: row?.parentElement,
    index: row ? rowsOf(row.parentElement).indexOf(row) : -1,
  };
}

function settle(region) {
  if (!before?.byHand || before.typing || isTyping(document.activeElement)) return;
  const wanted = region.matches?.("[data-focus], [data-summary]")
    ? region : region.querySelector?.("[data-focus], [data-summary]");
  if (focusOn(wanted) || !lostFocus()) return;
  if (before.id && focusOn(document.getElementById(before.id))) return;
  if (before.index >= 0 && before.body?.isConnected) {
    const rows = rowsOf(before.body);
    const next = rows[Math.min(before.index, rows.length - 1)];
    if (focusOn(next?.querySelector(".who[href]") ?? next?.querySelector("a[href], button"))) return;
  }
  focusOn(region.querySelector?.("h1, h2, h3") ?? region);
}

export function watchFocus() {
  document.addEventListener("htmx:beforeSwap", remember);
  document.addEventListener("htmx:afterSettle", (event) => settle(event.detail.elt ?? event.target));
  // A row that was deleted settles nothing: what lost the focus is looked after all the same.
  document.addEventListener("htmx:afterOnLoad", (event) => {
    setTimeout(() => { if (lostFocus()) settle(event.target); });
  });
  focusOn(document.querySelector("main [data-summary]:not([data-quiet] *)"));
}
