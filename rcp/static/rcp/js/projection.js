// The room's screen: cases follow one another without a blank, second screens follow the presenter, the room
// remembers its size and its light.
import { prolong } from "../../dcc/js/session.js";
import { poll } from "./polling.js";

const EVERY_MS = 2000;
const SIZES = ["", "z2", "z3", "z4"];
const room = document.body;
const main = () => document.querySelector(".rm-main");
const about = () => document.querySelector("[data-room-state]");

const kept = (name) => { try { return localStorage.getItem(name) ?? ""; } catch { return ""; } };
const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* private window: for this time only */ } };

function dress() {
  const size = Math.min(Math.max(Number(kept("dcc-room-size")) || 0, 0), SIZES.length - 1);
  SIZES.forEach((name, step) => { if (name) room.classList.toggle(name, step === size); });
  room.classList.toggle("light", kept("dcc-room-light") === "1");
  document.querySelectorAll("[data-room-light], [data-room-sizes]").forEach((one) => { one.hidden = false; });
  overflow();
}

function overflow() {
  const more = document.querySelector("[data-room-more]");
  const page = main();
  if (more && page) more.hidden = page.scrollTop + page.clientHeight >= page.scrollHeight - 4;
}

// The address is asked as a page and shown as one; whatever goes wrong, the browser goes there itself.
async function show(href, { headers = {}, push = false } = {}) {
  try {
    const answer = await fetch(href, { headers, cache: "no-store" });
    if (!answer.ok) throw new Error(answer.status);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!fresh.querySelector("[data-room-state]")) throw new Error("not a case");
    const at = main().scrollTop;
    const same = fresh.querySelector("[data-room-here]").dataset.roomHere === about().dataset.roomHere;
    for (const part of [".rm-top", ".rm-main", ".rm-foot", "[data-room-state]"]) {
      document.querySelector(part).replaceWith(fresh.querySelector(part));
    }
    document.title = fresh.title;
    if (push) history.pushState(null, "", href);
    if (same) main().scrollTop = at;
    if (!headers["X-DCC-Poll"]) prolong(answer.headers.get("X-Session-Ends"));
    dress();
    main().focus({ preventScroll: true });
  } catch {
    if (!headers["X-DCC-Poll"]) location.assign(href);
  }
}

// A panel somebody reads (documents, empty questions) is not redrawn under their eyes; another case is.
async function follow(answer) {
  const { url, token } = await answer.json();
  const here = about().dataset;
  const headers = { "X-DCC-Poll": "1" };
  if ("roomFollow" in here && url !== here.roomHere) {
    await show(url, { headers });
    history.replaceState(null, "", url);
  } else if (token !== here.roomToken && !("roomPanel" in here)) {
    await show(`${here.roomHere}${here.roomHere.includes("?") ? "&" : "?"}relu=1`, { headers });
  }
}

document.addEventListener("click", (event) => {
  const target = event.target.closest?.("[data-room-go], [data-room-light], [data-room-size]");
  if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (target.matches("[data-room-go]")) {
    event.preventDefault();
    show(target.href, { push: true });
  } else if (target.matches("[data-room-light]")) {
    keep("dcc-room-light", room.classList.contains("light") ? "" : "1");
    dress();
  } else {
    const size = (Number(kept("dcc-room-size")) || 0) + Number(target.dataset.roomSize);
    keep("dcc-room-size", String(Math.min(Math.max(size, 0), SIZES.length - 1)));
    dress();
  }
});
addEventListener("popstate", () => show(location.href));
addEventListener("resize", overflow);
document.addEventListener("scroll", overflow, true);
dress();
main().focus({ preventScroll: true });
poll(EVERY_MS, () => about().dataset.roomState, follow);
