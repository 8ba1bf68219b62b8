// 0 to 9 choose an answer of the question one is in; a box is ticked or unticked, a radio only chosen.
// Where the answers bear numbers (« OMS 2 », « 2+ », « R1 », « Non (1) »), the key is that number, never a rank beside
// it: 2 for OMS 2. Elsewhere it is the rank. Several answers under one number (1a, 1b, 1c): the key goes from one to the
// next and chooses none, Space does.
// Escape leaves a field for its question, where single keys work again.
import { isTyping, singleKeys } from "../../dcc/js/keyboard.js";
import { announce } from "../../dcc/js/regions.js";

const DIGIT = /^\d$/;
const DIGIT_KEY = /^Digit(\d)$/;
const ELSEWHERE = ["/", "?"]; // keys of the page, on the row of digits of some keyboards
const LEADING = /^(\d)/;
const PREFIXED = /^(\p{L}{1,4} ?)(\d)/u; // R0, cN1, UICC 8e
const POINTS = /\((\d+)(?:,\d+)?\)$/; // « Ne sait pas (1) »: what the answer is worth
const RANKED = 9;

const plain = (label) => label.replace(/\s+/g, " ").trim();

// The letters most answers share before their number, "" when fewer than half of them do.
function prefixOf(labels) {
  const found = labels.map((one) => PREFIXED.exec(one)?.[1]).filter(Boolean);
  const same = found.length > 1 && found.every((one) => one === found[0]);
  return same && found.length * 2 >= labels.length ? found[0] : "";
}

// The key of each answer, "" when it has none.
export function keysOf(texts) {
  const labels = texts.map(plain);
  if (labels.length > 1 && labels.every((one) => POINTS.test(one))) {
    return labels.map((one) => (/\(\d\)$/.test(one) ? POINTS.exec(one)[1] : ""));
  }
  if (labels.some((one) => LEADING.test(one))) return labels.map((one) => LEADING.exec(one)?.[1] ?? "");
  const prefix = prefixOf(labels);
  if (prefix) return labels.map((one) => (one.startsWith(prefix) ? LEADING.exec(one.slice(prefix.length))?.[1] ?? "" : ""));
  return labels.map((_, rank) => (rank < RANKED ? String(rank + 1) : ""));
}

const chipsOf = (group) => [...group.querySelectorAll(".choice")];
const inputOf = (chip) => chip.querySelector("input");
const keysIn = (chips) => keysOf(chips.map((chip) => chip.querySelector("span").textContent));

function leave(event) {
  const { target } = event;
  const question = target.closest?.("[data-path]");
  if (!question || !isTyping(target) || target.getAttribute("aria-expanded") === "true") return;
  event.preventDefault();
  question.tabIndex = -1;
  question.focus({ preventScroll: true });
}

// Delete or Backspace empties a question of one answer, wherever the focus is in it.
function clear(event) {
  const chosen = event.target.closest(".choices")?.querySelector("input:checked");
  if (event.target.type !== "radio" || !chosen || chosen.disabled) return;
  event.preventDefault();
  chosen.checked = false;
  for (const name of ["input", "change"]) chosen.dispatchEvent(new Event(name, { bubbles: true }));
}

// A French keyboard gives « & » for its key 1: the key counts, not the letter it would type in a text.
function digitOf({ key, code, shiftKey }) {
  if (DIGIT.test(key)) return key;
  return key.length === 1 && !shiftKey && !ELSEWHERE.includes(key) ? DIGIT_KEY.exec(code)?.[1] ?? "" : "";
}

function choose(event, group, digit) {
  const chips = chipsOf(group);
  const keys = keysIn(chips);
  const found = chips.map(inputOf).filter((one, rank) => keys[rank] === digit && !one.disabled);
  if (!found.length) return;
  event.preventDefault();
  if (found.length > 1) {
    found[(found.indexOf(event.target) + 1) % found.length].focus();
    announce(`${found.length} réponses portent le ${digit} : Espace choisit`);
    return;
  }
  const [chosen] = found;
  chosen.focus();
  // A click is what a hand does: the change leaves as any other, and a radio already chosen stays chosen.
  if (chosen.type === "checkbox" || !chosen.checked) chosen.click();
}

// The key of each answer is written on it while one is in the question.
function show({ target }) {
  const group = target.matches?.("input") && target.closest(".choices");
  if (!group) return;
  const chips = chipsOf(group);
  const keys = keysIn(chips);
  chips.forEach((chip, rank) => { if (keys[rank]) chip.dataset.quick = keys[rank]; });
}

function hide({ target, relatedTarget }) {
  const group = target.closest?.(".choices");
  if (!group || group.contains(relatedTarget)) return;
  group.querySelectorAll("[data-quick]").forEach((chip) => { delete chip.dataset.quick; });
}

export function watchNumbers(root) {
  root.addEventListener("focusin", show);
  root.addEventListener("focusout", hide);
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) return leave(event);
    if (event.ctrlKey || event.altKey || event.metaKey || !event.target.matches("input")) return undefined;
    if (["Delete", "Backspace"].includes(event.key)) return clear(event);
    const digit = singleKeys() && digitOf(event);
    const group = digit && event.target.closest(".choices");
    return group ? choose(event, group, digit) : undefined;
  });
}
