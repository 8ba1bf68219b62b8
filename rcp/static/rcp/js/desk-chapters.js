// The chapter one is in, followed as the page scrolls; « / » finds a question by its words or its short text.
import { announce } from "../../dcc/js/regions.js";

// Of a long form only a part of the list is seen: the chapter one is in stays in it, unless one walks the list itself.
function keepInView(link) {
  const list = link?.closest(".nav-b");
  if (!list || list.scrollHeight <= list.clientHeight || list.contains(document.activeElement)) return;
  const [inner, outer] = [link.getBoundingClientRect(), list.getBoundingClientRect()];
  if (inner.top < outer.top) list.scrollTop -= outer.top - inner.top + inner.height;
  else if (inner.bottom > outer.bottom) list.scrollTop += inner.bottom - outer.bottom + inner.height;
}

export function watchChapters(root) {
  let current = "";
  const links = () => [...document.querySelectorAll(".chapters a")];
  const sections = () => [...root.querySelectorAll("#fiche > section:not([hidden])")];

  // The chapter of the field one is in, for as long as it is seen; what scrolled away says nothing of where one reads.
  function held() {
    const { top, bottom } = document.activeElement.getBoundingClientRect();
    if (bottom < 0 || top > innerHeight) return null;
    return sections().find((one) => one.contains(document.activeElement)) ?? null;
  }

  function mark() {
    const edge = innerHeight * 0.4;
    const passed = sections().filter((one) => one.getBoundingClientRect().top < edge);
    const here = held() ?? passed.at(-1) ?? sections()[0];
    current = here?.querySelector("form")?.dataset.chapter ?? "";
    links().forEach((link) => {
      if (here && link.hash === `#${here.id}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
    keepInView(document.querySelector(".chapters a[aria-current]"));
  }

  let planned = 0;
  const soon = () => {
    cancelAnimationFrame(planned);
    planned = requestAnimationFrame(mark);
  };
  addEventListener("scroll", soon, { passive: true });
  root.addEventListener("focusin", soon);
  // The heading takes the focus, so that Tab goes on inside the chapter; after the jump, which takes the focus away.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".chapters a:not(.off)");
    const section = link && document.getElementById(link.hash.slice(1));
    if (section) setTimeout(() => { section.querySelector("h2")?.focus({ preventScroll: true }); mark(); });
  });
  mark();
  return { mark, current: () => root.dataset.page ? "tronc.ch.decision" : current };
}

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();

export function unfold(node) {
  for (let up = node?.closest("details"); up; up = up.parentElement.closest("details")) up.open = true;
}

// A question of a folded group, reached from « Avant de valider » or from the room, is opened.
export function reveal() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  unfold(target);
  target.scrollIntoView({ block: "center" });
}

function goTo(option) {
  const question = document.getElementById(option.dataset.to);
  if (!question || question.closest("[hidden]")) {
    return announce(`« ${option.value} » n’est pas ouverte : ${option.dataset.because || "question fermée"}`);
  }
  unfold(question);
  question.scrollIntoView({ block: "center" });
  const first = question.querySelector("input:checked")
    ?? question.querySelector("input:not([type=hidden]), select, textarea, button, summary");
  if (first) return first.focus({ preventScroll: true });
  question.tabIndex = -1;
  return question.focus({ preventScroll: true });
}

export function watchFinder() {
  const field = document.querySelector("[data-find-question]");
  const list = document.getElementById("questions");
  if (!field || !list) return;
  const said = field.parentElement.querySelector("[data-find-said]");
  const find = () => {
    const wanted = plain(field.value);
    if (!wanted) return;
    const all = [...list.options];
    const by = (test) => all.find((one) => test(plain(one.value)) || test(plain(one.label)));
    const found = by((text) => text === wanted) ?? by((text) => text.startsWith(wanted)) ?? by((text) => text.includes(wanted));
    field.value = "";
    said.textContent = "";
    if (!found) { said.textContent = "Aucune question de ce nom"; return announce(said.textContent); }
    if (document.getElementById(found.dataset.to)?.closest("[hidden]") !== null) said.textContent = `${found.value} : ${found.dataset.because || "question fermée"}`;
    goTo(found);
  };
  field.addEventListener("change", find);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); find(); }
    if (event.key === "Escape") { field.value = ""; said.textContent = ""; }
  });
  addEventListener("hashchange", reveal);
  reveal();
}
