// Operations leave one after the other, each once (op_id), whatever the network does; nothing typed waits unsaid.
// One leaves the queue when the server applied it or set it beside another answer. Otherwise it waits for the network
// or for the server, or it is held with the reason of its refusal until somebody corrects it, tries again or gives up.
import { found, lost } from "../../dcc/js/network.js";
import { csrfToken } from "../../dcc/js/requests.js";
import { closed, prolong } from "../../dcc/js/session.js";

const SLOWEST_MS = 30000;
// A dead line says nothing for minutes: past this, the operation is sent again under its number.
const PATIENCE_MS = 15000;
const TRIES = 5; // of one operation a server in good health stumbles on
const OUTCOMES = ["applied", "conflict", "invalid", "refused", "foreign"];
const OLD_SHEET = { outcome: "denied", message: "Elle a été saisie sur une version précédente de cette fiche." };

export const newId = () => {
  if (crypto.randomUUID) return crypto.randomUUID();
  const random = crypto.getRandomValues(new Uint8Array(16));
  random[6] = (random[6] & 15) | 64;
  random[8] = (random[8] & 63) | 128;
  const hex = [...random].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [8, 12, 16, 20, 32].map((end, n, ends) => hex.slice(ends[n - 1] ?? 0, end)).join("-");
};

// The page of a proxy or of a portal is no answer of ours, whatever its status.
function understood(text) {
  try {
    const said = JSON.parse(text);
    return OUTCOMES.includes(said?.outcome) ? said : null;
  } catch {
    return null;
  }
}

// Answering again takes back what was refused; another box of the same list is another answer.
const isOver = ({ path, op, values }, one) =>
  one.path === path && (!["add", "remove"].includes(op) || one.values[0] === values[0]);

export class Queue {
  constructor({ url, pulse, page, sheet, who, onAnswer, onState, onForeign }) {
    Object.assign(this, { url, pulse, page, sheet, who, onAnswer, onState, onForeign });
    Object.assign(this, { waiting: [], held: [], elsewhere: [], unread: [], store: undefined, wait: 1000, sending: false, state: "" });
    this.versions = new Map();
    const flush = () => { this.flush(); };
    for (const name of ["online", "focus"]) addEventListener(name, flush);
    for (const name of ["dcc:online", "dcc:unlocked"]) document.addEventListener(name, flush);
  }

  get size() { return this.waiting.length; }

  // Kept by this page only: the computer would not keep it, or has not yet.
  get fragile() { return [...this.waiting, ...this.held].some((one) => one.seq === undefined); }

  pending(path) { return this.waiting.some((one) => one.path === path); }

  // What a former page left comes first; what was typed while the store was opening is kept in its turn.
  async restore(store) {
    const kept = store ? await store.all().catch(() => []) : [];
    this.store = store;
    this.unread = store?.unread ?? [];
    [...this.waiting, ...this.held].forEach((one) => this.keep(one));
    for (const one of kept) {
      if (one.sheet !== this.sheet && one.url === this.url) one.held ??= OLD_SHEET;
    }
    const mine = kept.filter((one) => one.url === this.url);
    this.elsewhere = kept.filter((one) => one.url !== this.url);
    this.held.unshift(...mine.filter((one) => one.held));
    const left = mine.filter((one) => !one.held);
    this.waiting.unshift(...left);
    if (kept.length || this.unread.length) this.say(left.length ? "saving" : "restored");
    if (left.length) this.flush();
    return left;
  }

  push(operation) {
    const { url, sheet } = this;
    const last = this.waiting.findLast((one) => one.path === operation.path);
    const asked = {
      op: "set", values: [""], base_ver: 0, base_rev: 0, ...operation, op_id: newId(), after: last?.op_id, url, sheet,
    };
    this.held.filter((one) => one.place?.isConnected && isOver(asked, one)).forEach((one) => this.drop(one));
    // Typed again before it left: one operation is enough, over the version the first one was typed over. Its words
    // are others, so is its number: another page may have sent the first one.
    if (asked.op === "set" && last?.op === "set" && !last.tried && !last.restored) {
      const { values, text, op_id } = asked;
      Object.assign(last, { values, text, op_id, redraw: last.redraw || asked.redraw });
      this.keep(last);
    } else {
      this.waiting.push(asked);
      this.keep(asked);
    }
    this.say("saving");
    return this.flush();
  }

  // Writes of one operation follow one another: the last one says how it stands, or takes it away.
  keep(operation) {
    if (!this.store) return;
    operation.keeping = (operation.keeping ?? Promise.resolve()).then(async () => {
      if (!operation.done) operation.seq = await this.store.put(operation);
      else if (operation.seq !== undefined) await this.store.remove(operation.seq);
    }).catch(() => {}).then(() => { if (this.state === "local") this.say("local"); });
  }

  without(operation) {
    this.waiting = this.waiting.filter((one) => one !== operation);
    this.held = this.held.filter((one) => one !== operation);
  }

  drop(operation) {
    operation.done = true;
    this.without(operation);
    this.keep(operation);
  }

  // Words that nobody can read again are given up by who has read that they were.
  forget() {
    this.unread.forEach((seq) => this.store.remove(seq).catch(() => {}));
    this.unread = [];
  }

  hold(operation, { outcome, message, status }) {
    this.without(operation);
    operation.held = { outcome, message, status };
    this.held.push(operation);
    this.keep(operation);
  }

  // The server remembers by its number what it refused: asked again, it is another operation.
  retry(operation) {
    const fresh = operation.held?.outcome === "refused" ? { op_id: newId() } : {};
    this.without(operation);
    Object.assign(operation, { held: undefined, doubted: false, failed: undefined, ...fresh });
    this.waiting.push(operation);
    this.keep(operation);
    this.say("saving");
    return this.flush();
  }

  async flush() {
    clearTimeout(this.timer);
    if (this.sending) return this.sending;
    this.sending = this.run();
    try { await this.sending; } finally { this.sending = false; }
    if (this.waiting.length) this.timer = setTimeout(() => this.flush(), this.wait);
    return undefined;
  }

  // In order; an operation the server stumbles on keeps its question waiting, not the others.
  async run() {
    const stuck = new Set();
    for (;;) {
      const operation = this.waiting.find((one) => !stuck.has(one.path));
      if (!operation) break;
      const answer = await this.send(operation);
      if (answer === null) return this.later();
      if (answer === false) stuck.add(operation.path);
      else this.settle(operation, answer);
    }
    return stuck.size ? this.later() : undefined;
  }

  later() {
    this.wait = Math.min(this.wait * 2, SLOWEST_MS);
    this.say("local");
  }

  settle(operation, answer) {
    this.wait = 1000;
    const { path } = operation;
    const again = this.waiting.some((one) => one !== operation && one.path === path && one.op === "set");
    if (["applied", "conflict"].includes(answer.outcome) || (operation.op === "set" && again)) this.drop(operation);
    else this.hold(operation, answer);
    if (answer.ver !== undefined && answer.outcome === "applied") this.follow(operation, answer.ver);
    // What the page makes of it never keeps the next one from leaving.
    try { this.onAnswer(answer, operation); } catch (fault) { reportError(fault); }
    this.say(this.waiting.length ? "saving" : "saved", answer);
  }

  // The next word was typed over this one: over its version, even in the page that would find it on the computer.
  follow({ path, op_id }, ver) {
    this.versions.set(path, ver);
    this.waiting.filter((one) => one.after === op_id).forEach((one) => {
      one.base_ver = Math.max(one.base_ver, ver);
      this.keep(one);
    });
  }

  // null: nothing arrives now. false: the server could not, for this one. Both stay in the queue.
  async send(operation) {
    operation.tried = true;
    const form = new URLSearchParams({ op: operation.op, path: operation.path, op_id: operation.op_id, page: this.page });
    // What a former page left was typed over what that page showed, not over what has been answered in this one.
    const today = operation.restored ? 0 : this.versions.get(operation.path) ?? 0;
    form.set("base_ver", Math.max(operation.base_ver, today));
    form.set("base_rev", operation.base_rev);
    form.set("who", this.who);
    operation.values.forEach((value) => form.append("value", value));
    if (operation.redraw || operation.restored) form.set("redraw", "1");
    const signal = AbortSignal.timeout?.(PATIENCE_MS);
    try {
      const answer = await fetch(this.url, { method: "POST", body: form, headers: { "X-CSRFToken": csrfToken() }, signal });
      return await this.read(answer, operation);
    } catch {
      lost();
      return null;
    }
  }

  async read(answer, operation) {
    const { status } = answer;
    if (status === 401) return this.unsigned(understood(await answer.text()));
    // The token may be that of a session that ended: a second refusal, with the session alive, is a refusal.
    if (status === 403 && !operation.doubted) { operation.doubted = await this.alive(); return null; }
    if (status === 429 || status > 500) return null;
    const ours = answer.headers.get("X-Session-Ends");
    if (ours) { found(); prolong(ours); }
    const said = understood(await answer.text());
    if (said && [200, 409, 422, 423].includes(status)) return said;
    if (status === 413 || (ours && [400, 403, 404, 405].includes(status))) return { outcome: "denied", status };
    operation.failed = { status, times: (operation.failed?.times ?? 0) + 1 };
    // A server that answers elsewhere would stumble on this one for ever: its author decides.
    const over = status === 500 && operation.failed.times >= TRIES && await this.alive();
    return over ? { outcome: "failed", status } : false;
  }

  // Nobody's session, or somebody else's since this page was opened: nothing leaves, all stays.
  unsigned(said) {
    if (said?.outcome !== "foreign") closed();
    else if (!this.foreign) this.onForeign(said.message);
    this.foreign = said?.outcome === "foreign";
    return null;
  }

  async alive() {
    const answer = await fetch(this.pulse, { headers: { "X-DCC-Poll": "1" }, cache: "no-store" });
    if (answer.status === 401) closed();
    return answer.ok;
  }

  say(state, answer) {
    this.state = state;
    this.onState(state, this.waiting.length, answer);
  }

  // Resolves once everything typed has left, or false when it cannot leave now.
  async drain() {
    await this.flush();
    return this.waiting.length === 0;
  }
}
