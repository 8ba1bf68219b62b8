// The sheet under the hand: every answer leaves as soon as it is given, others' answers arrive, nothing is lost (FRM-07).
import { alarm, announce, refuse } from "../../dcc/js/regions.js";
import { apply, clearError, showError } from "./desk-apply.js";
import { unfold, watchChapters, watchFinder, watchPlaces } from "./desk-chapters.js";
import { retype, watchFields } from "./desk-fields.js";
import { counted, watchHeld } from "./desk-held.js";
import { Queue } from "./desk-queue.js";
import { watchNumbers } from "./desk-numbers.js";
import { holdOffline, watchOffline } from "./desk-offline.js";
import { markRules } from "./desk-rules.js";
import { Seen } from "./desk-seen.js";
import { openStore } from "./desk-store.js";
import { poll } from "./polling.js";

const POLL_MS = 5000;
const LEAVING_MS = 3000;
const WAYS_OUT = '[data-waits], a[href]:not([href^="#"], [target], [download]), .savebar [type="submit"]';
const ICONS = { idle: "check", saving: "sync", saved: "check", local: "alert", refused: "xc", frozen: "lock" };
const TONES = { idle: "muted", saving: "muted", saved: "t-ok", local: "t-warn", refused: "t-bad", frozen: "t-frz" };
const root = document.querySelector("[data-desk]");
const isOpen = () => root && "open" in root.dataset;
const containerOf = (path) => root.querySelector(`[data-path="${CSS.escape(path)}"]`);
let ask = () => {};
let shut = false;

// Where it stays is said as it is: closing the page would lose what this computer could not keep.
const kept = (count) => {
  const where = queue.fragile ? "dans cette page" : "sur cet ordinateur";
  return count > 1 ? `${count} réponses gardées ${where}` : `1 réponse gardée ${where}`;
};

const whatIsKept = () => (queue.size ? `${kept(queue.size)}.` : "Rien n’attend d’être enregistré.");

function state(name, text) {
  const node = document.getElementById("etat-enregistrement");
  if (!node) return;
  node.className = `save-state ${TONES[name]}`;
  node.dataset.state = name;
  node.querySelector("use")?.setAttribute("href", `#i-${ICONS[name]}`);
  node.querySelector("span").textContent = text;
}

// « Enregistré » is said when nothing waits and nothing was refused, and not before.
function onState(name, waiting, answer) {
  held();
  if (name === "saving") return state("saving", "Enregistrement…");
  if (name === "local") return state("local", kept(waiting));
  if (!isOpen()) return shut && state("frozen", "La fiche ne reçoit plus de réponse");
  if (answer?.outcome === "invalid") return state("refused", answer.message);
  if (queue.held.length) return state("refused", counted(queue.held.length));
  if (answer?.outcome === "conflict" || root.querySelector("[data-conflict]")) {
    return state("refused", "Deux réponses différentes : à trancher");
  }
  if (answer?.outcome === "applied") return state("saved", `Enregistré à ${answer.at}`);
  return name === "saved" && state("idle", "Tout est gardé au fil de la saisie");
}

// The chapter one is in, and the rules that are not kept, after anything was drawn.
function remark() {
  chapters.mark();
  markRules(root);
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
  const field = container && !waits(container) && container.querySelector("input.form-control, textarea");
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

// Drawing a question again would take away words that have not left yet.
const waits = (node) =>
  [node, ...node.querySelectorAll("[data-path]")].some(({ dataset: { path } }) => path && (queue.pending(path) || fields.typed(path)));

function onAnswer(answer, operation) {
  const container = containerOf(operation.path);
  operation.place = container;
  if (["denied", "failed"].includes(answer.outcome)) return;
  if (answer.outcome === "invalid") return showRefused(container, operation, answer.message);
  if (answer.outcome === "refused") return closeDesk(answer.message, "");
  clearError(container);
  const own = operation.own ?? container?.id ?? root.querySelector(`[data-group="${CSS.escape(operation.path)}"]`)?.id ?? "";
  const group = operation.path.endsWith("]") ? root.querySelector(`[data-group="${CSS.escape(operation.path.replace(/\[[^[]*\]$/, ""))}"]`)?.id : "";
  const met = answer.outcome === "conflict";
  const skipped = [];
  const skip = (node) => waits(node) && skipped.push(node.id);
  const late = apply(answer.fragments ?? {}, { own: met ? "" : group || own, skip });
  remark();
  markRequired(operation.path, answer.must);
  if (met) alarm(answer.message ?? "Quelqu’un a répondu autrement à cette question : choisissez.");
  else if (answer.message) announce(answer.message);
  if (!met) { setVersion(answer.path, answer.ver); showRead(answer.path, answer.shown); }
  if (operation.op === "line") root.querySelector(`[data-line$="[${operation.values[0]}]"] :is(input:not([type=hidden]), select)`)?.focus();
  // What was not drawn over words that wait, or of a conflict, is not seen: the poll brings it when the hand is gone.
  seen.answered(answer, late, container, !skipped.length && !(met && late.length));
}

function showRefused(container, operation, message) {
  if (container && !container.contains(document.activeElement) && !waits(container)) retype(container, operation);
  showError(container, message);
  alarm(message);
}

// From the list of what was refused: its words under the hand again, where they can be corrected.
function correct(operation) {
  const container = containerOf(operation.path);
  if (!container || container.hidden) return announce("Cette question n’est pas ouverte");
  retype(container, operation);
  if (operation.held.message) showError(container, operation.held.message);
  operation.place = container;
  unfold(container);
  container.scrollIntoView({ block: "center" });
  container.querySelector("input:not([type=hidden]), select, textarea")?.focus({ preventScroll: true });
  return held();
}

// Validated under one's fingers: the last answer is shown and can be copied, nothing more is asked (guide §9).
function closeDesk(message, last) {
  if (!isOpen()) return;
  fields.send();
  delete root.dataset.open;
  shut = true;
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
  if (content.closed) { if (isOpen()) closeDesk(content.closed, queue.held.length ? "" : content.last); return; }
  if (!content.fragments) return;
  const late = apply(content.fragments, { skip: waits });
  held();
  remark();
  seen.polled(content, late);
}

// Signing waits for what is still being typed or sent, and for what was refused; leaving waits a moment.
function watchLeaving() {
  let going = null;
  document.addEventListener("click", async (event) => {
    const way = event.target.closest?.(WAYS_OUT);
    if (!way || way === going || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (way.dataset.waits !== undefined && root.contains(document.activeElement)) document.activeElement.blur();
    fields.send();
    const signs = way.dataset.waits !== undefined;
    if (!queue.size && !(signs && queue.held.length)) return;
    event.preventDefault();
    event.stopPropagation();
    const gone = queue.drain();
    await (signs ? gone : Promise.race([gone, new Promise((resolve) => { setTimeout(resolve, LEAVING_MS); })]));
    if (!signs && holdOffline(whatIsKept)) return undefined;
    if (signs && queue.size) return refuse("La validation attend le retour du réseau", `${kept(queue.size)}.`);
    if (signs && queue.held.length) {
      return refuse("La validation attend", `${counted(queue.held.length)} : corrigez, réessayez ou écartez, puis validez.`);
    }
    going = way;
    way.click();
    going = null;
    return undefined;
  }, true);
  addEventListener("beforeunload", (event) => {
    fields.send();
    if (queue.size || queue.held.some((one) => one.seq === undefined)) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden) fields.send(); });
}

// Words a former page left here are seen in their questions while they wait.
function showRestored(operations) {
  for (const one of operations) {
    const container = containerOf(one.path);
    if (queue.waiting.includes(one) && container && !container.contains(document.activeElement)) retype(container, one);
  }
}

const queue = root && new Queue({
  url: root.dataset.fieldUrl, pulse: root.dataset.sinceUrl, page: root.dataset.page ?? "",
  sheet: root.dataset.sheet, who: root.dataset.who, onAnswer, onState,
  onForeign: (message) => refuse(message, `${kept(queue.size)}, pour qui l’a ouverte.`),
});
const held = root && watchHeld(queue, { correct });
const fields = root && watchFields(root, queue, () => seen.rev);
const chapters = root && watchChapters(root);
const seen = root && new Seen({
  rev: Number(root.dataset.rev), skip: waits, ask: () => ask(),
  onShown: (rev) => {
    remark();
    document.querySelectorAll("[data-seen-rev]").forEach((field) => { field.value = rev; });
  },
});

if (root) {
  watchFinder();
  watchPlaces();
  watchNumbers(root);
  markRules(root);
  watchOffline(whatIsKept);
  watchLeaving();
  const { sheet, who, fieldUrl: url, deskKey: key } = root.dataset;
  delete root.dataset.deskKey;
  openStore({ sheet, who, url, key }).then((store) => queue.restore(store)).then(showRestored);
  if (isOpen()) {
    const page = root.dataset.page ?? "";
    const urlOf = () => `${root.dataset.sinceUrl.replace(/0\/$/, `${seen.rev}/`)}?${new URLSearchParams({ chapitre: chapters.current(), page })}`;
    ask = poll(POLL_MS, urlOf, onPoll);
  }
}
