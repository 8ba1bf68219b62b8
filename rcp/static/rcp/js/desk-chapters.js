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

const ANSWERS = "input:not([type=hidden]), select, textarea, button, summary";

// A question is opened, brought to the middle and takes the focus on its answer; a chapter, on its heading.
function show(place) {
  unfold(place);
  if (place.matches("section")) return place.querySelector("h2[tabindex]")?.focus();
  place.scrollIntoView({ block: "center" });
  const seen = [...place.querySelectorAll(ANSWERS)].filter((one) => one.checkVisibility());
  const answer = seen.find((one) => one.checked) ?? seen[0];
  if (!answer) place.tabIndex = -1;
  return (answer ?? place).focus({ preventScroll: true });
}

function reveal() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && !target.closest("[hidden]")) show(target);
}

// Reached from « Avant de valider », « Avant de figer » or the room; followed twice, a way leads there twice.
export function watchPlaces() {
  addEventListener("hashchange", reveal);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#q-"]');
    if (link && link.hash === location.hash) setTimeout(reveal);
  });
  // The browser jumps to the anchor until the page is whole, and takes the focus away; a hand already at work keeps it.
  const arrive = () => setTimeout(() => { if (document.activeElement === document.body) reveal(); });
  if (document.readyState === "complete") arrive();
  else addEventListener("load", arrive);
}

function goTo(option) {
  const question = document.getElementById(option.dataset.to);
  if (!question || question.closest("[hidden]")) {
    return announce(`« ${option.value} » n’est pas ouverte : ${option.dataset.because || "question fermée"}`);
  }
  return show(question);
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
}
