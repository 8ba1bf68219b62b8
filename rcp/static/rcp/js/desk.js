// The sheet under the hand: every answer leaves as soon as it is given, others' answers arrive, nothing is lost (FRM-07).
import { alarm, announce, refuse } from "../../dcc/js/regions.js";
import { apply, clearError, showError } from "./desk-apply.js";
import { watchFinder, watchChapters } from "./desk-chapters.js";
import { watchFields } from "./desk-fields.js";
import { Queue } from "./desk-queue.js";
import { watchNumbers } from "./desk-numbers.js";
import { openStore } from "./desk-store.js";
import { poll } from "./polling.js";

const POLL_MS = 5000;
const ICONS = { idle: "check", saving: "sync", saved: "check", local: "alert", refused: "xc", frozen: "lock" };
const TONES = { idle: "muted", saving: "muted", saved: "t-ok", local: "t-warn", refused: "t-bad", frozen: "t-frz" };
const root = document.querySelector("[data-desk]");
const isOpen = () => root && "open" in root.dataset;
const containerOf = (path) => root.querySelector(`[data-path="${CSS.escape(path)}"]`);
const clock = () => new Date().toLocaleTimeString("fr-FR", { hour: "2-digit", minute: "2-digit" });
let rev = Number(root?.dataset.rev ?? 0);
let ask = () => {};

const kept = (count) => (count > 1 ? `${count} réponses gardées sur cet ordinateur` : "1 réponse gardée sur cet ordinateur");

function state(name, text) {
  const node = document.getElementById("etat-enregistrement");
  if (!node) return;
  node.className = `save-state ${TONES[name]}`;
  node.dataset.state = name;
  node.querySelector("use")?.setAttribute("href", `#i-${ICONS[name]}`);
  node.querySelector("span").textContent = text;
}

function onState(name, waiting, answer) {
  if (name === "saving") return state("saving", "Enregistrement…");
  if (name === "local") return state("local", kept(waiting));
  if (answer?.outcome === "invalid") return state("refused", `${answer.message}`);
  if (answer?.outcome === "conflict") return state("refused", "Deux réponses différentes : à trancher");
  if (answer?.outcome === "applied") return state("saved", `Enregistré à ${answer.at}`);
  return undefined;
}

// What this person has seen: the revisions shown one after the other, without a hole.
function advance(next) {
  if (next === rev + 1) rev = next;
  else if (next > rev) ask();
  document.querySelectorAll("[data-seen-rev]").forEach((field) => { field.value = rev; });
}

function setVersion(path, ver) {
  const container = containerOf(path);
  if (!container) return;
  container.dataset.ver = ver;
  const base = container.querySelector('input[type="hidden"][name^="b:"]');
  if (base) base.value = ver;
}

// What was read as « auj » or « 2,50 » is shown as it was understood, unless one is already typing again.
function showRead(path, shown) {
  const container = containerOf(path);
  const field = container?.querySelector("input.form-control, textarea");
  if (field && shown !== undefined && field !== document.activeElement && field.value !== shown) field.value = shown;
}

// The question one is in is not drawn again: « obligatoire » goes and comes back by itself.
function markRequired(path, must) {
  const label = containerOf(path)?.querySelector(":scope > legend, :scope > .q-lab > label");
  const mark = label?.querySelector("[data-must]");
  if (mark && must === false) mark.remove();
  if (label && !mark && must) {
    const node = Object.assign(document.createElement("span"), { className: "req", textContent: "obligatoire" });
    node.dataset.must = "";
    label.append(" ", node);
  }
}

function onAnswer(answer, operation) {
  const container = containerOf(operation.path);
  if (answer.outcome === "denied") {
    refuse("Cette réponse n’est pas ouverte à votre rôle", "Elle n’est pas enregistrée. Rechargez la page.");
    return;
  }
  if (answer.outcome === "invalid") {
    showError(container, answer.message);
    alarm(answer.message);
    return;
  }
  if (answer.outcome === "refused") {
    closeDesk(answer.message, said(operation, container));
    return;
  }
  clearError(container);
  const own = operation.own ?? container?.id ?? root.querySelector(`[data-group="${CSS.escape(operation.path)}"]`)?.id ?? "";
  const group = operation.path.endsWith("]") ? root.querySelector(`[data-group="${CSS.escape(operation.path.replace(/\[[^[]*\]$/, ""))}"]`)?.id : "";
  apply(answer.fragments ?? {}, { own: answer.outcome === "conflict" ? "" : group || own });
  chapters.mark();
  markRequired(operation.path, answer.must);
  if (answer.outcome === "conflict") alarm(answer.message ?? "Quelqu’un a répondu autrement à cette question : choisissez.");
  else if (answer.message) announce(answer.message);
  if (answer.outcome === "applied") { setVersion(answer.path, answer.ver); showRead(answer.path, answer.shown); }
  if (operation.op === "line") root.querySelector(`[data-line$="[${operation.values[0]}]"] :is(input:not([type=hidden]), select)`)?.focus();
  advance(answer.rev);
}

const said = (operation, container) => {
  const label = container?.querySelector("legend, label")?.firstChild?.textContent.trim() ?? "";
  const chosen = [...(container?.querySelectorAll("input:checked + span") ?? [])].map((one) => one.textContent).join(", ");
  return `${label} : ${chosen || operation.values.join(", ")} (${clock()})`;
};

// Validated under one's fingers: the last answer is shown and can be copied, nothing more is asked (guide §9).
function closeDesk(message, last) {
  if (!isOpen()) return;
  delete root.dataset.open;
  root.querySelectorAll("input, select, textarea, button").forEach((one) => { one.disabled = true; });
  document.querySelectorAll("[data-waits]").forEach((one) => { one.disabled = true; });
  state("frozen", "La fiche ne reçoit plus de réponse");
  refuse(message, last ? `Votre dernière réponse n’y figure pas ; elle est gardée dans l’historique : ${last}` : "Rechargez la page pour la lire.");
  const place = document.querySelector("#avis [data-refusal] .acts");
  if (!place || !last) return;
  const copy = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: "Copier" });
  copy.addEventListener("click", () => navigator.clipboard?.writeText(last).then(() => announce("Réponse copiée")));
  place.prepend(copy);
}

async function onPoll(answer) {
  const content = await answer.json();
  if (content.others) apply({ presents: content.others });
  if (content.closed) { if (isOpen()) closeDesk(content.closed, content.last); return; }
  if (!content.fragments) return;
  const held = apply(content.fragments, { skip: (node) => node.dataset.path && queue.pending(node.dataset.path) });
  chapters.mark();
  if (!held.length) { rev = Math.max(rev, content.rev); advance(rev); }
}

// Signing waits for what is still being typed or sent.
function watchSigning() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-waits]");
    if (!button) return;
    const active = document.activeElement;
    if (root.contains(active)) active.blur();
    fields.send();
    if (!queue.size) return;
    event.preventDefault();
    event.stopPropagation();
    if (await queue.drain()) button.click();
    else alarm(`La validation attend le retour du réseau : ${kept(queue.size)}`);
  }, true);
}

const queue = root && new Queue({ url: root.dataset.fieldUrl, pulse: root.dataset.sinceUrl, page: root.dataset.page ?? "", onAnswer, onState });
const fields = root && watchFields(root, queue, () => rev);
const chapters = root && watchChapters(root);

if (root) {
  watchFinder();
  watchNumbers(root);
  watchSigning();
  openStore(root.dataset.sheet, root.dataset.who).then((store) => queue.restore(store));
  if (isOpen()) {
    const page = root.dataset.page ?? "";
    const urlOf = () => `${root.dataset.sinceUrl.replace(/0\/$/, `${rev}/`)}?${new URLSearchParams({ chapitre: chapters.current(), page })}`;
    ask = poll(POLL_MS, urlOf, onPoll);
  }
}
