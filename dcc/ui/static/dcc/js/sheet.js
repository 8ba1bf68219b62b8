// The sheet by keyboard: Enter confirms the answer one is in, C goes to the next to confirm, Alt ↓ ↑ change chapter.
import { focusOn } from "./focus.js";
import { isTyping, singleKeys } from "./keyboard.js";

const fieldOf = (question) => question.querySelector("input, select, textarea, button");

function nextToConfirm() {
  const all = [...document.querySelectorAll("[data-toconfirm]")];
  const here = all.indexOf(document.activeElement?.closest("[data-toconfirm]"));
  const next = all[(here + 1) % all.length];
  next?.scrollIntoView({ block: "center" });
  return Boolean(next) && focusOn(fieldOf(next));
}

function changeChapter(step) {
  const links = [...document.querySelectorAll(".chapters a:not(.off)")];
  const here = links.findIndex((link) => link.hasAttribute("aria-current"));
  const next = links[here + step];
  next?.click();
  return Boolean(next);
}

function act(event) {
  const question = event.target.closest?.("[data-toconfirm]");
  if (event.key === "Enter" && question && !event.ctrlKey && event.target.matches("input, select")) {
    question.querySelector("button").click();
    return true;
  }
  if (event.altKey && event.key === "ArrowDown" && !event.target.closest?.("[data-rows]")) return changeChapter(1);
  if (event.altKey && event.key === "ArrowUp" && !event.target.closest?.("[data-rows]")) return changeChapter(-1);
  if (event.key !== "c" || event.ctrlKey || event.altKey || event.metaKey) return false;
  return singleKeys() && !isTyping(event.target) && nextToConfirm();
}

export function watchSheet() {
  document.addEventListener("keydown", (event) => {
    if (!event.defaultPrevented && act(event)) event.preventDefault();
  });
}
