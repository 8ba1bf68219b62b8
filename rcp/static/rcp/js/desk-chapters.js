// The chapter one is in, followed as the page scrolls; « / » finds a question by its words.
import { announce } from "../../dcc/js/regions.js";

export function watchChapters(root) {
  let current = "";
  const links = () => [...document.querySelectorAll(".chapters a")];
  const sections = () => [...root.querySelectorAll("#fiche > section:not([hidden])")];

  function mark() {
    const edge = innerHeight * 0.4;
    const passed = sections().filter((one) => one.getBoundingClientRect().top < edge);
    const here = passed.at(-1) ?? sections()[0];
    current = here?.querySelector("form")?.dataset.chapter ?? "";
    links().forEach((link) => {
      if (here && link.hash === `#${here.id}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  }

  let planned = 0;
  addEventListener("scroll", () => {
    cancelAnimationFrame(planned);
    planned = requestAnimationFrame(mark);
  }, { passive: true });
  // The heading takes the focus, so that Tab goes on inside the chapter; after the jump, which takes the focus away.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".chapters a:not(.off)");
    const section = link && document.getElementById(link.hash.slice(1));
    if (section) setTimeout(() => { section.querySelector("h2")?.focus({ preventScroll: true }); mark(); });
  });
  mark();
  return { mark, current: () => root.dataset.page ? "tronc.ch.decision" : current };
}

const labelsOf = (root) =>
  [...root.querySelectorAll(".q:not([hidden]) > legend, .q:not([hidden]) > .q-lab > label")]
    .map((label) => [label.firstChild.textContent.trim(), label.closest(".q")]);

export function watchFinder(root) {
  const field = document.querySelector("[data-find-question]");
  const list = document.getElementById("questions");
  if (!field || !list) return;
  field.addEventListener("focus", () => {
    list.replaceChildren(...labelsOf(root).map(([text]) => Object.assign(document.createElement("option"), { value: text })));
  });
  field.addEventListener("change", () => {
    const wanted = field.value.trim().toLowerCase();
    if (!wanted) return;
    const found = labelsOf(root);
    const [, question] = found.find(([text]) => text.toLowerCase() === wanted) ?? found.find(([text]) => text.toLowerCase().includes(wanted)) ?? [];
    field.value = "";
    if (!question) return announce("Aucune question de ce nom");
    question.closest("details")?.setAttribute("open", "");
    question.scrollIntoView({ block: "center" });
    question.querySelector("input:not([type=hidden]), select, textarea, button")?.focus({ preventScroll: true });
  });
}
