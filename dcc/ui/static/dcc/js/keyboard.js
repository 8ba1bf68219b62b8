// Keys of guide §11: what a key does is written on what it presses (data-key), never in a list of its own.
const CHORD_MS = 1500;
const GENERAL = [
  ["/", "Chercher dans la page"],
  ["J K", "Ligne suivante, précédente"],
  ["X", "Choisir la ligne"],
  ["Entrée", "Ouvrir la ligne"],
  ["Échap", "Fermer, revenir"],
];
const CAPS = {
  ctrl: "Ctrl", alt: "Alt", shift: "Maj", enter: "Entrée", escape: "Échap", space: "Espace",
  arrowup: "↑", arrowdown: "↓", arrowleft: "←", arrowright: "→", pagedown: "Page ↓",
};
let chord = 0;

export const isTyping = (node) =>
  Boolean(node?.matches?.('input:not([type="checkbox"], [type="radio"], [type="button"], [type="submit"]), textarea, select, [contenteditable="true"]'));

export const singleKeys = () => document.documentElement.dataset.keys !== "off";

const visible = (node) => node.getClientRects().length > 0;
const scope = () => document.querySelector("dialog[open]") ?? document;

function codeOf(event) {
  const key = event.key === " " ? "space" : event.key.toLowerCase();
  const marks = [event.ctrlKey || event.metaKey ? "ctrl" : "", event.altKey ? "alt" : ""];
  return [...marks.filter(Boolean), key].join("+");
}

function press(selector) {
  const node = [...scope().querySelectorAll(selector)].find((one) => visible(one) && !one.disabled);
  if (!node) return false;
  if (isTyping(node)) { node.focus(); node.select?.(); } else node.click();
  return true;
}

function act(event) {
  const code = codeOf(event);
  const plain = !code.includes("+") || event.key === "+";
  // In a field every plain key belongs to the text; single keys can be switched off (WCAG 2.1.4).
  if (plain && isTyping(event.target)) return false;
  const single = plain && event.key.length === 1;
  if (single && !singleKeys()) return false;
  // Arrows belong to the chips and lists that have the focus.
  if (plain && event.key.startsWith("Arrow") && event.target.matches?.("input, [role]")) return false;
  if (single && chord && event.timeStamp - chord < CHORD_MS) {
    chord = 0;
    return press(`[data-go="${CSS.escape(code)}"]`);
  }
  if (press(`[data-key="${CSS.escape(code)}"]`)) return true;
  if (code === "g" && document.querySelector("[data-go]")) { chord = event.timeStamp; return true; }
  if (code === "/") return press("[data-find]") || press("#recherche");
  if (code === "?") return showKeys();
  if (code === "escape" && !document.querySelector("dialog[open]")) return press("[data-escape]");
  return false;
}

function showKeys() {
  const dialog = document.getElementById("touches");
  if (!dialog || dialog.open) return false;
  fillKeys(dialog);
  dialog.showModal();
  return true;
}

function nameOf(node) {
  const copy = node.cloneNode(true);
  copy.querySelectorAll("kbd, .end").forEach((cap) => cap.remove());
  return node.getAttribute("aria-label") || node.labels?.[0]?.textContent.trim() || copy.textContent.trim();
}

// An entry of the bar without what waits there.
function placeOf(node) {
  const copy = node.cloneNode(true);
  copy.querySelectorAll(".pill").forEach((pill) => pill.remove());
  return copy.textContent.trim();
}

function fillKeys(dialog) {
  const list = dialog.querySelector("[data-keys-list]");
  const rows = [...document.querySelectorAll("[data-key]")]
    .filter((node) => visible(node))
    .map((node) => [node.dataset.key.split("+").map((part) => CAPS[part] ?? part.toUpperCase()).join(" "), nameOf(node)]);
  const places = [...document.querySelectorAll("[data-go]")].filter(visible);
  if (places.length) {
    const letters = places.map((node) => node.dataset.go.toUpperCase()).join(" ");
    rows.push([`G puis ${letters}`, `Aller à ${places.map(placeOf).join(", ")}`]);
  }
  // What a page does with other keys than those of its buttons, it says itself.
  const said = [...document.querySelectorAll("[data-with][data-does]")].map((node) => [node.dataset.with, node.dataset.does]);
  const unique = new Map([...rows, ...GENERAL, ...said]);
  list.replaceChildren(...[...unique].flatMap(([keys, what]) => {
    const term = document.createElement("dt");
    keys.split(" ").forEach((cap) => {
      const node = document.createElement(["puis", "à"].includes(cap) ? "span" : "kbd");
      node.textContent = cap;
      term.append(node, " ");
    });
    const meaning = document.createElement("dd");
    meaning.textContent = what;
    return [term, meaning];
  }));
}

export function watchKeyboard() {
  document.addEventListener("dcc:open", (event) => { if (event.target.id === "touches") fillKeys(event.target); });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.key === undefined) return;
    if (act(event)) event.preventDefault();
  });
}
