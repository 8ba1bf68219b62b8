// Fragments put in their place: never under the hand that types, the focus given back, what opened is said.
import { announce } from "../../dcc/js/regions.js";
import { withoutNotes } from "./desk-rules.js";

const busy = (node) => node.contains(document.activeElement) && document.activeElement !== document.body;
// A calculated value is not typed: with the focus on its « pourquoi ? », it is drawn again and keeps the focus.
const still = (node) => node.matches(".q") && node.querySelector(".calc") && document.activeElement.matches("summary, button");
const build = (html) => {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
};

function labelOf(node) {
  const label = node.querySelector(":scope > legend, :scope > .q-lab > label");
  return label ? label.firstChild.textContent.trim() : "";
}

function keepOpen(former, next) {
  if (former.matches("details[open]") && next.matches("details")) next.open = true;
  former.querySelectorAll("details[open][id]").forEach((one) => {
    const same = next.querySelector(`#${CSS.escape(one.id)}`);
    if (same) same.open = true;
  });
}

// The keys written on answers, and the rules said under a question, are not drawn by the server.
function same(former, next) {
  if (!former.querySelector("[data-quick], [data-rule-note]")) return former.isEqualNode(next);
  const bare = former.cloneNode(true);
  withoutNotes(bare);
  bare.querySelectorAll("[data-quick]").forEach((one) => one.removeAttribute("data-quick"));
  return bare.isEqualNode(next);
}

// How the focused element is found again once drawn anew.
function markOf({ id, parentElement }) {
  if (id) return `#${CSS.escape(id)}`;
  return parentElement.matches("details[id]") ? `#${CSS.escape(parentElement.id)} > summary` : "";
}

function refocus(next, mark) {
  const target = (mark && document.querySelector(mark))
    || next.querySelector("input:not([type=hidden]), select, textarea, button, summary")
    || next.closest("section")?.querySelector("h2[tabindex]");
  target?.focus({ preventScroll: true });
}

// Returns the ids that could not be drawn because somebody is typing there; `own` may be drawn under the focus.
export function apply(fragments, { own = "", skip = () => false } = {}) {
  const held = [];
  const opened = [];
  for (const [id, html] of Object.entries(fragments)) {
    const former = document.getElementById(id);
    if (!former) continue;
    const focused = busy(former);
    if ((focused && id !== own && !still(former)) || skip(former)) { held.push(id); continue; }
    const next = build(html);
    if (!next || same(former, next)) continue;
    const mark = focused ? markOf(document.activeElement) : "";
    keepOpen(former, next);
    if (former.hidden && !next.hidden && next.matches(".q")) opened.push(labelOf(next));
    former.replaceWith(next);
    next.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
    if (focused) refocus(next, mark);
  }
  if (opened.length) announce(`${opened.filter(Boolean).join(", ")}, question${opened.length > 1 ? "s" : ""} ajoutée${opened.length > 1 ? "s" : ""}`);
  return held;
}

export function showError(container, message) {
  if (!container) return;
  const field = container.querySelector("input:not([type=hidden]), select, textarea");
  let note = container.querySelector(".error");
  if (!note) {
    note = document.createElement("p");
    note.className = "error";
    note.id = `${field?.id ?? container.id}-erreur`;
    (container.lastElementChild ?? container).append(note);
  }
  note.textContent = message;
  field?.setAttribute("aria-invalid", "true");
  field?.setAttribute("aria-describedby", note.id);
}

export function clearError(container) {
  const note = container?.querySelector(".error");
  if (!note) return;
  note.remove();
  const field = container.querySelector("[aria-invalid]");
  field?.removeAttribute("aria-invalid");
  field?.removeAttribute("aria-describedby");
}
