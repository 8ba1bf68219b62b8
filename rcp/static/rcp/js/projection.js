// The room's screen: cases follow one another without a blank, and second screens follow the presenter.
// Size, light and "suite ↓" belong to the kit (room.js), which remembers them.
import { announce } from "../../dcc/js/regions.js";
import { prolong } from "../../dcc/js/session.js";
import { poll } from "./polling.js";

const EVERY_MS = 2000;
const PARTS = [".rm-top", ".rm-main", ".rm-foot", "[data-room-state]"];
const about = () => document.querySelector("[data-room-state]");
const middle = () => document.querySelector(".rm-main");

// The address is asked as a page and shown as one; whatever goes wrong, the browser goes there itself.
async function show(href, { headers = {}, push = false } = {}) {
  try {
    const answer = await fetch(href, { headers, cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!fresh.querySelector("[data-room-state]")) throw new Error("not a case");
    const same = fresh.querySelector("[data-room-here]").dataset.roomHere === about().dataset.roomHere;
    const at = same ? middle().scrollTop : 0;
    PARTS.forEach((part) => document.querySelector(part).replaceWith(fresh.querySelector(part)));
    document.title = fresh.title;
    if (push) history.pushState(null, "", href);
    middle().scrollTop = at;
    if (!headers["X-DCC-Poll"]) prolong(answer.headers.get("X-Session-Ends"));
    if (push) announce(document.title);
    dispatchEvent(new Event("resize"));
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
  const link = event.target.closest?.("[data-room-go]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  show(link.href, { push: true });
});
addEventListener("popstate", () => show(location.href));
poll(EVERY_MS, () => about().dataset.roomState, follow);
