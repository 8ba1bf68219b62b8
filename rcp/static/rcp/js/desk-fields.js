// From a gesture to an operation: chips, boxes, lists and fields, each told by the question it stands in.
import { newId } from "./desk-queue.js";

const TYPING_MS = 1500;
const TEXTS = ["text", "textarea"];
const CHIPS = ["radio", "check-box"];
const LINE_VERBS = { ajouter: "line", retirer: "unline", monter: "up", descendre: "down" };
const TEXT = "input.form-control, textarea";

const labelOf = (container) =>
  (container.querySelector(":scope > legend, :scope > .q-lab > label") ?? container.querySelector("legend, label"))
    ?.firstChild?.textContent.trim() ?? "";
const nameOf = (box) => box.closest("label")?.textContent.trim() ?? box.value;

// The answer as its reader would say it, so that it can be shown wherever it does not reach.
function wordsOf(container, target) {
  const { control } = container.dataset;
  if (control === "check-box") return `${nameOf(target)} ${target.checked ? "coché" : "décoché"}`;
  if (control === "radio") return [...container.querySelectorAll("input:checked")].map(nameOf).join(", ");
  if (control === "drop-down") return [...target.selectedOptions].map((option) => option.text).join(", ");
  return container.querySelector(TEXT)?.value ?? target.value;
}

// Words typed before, given back to a question that was drawn again without them.
export function retype(container, { op, values, text }) {
  const field = container?.querySelector(TEXT);
  if (field && op === "set") field.value = text ?? values[0];
  container?.querySelectorAll("option").forEach((one) => { one.selected = values.includes(one.value); });
  container?.querySelectorAll("input:is([type=radio], [type=checkbox])").forEach((one) => {
    if (op === "set") one.checked = values.includes(one.value);
    else if (values.includes(one.value)) one.checked = op === "add";
  });
}

export function watchFields(root, queue, revision) {
  const sent = new WeakMap();
  const typing = new Map();

  const containerOf = (node) => node.closest?.("[data-path][data-control]");
  const shared = (container) => ({
    path: container.dataset.path,
    label: labelOf(container),
    base_ver: Number(container.dataset.ver),
    redraw: container.classList.contains("toconfirm"),
  });

  function valuesOf(container, target) {
    const { control } = container.dataset;
    if (control === "radio") return [container.querySelector("input:checked")?.value ?? ""];
    if (control === "drop-down") return [...target.selectedOptions].map((option) => option.value);
    if (control === "autocomplete") {
      const [text, code] = container.querySelectorAll(".combo input");
      return [code.value || text.value];
    }
    return [target.value];
  }

  function forget(container) {
    clearTimeout(typing.get(container)?.timer);
    typing.delete(container);
  }

  function set(container, target) {
    forget(container);
    const values = valuesOf(container, target);
    const same = JSON.stringify(values);
    // A field left as it was sent, or the two events of one choice, say nothing new; drawn again, it is another field.
    if (sent.get(container) === same && !container.querySelector(".error")) return;
    sent.set(container, same);
    queue.push({ ...shared(container), op: "set", values, text: wordsOf(container, target) });
  }

  function onChange(event) {
    const { target } = event;
    const container = containerOf(target);
    if (!container || !root.contains(container) || !container.dataset.control || target.type === "hidden" && !target.name.endsWith("_code")) return;
    if (container.dataset.control === "check-box") {
      const op = target.checked ? "add" : "remove";
      queue.push({ ...shared(container), op, values: [target.value], text: wordsOf(container, target), redraw: true });
      return;
    }
    // The text of a proposal without its code is a search under way, until the field is left.
    set(container, target);
  }

  function onInput({ target }) {
    const container = containerOf(target);
    if (!container || CHIPS.includes(container.dataset.control)) return;
    sent.delete(container);
    forget(container);
    const timer = TEXTS.includes(container.dataset.control) ? setTimeout(() => set(container, target), TYPING_MS) : 0;
    typing.set(container, { target, timer });
  }

  // A number, a date or a search leaves with the field; left as it was found, there is nothing to send.
  function onLeave({ target }) {
    const container = containerOf(target);
    if (typing.get(container)?.timer === 0) forget(container);
  }

  function onClick(event) {
    const button = event.target.closest?.("[data-op], [data-choice]");
    if (!button || !root.contains(button)) return;
    event.preventDefault();
    const container = button.closest("[data-path]");
    if (button.dataset.choice) {
      const base_ver = Number(container.dataset.ver);
      queue.push({ path: container.dataset.path, base_ver, op: "choose", values: [button.dataset.choice], text: button.textContent.trim() });
    } else if (button.dataset.op === "confirm" && button.value.indexOf("/") < 0) {
      // The button of a chapter confirms all it shows; the place of the button is what is drawn again under the focus.
      queue.push({ path: button.value, op: "confirm", base_rev: revision(), own: button.parentElement.id });
    } else if (button.dataset.op === "recompute") {
      sent.delete(container);
      queue.push({ ...shared(container), op: "set", values: [""], redraw: true });
    } else if (button.dataset.op === "confirm") {
      sent.delete(container);
      queue.push({ ...shared(container), op: "confirm" });
    } else {
      const [verb, ...rest] = button.value.split(":");
      const op = LINE_VERBS[verb];
      queue.push({ path: rest.join(":"), op, base_rev: revision(), values: [op === "line" ? newId() : ""] });
    }
  }

  root.addEventListener("change", onChange);
  root.addEventListener("input", onInput);
  root.addEventListener("focusout", onLeave);
  root.addEventListener("click", onClick);
  // Enter in a field leaves it as a change would; the plain form is for those without script.
  root.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-chapter]")) return;
    event.preventDefault();
    event.stopPropagation();
    const container = containerOf(document.activeElement);
    if (container?.dataset.control && container.dataset.control !== "check-box") set(container, document.activeElement);
  }, true);

  // What waits for the end of a word, or for the field to be left, leaves now.
  const send = () => typing.forEach(({ target }, container) => set(container, target));
  const typed = (path) => [...typing.keys()].some((one) => one.isConnected && one.dataset.path === path);
  return { send, typed };
}
