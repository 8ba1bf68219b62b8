// Operations leave one after the other, each once (op_id), whatever the network does; nothing typed waits unsaid.
import { found, lost } from "../../dcc/js/network.js";
import { csrfToken } from "../../dcc/js/requests.js";
import { closed, prolong } from "../../dcc/js/session.js";

const SLOWEST_MS = 30000;

export const newId = () => {
  if (crypto.randomUUID) return crypto.randomUUID();
  const random = crypto.getRandomValues(new Uint8Array(16));
  random[6] = (random[6] & 15) | 64;
  random[8] = (random[8] & 63) | 128;
  const hex = [...random].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [8, 12, 16, 20, 32].map((end, n, ends) => hex.slice(ends[n - 1] ?? 0, end)).join("-");
};

export class Queue {
  constructor({ url, pulse, page, onAnswer, onState }) {
    Object.assign(this, { url, pulse, page, onAnswer, onState, waiting: [], store: null, wait: 1000, sending: false });
    this.versions = new Map();
    addEventListener("online", () => this.flush());
    addEventListener("focus", () => this.flush());
    document.addEventListener("dcc:online", () => this.flush());
    addEventListener("beforeunload", (event) => { if (this.waiting.length) event.preventDefault(); });
  }

  get size() { return this.waiting.length; }

  pending(path) { return this.waiting.some((one) => one.path === path); }

  async restore(store) {
    this.store = store;
    const kept = store ? await store.all() : [];
    this.waiting.unshift(...kept);
    if (kept.length) this.flush();
  }

  push(operation) {
    const asked = { op: "set", values: [""], base_ver: 0, base_rev: 0, ...operation, op_id: newId() };
    const former = this.waiting.find((one) => one.path === asked.path && one.op === "set" && !one.tried);
    // Typed again before it left: one operation is enough, over the version the first one was typed over.
    if (former && asked.op === "set") {
      asked.base_ver = former.base_ver;
      asked.redraw ||= former.redraw;
      this.drop(former);
    }
    this.waiting.push(asked);
    this.store?.add(asked).then((seq) => { asked.seq = seq; if (asked.done) this.store.remove(seq); }).catch(() => {});
    this.say("saving");
    return this.flush();
  }

  drop(operation) {
    operation.done = true;
    this.waiting = this.waiting.filter((one) => one !== operation);
    this.store?.remove(operation.seq).catch(() => {});
  }

  async flush() {
    clearTimeout(this.timer);
    if (this.sending) return this.sending;
    this.sending = this.run();
    try { await this.sending; } finally { this.sending = false; }
    if (this.waiting.length) this.timer = setTimeout(() => this.flush(), this.wait);
    return undefined;
  }

  async run() {
    while (this.waiting.length) {
      const [operation] = this.waiting;
      const answer = await this.send(operation);
      if (!answer) {
        this.wait = Math.min(this.wait * 2, SLOWEST_MS);
        this.say("local");
        return;
      }
      this.wait = 1000;
      this.drop(operation);
      if (answer.ver !== undefined && answer.outcome === "applied") this.versions.set(operation.path, answer.ver);
      this.onAnswer(answer, operation);
      this.say("saved", answer);
    }
  }

  // null: it did not arrive, or nobody is signed in any more; it stays in the queue.
  async send(operation) {
    operation.tried = true;
    const form = new URLSearchParams({ op: operation.op, path: operation.path, op_id: operation.op_id, page: this.page });
    form.set("base_ver", Math.max(operation.base_ver, this.versions.get(operation.path) ?? 0));
    form.set("base_rev", operation.base_rev);
    operation.values.forEach((value) => form.append("value", value));
    if (operation.redraw || operation.restored) form.set("redraw", "1");
    try {
      const answer = await fetch(this.url, { method: "POST", body: form, headers: { "X-CSRFToken": csrfToken() } });
      return await this.read(answer, operation);
    } catch {
      lost();
      return null;
    }
  }

  async read(answer, operation) {
    if (answer.status === 401) { closed(); return null; }
    // The token may be that of a session that ended: a second refusal, with the session alive, is a refusal.
    if (answer.status === 403 && !operation.doubted) { operation.doubted = await this.alive(); return null; }
    if (answer.status === 429 || answer.status >= 500) return null;
    found();
    prolong(answer.headers.get("X-Session-Ends"));
    if ([200, 409, 422, 423].includes(answer.status)) return answer.json();
    return { outcome: "denied", status: answer.status };
  }

  async alive() {
    const answer = await fetch(this.pulse, { headers: { "X-DCC-Poll": "1" }, cache: "no-store" });
    if (answer.status === 401) closed();
    return answer.ok;
  }

  say(state, answer) { this.onState(state, this.waiting.length, answer); }

  // Resolves once everything typed has left, or false when it cannot leave now.
  async drain() {
    await this.flush();
    return this.waiting.length === 0;
  }
}
