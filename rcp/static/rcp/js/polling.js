// Asks again by itself: not a human act (X-DCC-Poll), slower when hidden or when the network is away (D14, D20).
import { found, lost } from "../../dcc/js/network.js";
import { closed } from "../../dcc/js/session.js";

const SLOWEST_MS = 60000;

export function poll(everyMs, urlOf, onAnswer) {
  let wait = everyMs;
  let timer = 0;
  let asking = false;
  let again = false;

  async function ask() {
    clearTimeout(timer);
    // Asked while an older answer is on its way: that one may not know yet.
    if (asking) { again = true; return; }
    asking = true;
    try {
      const answer = await fetch(urlOf(), { headers: { "X-DCC-Poll": "1" }, cache: "no-store" });
      if (answer.status === 401) return closed();
      found();
      if (answer.status === 200) await onAnswer(answer);
      wait = answer.ok ? everyMs : Math.min(wait * 2, SLOWEST_MS);
    } catch {
      lost();
      wait = Math.min(wait * 2, SLOWEST_MS);
    } finally {
      asking = false;
    }
    if (again) { again = false; return ask(); }
    plan();
  }

  // A hidden page asks six times less often.
  const plan = () => { clearTimeout(timer); timer = setTimeout(ask, document.hidden ? wait * 6 : wait); };
  document.addEventListener("visibilitychange", () => { if (document.hidden) plan(); else ask(); });
  document.addEventListener("dcc:unlocked", ask);
  plan();
  return ask;
}
