// From a gesture to an operation: chips, boxes, lists and fields, each told by the question it stands in.
import { newId } from "./desk-queue.js";

const TYPING_MS = 1500;
const TEXTS = ["text", "textarea"];
const LINE_VERBS = { ajouter: "line", retirer: "unline", monter: "up", descendre: "down" };

export function watchFields(root, queue, revision) {
  const sent = new Map();
  const timers = new Map();

  const containerOf = (node) => node.closest?.("[data-path][data-control]");
  const shared = (container) => ({
    path: container.dataset.path,
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

  function set(container, target) {
    clearTimeout(timers.get(container));
    timers.delete(container);
    const values = valuesOf(container, target);
    const { path } = container.dataset;
    const same = JSON.stringify(values);
    // A field left as it was sent, or the two events of one choice, say nothing new.
    if (sent.get(path) === same && !container.querySelector(".error")) return;
    sent.set(path, same);
    queue.push({ ...shared(container), op: "set", values });
  }

  function onChange(event) {
    const { target } = event;
    const container = containerOf(target);
    if (!container || !root.contains(container) || !container.dataset.control || target.type === "hidden" && !target.name.endsWith("_code")) return;
    if (container.dataset.control === "check-box") {
      queue.push({ ...shared(container), op: target.checked ? "add" : "remove", values: [target.value], redraw: true });
      return;
    }
    // The text of a proposal without its code is a search under way, until the field is left.
    set(container, target);
  }

  function onInput({ target }) {
    const container = containerOf(target);
    if (!container || !TEXTS.includes(container.dataset.control)) return;
    sent.delete(container.dataset.path);
    clearTimeout(timers.get(container));
    timers.set(container, setTimeout(() => set(container, target), TYPING_MS));
  }

  function onClick(event) {
    const button = event.target.closest?.("[data-op], [data-choice]");
    if (!button || !root.contains(button)) return;
    event.preventDefault();
    const container = button.closest("[data-path]");
    if (button.dataset.choice) {
      queue.push({ path: container.dataset.path, base_ver: Number(container.dataset.ver), op: "choose", values: [button.dataset.choice] });
    } else if (button.dataset.op === "confirm" && button.value.indexOf("/") < 0) {
      // The button of a chapter confirms all it shows; the place of the button is what is drawn again under the focus.
      queue.push({ path: button.value, op: "confirm", base_rev: revision(), own: button.parentElement.id });
    } else if (button.dataset.op === "recompute") {
      sent.delete(container.dataset.path);
      queue.push({ ...shared(container), op: "set", values: [""], redraw: true });
    } else if (button.dataset.op === "confirm") {
      sent.delete(container.dataset.path);
      queue.push({ ...shared(container), op: "confirm" });
    } else {
      const [verb, ...rest] = button.value.split(":");
      const op = LINE_VERBS[verb];
      queue.push({ path: rest.join(":"), op, base_rev: revision(), values: [op === "line" ? newId() : ""] });
    }
  }

  root.addEventListener("change", onChange);
  root.addEventListener("input", onInput);
  root.addEventListener("click", onClick);
  // Enter in a field leaves it as a change would; the plain form is for those without script.
  root.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-chapter]")) return;
    event.preventDefault();
    event.stopPropagation();
    const container = containerOf(document.activeElement);
    if (container?.dataset.control && container.dataset.control !== "check-box") set(container, document.activeElement);
  }, true);

  // What waits for the end of a word leaves now.
  const send = () => timers.forEach((_, container) => {
    const field = container.querySelector("input.form-control, textarea");
    if (field) set(container, field);
  });
  return { send };
}
