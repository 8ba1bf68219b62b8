// Text field with proposals from the server: the ARIA combobox pattern, built the first time the field has the focus.
import { announce } from "./regions.js";

const WAIT_MS = 180;
let serial = 0;

class Combobox {
  constructor(root) {
    this.root = root;
    this.input = root.querySelector("input:not([type=hidden])");
    this.code = root.querySelector("input[type=hidden]");
    this.list = document.createElement("ul");
    Object.assign(this.list, { className: "combo-list", id: `propositions-${++serial}`, hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Propositions");
    root.append(this.list);
    const set = (name, value) => this.input.setAttribute(name, value);
    set("role", "combobox");
    set("aria-autocomplete", "list");
    set("aria-expanded", "false");
    set("aria-controls", this.list.id);
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 120));
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[role=option]");
      if (option) this.choose(option);
    });
  }

  get options() { return [...this.list.querySelectorAll("[role=option]")]; }

  get active() { return this.list.querySelector("[aria-selected=true]"); }

  typed() {
    this.code.value = "";
    clearTimeout(this.timer);
    if (this.input.value.trim().length < Number(this.root.dataset.min)) return this.close();
    this.timer = setTimeout(() => this.search(), WAIT_MS);
  }

  async search() {
    this.request?.abort();
    this.request = new AbortController();
    const url = new URL(this.root.dataset.url, location.href);
    url.searchParams.set("q", this.input.value.trim());
    const free = "free" in this.root.dataset;
    if (free) url.searchParams.set("libre", "1");
    try {
      const answer = await fetch(url, { signal: this.request.signal, headers: { "HX-Request": "true" } });
      if (!answer.ok || answer.redirected) return this.close();
      this.list.innerHTML = await answer.text();
    } catch {
      return this.close();
    }
    if (document.activeElement !== this.input) return;
    this.options.forEach((option, index) => { option.id = `${this.list.id}-${index}`; });
    this.open();
    const count = this.options.length;
    const none = free ? "Pas dans l’annuaire, le nom est gardé tel qu’il est écrit" : "Aucun résultat";
    announce(count === 0 ? none : count === 1 ? "1 réponse" : `${count} réponses`);
  }

  open() {
    this.list.hidden = false;
    this.list.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-expanded", "true");
  }

  close() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  mark(option) {
    this.active?.setAttribute("aria-selected", "false");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  move(step) {
    if (this.list.hidden) return this.search();
    const { options } = this;
    if (!options.length) return;
    const here = options.indexOf(this.active);
    this.mark(options[here < 0 ? (step > 0 ? 0 : options.length - 1) : (here + step + options.length) % options.length]);
  }

  choose(option) {
    this.input.value = option.dataset.label;
    this.code.value = option.dataset.code;
    this.close();
    for (const field of [this.code, this.input]) field.dispatchEvent(new Event("change", { bubbles: true }));
    announce(`${option.dataset.label} choisi`);
  }

  key(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && !this.list.hidden && this.active) {
      this.choose(this.active);
    } else if (event.key === "Escape" && !this.list.hidden) {
      this.close();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

export function watchComboboxes() {
  document.addEventListener("focusin", (event) => {
    const root = event.target.closest?.("[data-combo]");
    if (!root || root.dataset.built) return;
    root.dataset.built = "1";
    new Combobox(root);
  });
}
