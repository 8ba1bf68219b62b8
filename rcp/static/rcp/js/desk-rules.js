// A rule of the form that is not kept (T and the size disagree) is said in « Avant de valider », which leads to its
// question; the question says it too.
import { announce } from "../../dcc/js/regions.js";

const NOTE = "[data-rule-note]";
let known = null;

function broken() {
  const found = new Map();
  document.querySelectorAll("#avant [data-rule]").forEach((link) => {
    const question = document.getElementById(link.hash.slice(1));
    if (question) found.set(question, [...(found.get(question) ?? []), link.textContent]);
  });
  return found;
}

function note(text) {
  const node = document.createElement("p");
  node.className = "rule-note";
  node.dataset.ruleNote = "";
  node.textContent = text;
  return node;
}

// Said aloud when it has just been broken, not when the page opens.
export function markRules(root) {
  const found = broken();
  root.querySelectorAll(NOTE).forEach((one) => one.remove());
  found.forEach((texts, question) => {
    const place = question.matches(".q") ? question.lastElementChild : question;
    texts.forEach((text) => place.append(note(text)));
  });
  const now = [...found.values()].flat();
  const fresh = known && now.filter((text) => !known.has(text));
  known = new Set(now);
  if (fresh?.length) announce(fresh.join(" "));
}

// What the server drew, without what is added here.
export const withoutNotes = (node) => node.querySelectorAll(NOTE).forEach((one) => one.remove());
