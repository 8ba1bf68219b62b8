// The meeting's page: what others change appears under one's eyes, never under one's fingers; cases are dragged.
import { announce } from "../../dcc/js/regions.js";
import { poll } from "./polling.js";

const EVERY_MS = 5000;
const root = document.querySelector("[data-live-url]");

// Tokens differ in every answer and say nothing about the meeting.
function signature(node) {
  const copy = node.cloneNode(true);
  copy.querySelectorAll('[name="csrfmiddlewaretoken"]').forEach((one) => one.remove());
  copy.querySelectorAll("[class]").forEach((one) => one.classList.remove("htmx-added", "htmx-settling", "htmx-swapping"));
  return copy.innerHTML + copy.className + (copy.getAttribute("aria-current") ?? "");
}

// A box holds nothing half typed: its row may be drawn again, the focus given back.
const held = () => document.activeElement.matches("[data-live] .ck") ? null : document.activeElement;
const busy = (node) => node.contains(held()) || Boolean(node.querySelector("details[open], .htmx-request"));

function put(shown, fresh) {
  if (signature(shown) === signature(fresh)) return true;
  if (busy(shown)) return false;
  if (fresh.dataset.liveSay && fresh.dataset.liveSay !== shown.dataset.liveSay) announce(fresh.dataset.liveSay);
  const focused = shown.contains(document.activeElement) ? document.activeElement.id : "";
  shown.replaceWith(fresh);
  window.htmx?.process(fresh);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  return true;
}

// The element that has the focus never moves: the others come before or after it.
function order(list, wanted) {
  const held = wanted.find((node) => node.contains(document.activeElement));
  let seen = !held;
  for (const node of wanted) {
    if (node === held) { seen = true; continue; }
    if (seen) list.append(node); else list.insertBefore(node, held);
  }
}

function patchList(list, fresh) {
  let whole = true;
  const wanted = [...fresh.children].map((node) => {
    const shown = document.getElementById(node.id);
    if (!shown) { window.htmx?.process(node); return node; }
    whole = put(shown, node) && whole;
    return document.getElementById(node.id);
  });
  for (const node of [...list.children]) {
    if (wanted.includes(node)) continue;
    if (busy(node)) whole = false; else node.remove();
  }
  const same = wanted.every((node, index) => list.children[index] === node);
  if (!same) order(list, wanted);
  return whole;
}

function patch(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const lists = [...document.querySelectorAll("[data-live-list]")];
  const freshLists = [...fresh.querySelectorAll("[data-live-list]")];
  // A list that appears or disappears: the whole card is drawn again.
  if (lists.length !== freshLists.length) {
    const card = document.getElementById("dossiers");
    const next = fresh.getElementById("dossiers");
    if (busy(card)) return false;
    card.replaceWith(next);
    window.htmx?.process(next);
    return patch(html);
  }
  const whole = lists.map((list, index) => patchList(list, freshLists[index]));
  fresh.querySelectorAll("[data-live]:not([data-live-list] > *)").forEach((node) => {
    const shown = document.getElementById(node.id);
    if (shown) whole.push(put(shown, node));
  });
  return whole.every(Boolean);
}

async function receive(answer) {
  const html = await answer.text();
  // What could not be drawn because it was in use is asked again next time.
  if (patch(html)) root.dataset.liveToken = /data-live-token="([^"]*)"/.exec(html)?.[1] ?? "";
}

function drag() {
  let row = null;
  const rows = (body) => [...body.querySelectorAll("tr")];
  document.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest?.("[data-drag]");
    document.querySelectorAll("tr[draggable]").forEach((one) => one.removeAttribute("draggable"));
    if (handle) handle.closest("tr").draggable = true;
  });
  document.addEventListener("dragstart", (event) => {
    row = event.target.closest?.("[data-order] tr");
    if (row) event.dataTransfer.effectAllowed = "move";
  });
  document.addEventListener("dragover", (event) => {
    const over = row && event.target.closest?.("[data-order] tr");
    if (!over) return;
    event.preventDefault();
    const { top, height } = over.getBoundingClientRect();
    if (over !== row) over[event.clientY < top + height / 2 ? "before" : "after"](row);
  });
  document.addEventListener("drop", (event) => { if (row) event.preventDefault(); });
  document.addEventListener("dragend", () => {
    const form = row?.querySelector("[data-place]");
    if (form) {
      const place = rows(row.parentElement).indexOf(row) + 1;
      const sent = Object.assign(document.createElement("input"), { type: "hidden", name: "place", value: place });
      form.append(sent);
      form.requestSubmit();
    }
    row = null;
  });
}

if (root) {
  const ask = poll(EVERY_MS, () => `${root.dataset.liveUrl}?v=${root.dataset.liveToken}`, receive);
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.detail.requestConfig.verb === "post") { root.dataset.liveToken = ""; ask(); }
  });
  drag();
}
