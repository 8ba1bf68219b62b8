// What could not be sent, kept on this computer: encrypted with a key of this person, which only the server keeps and
// gives in its page; signing out has the browser wipe it. A row is its tab's, until the tab is closed: then it goes to
// the next page of its person that shows its sheet.
import { newId } from "./desk-queue.js";

const DATABASE = "dcc-desk";
const TAB = "dcc-desk-tab";
const LOCK = "dcc-desk-"; // and the number of a tab, for as long as it lives
const RELEASE_MS = 1000; // the page one comes from may take a moment to let its lock go
const UNSENT = "dcc-unsent"; // how many, for the page one signs out from (dcc/js/session.js)
const FORGOTTEN_MS = 7 * 24 * 3600 * 1000;
// How an operation stands in a page, which means nothing to the next one.
const OF_THIS_PAGE = ["keeping", "place", "seq", "done", "failed"];

const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

const settled = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

function open() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore("operations", { keyPath: "seq", autoIncrement: true });
  return settled(request);
}

const keyOf = (text) => crypto.subtle.importKey("raw", bytes(text), "AES-GCM", false, ["encrypt", "decrypt"]);

// Keeps a lock until the page is closed; false when it is another's.
const hold = (tab, options) =>
  new Promise((resolve) => {
    navigator.locks.request(LOCK + tab, options, () => {
      resolve(true);
      return new Promise(() => {});
    }).catch(() => resolve(false));
  });

// A tab keeps its number from page to page; one that was duplicated finds it taken, and takes another.
async function tabOf() {
  const known = sessionStorage.getItem(TAB);
  if (known && await hold(known, { signal: AbortSignal.timeout(RELEASE_MS) })) return known;
  const tab = newId();
  await hold(tab, {});
  sessionStorage.setItem(TAB, tab);
  return tab;
}

// Without a secure context or without storage the queue lives in this page only, which says so when something waits.
export async function openStore({ sheet, who, url, key }) {
  if (!globalThis.crypto?.subtle || !globalThis.indexedDB || !navigator.locks) return null;
  try {
    const [database, opened, tab] = await Promise.all([open(), keyOf(key), tabOf()]);
    return new Store({ database, key: opened, sheet, who, url, tab });
  } catch {
    return null;
  }
}

class Store {
  constructor(known) {
    Object.assign(this, known, { unread: [] });
  }

  // Done when it is on the disk: a request that succeeded may still be undone for want of room.
  write(act) {
    return new Promise((resolve, reject) => {
      const work = this.database.transaction("operations", "readwrite", { durability: "strict" });
      const request = act(work.objectStore("operations"));
      const left = work.objectStore("operations").getAll();
      work.oncomplete = () => {
        resolve(request.result);
        this.count(left.result);
      };
      work.onabort = () => reject(work.error);
    });
  }

  // A browser may keep words and refuse to say how many.
  count(rows) {
    try {
      localStorage.setItem(UNSENT, rows.filter((row) => row.who === this.who).length);
    } catch { /* signing out will not say it */ }
  }

  // Returns its number, by which it is written again or taken away.
  async put(operation) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = Object.fromEntries(Object.entries(operation).filter(([name]) => !OF_THIS_PAGE.includes(name)));
    const clear = new TextEncoder().encode(JSON.stringify(plain));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.key, clear);
    const row = { sheet: operation.sheet ?? this.sheet, who: this.who, tab: this.tab, at: Date.now(), iv, data };
    return this.write((table) => table.put(operation.seq === undefined ? row : { ...row, seq: operation.seq }));
  }

  async remove(seq) {
    return this.write((table) => table.delete(seq));
  }

  rows() {
    return settled(this.database.transaction("operations").objectStore("operations").getAll());
  }

  // In the order they were typed: those of this tab and of the tabs that are closed. `unread`: those nobody reads again.
  async all() {
    const found = [];
    const tabs = new Set();
    this.unread = [];
    for (const row of await this.rows()) {
      if (row.who === this.who) tabs.add(row.tab ?? "");
      else if (!(Date.now() - row.at < FORGOTTEN_MS)) await this.remove(row.seq);
    }
    for (const tab of tabs) {
      if (tab === this.tab) await this.take(tab, found);
      else await navigator.locks.request(LOCK + tab, { ifAvailable: tab !== "" }, (lock) => lock && this.take(tab, found));
    }
    return found.sort((one, next) => one.seq - next.seq);
  }

  // What was typed on another sheet is nobody's, until a page of that sheet takes it.
  async take(tab, found) {
    for (const row of await this.rows()) {
      if (row.who !== this.who || (row.tab ?? "") !== tab) continue;
      const operation = await this.read(row);
      const owner = operation?.url === this.url ? this.tab : "";
      if (operation) found.push({ ...operation, seq: row.seq, restored: true });
      else if (Date.now() - row.at < FORGOTTEN_MS) this.unread.push(row.seq);
      else await this.remove(row.seq);
      if (operation && row.tab !== owner) await this.write((table) => table.put({ ...row, tab: owner }));
    }
  }

  async read(row) {
    try {
      const clear = await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv }, this.key, row.data);
      return JSON.parse(new TextDecoder().decode(clear));
    } catch {
      return null;
    }
  }
}
