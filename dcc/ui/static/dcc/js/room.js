// The meeting room: size of the text, light or dark, and more below. The room remembers; no patient data is stored.
import { isTyping, singleKeys } from "./keyboard.js";
import { showWholeLines } from "./whole-lines.js";

const STEPS = ["", "z2", "z3", "z4"];
const KEPT = "dcc-salle";

const read = () => { try { return JSON.parse(localStorage.getItem(KEPT)) ?? {}; } catch { return {}; } };
const keep = (choice) => { try { localStorage.setItem(KEPT, JSON.stringify(choice)); } catch { /* private window */ } };

function apply(room, { step = 0, light = false }) {
  STEPS.forEach((name, index) => { if (name) room.classList.toggle(name, index === step); });
  room.classList.toggle("light", light);
  tellMore();
}

function tellMore() {
  const middle = document.querySelector(".rm-main");
  const sign = document.querySelector("[data-room-more]");
  if (!middle || !sign) return;
  sign.hidden = middle.scrollTop + middle.clientHeight >= middle.scrollHeight - 4;
  showWholeLines(middle);
}

function turn(key, room) {
  const choice = { step: STEPS.findIndex((name) => name && room.classList.contains(name)), light: room.classList.contains("light") };
  choice.step = Math.max(choice.step, 0);
  if (key === "+") choice.step = Math.min(choice.step + 1, STEPS.length - 1);
  else if (key === "-" || key === "−") choice.step = Math.max(choice.step - 1, 0);
  else if (key.toLowerCase() === "l") choice.light = !choice.light;
  else return false;
  keep(choice);
  apply(room, choice);
  return true;
}

function act(event, room) {
  if (event.key === "PageDown" || event.key === "PageUp") {
    const middle = document.querySelector(".rm-main");
    const { top, bottom } = middle.getBoundingClientRect();
    const whole = showWholeLines(middle);
    const step = event.key === "PageDown" ? Math.min(0.85 * (bottom - top), whole.bottom - top) : Math.max(0.85 * (top - bottom), whole.top - bottom);
    middle.scrollBy({ top: step });
    return true;
  }
  if (event.ctrlKey || event.altKey || event.metaKey || !singleKeys() || isTyping(event.target)) return false;
  return turn(event.key, room);
}

export function watchRoom() {
  const room = document.querySelector("[data-room]");
  if (!room) return;
  const kept = read();
  if ("step" in kept) apply(room, kept);
  tellMore();
  addEventListener("resize", tellMore);
  document.addEventListener("scroll", tellMore, true);
  document.addEventListener("htmx:afterSettle", tellMore);
  document.fonts?.ready.then(tellMore);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-room-turn]");
    if (button) turn(button.dataset.roomTurn, room);
  });
  document.addEventListener("keydown", (event) => {
    if (!event.defaultPrevented && act(event, room)) event.preventDefault();
  });
}
