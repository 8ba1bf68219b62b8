// What could not be sent, kept on this computer: encrypted with a key of this tab; signing out has the browser wipe it.
const DATABASE = "dcc-desk";
const KEY = "dcc-desk-key";
const FORGOTTEN_MS = 7 * 24 * 3600 * 1000;
// How an operation stands in a page, which means nothing to the next one.
const OF_THIS_PAGE = ["keeping", "place", "seq", "done", "failed"];

const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
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

async function keyOf() {
  const kept = sessionStorage.getItem(KEY);
  if (kept) return crypto.subtle.importKey("raw", bytes(kept), "AES-GCM", true, ["encrypt", "decrypt"]);
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
  sessionStorage.setItem(KEY, base64(await crypto.subtle.exportKey("raw", key)));
  return key;
}

// Without a secure context or without storage the queue lives in this page only, which says so when something waits.
export async function openStore(sheet, who) {
  if (!globalThis.crypto?.subtle || !globalThis.indexedDB) return null;
  try {
    const [database, key] = await Promise.all([open(), keyOf()]);
    return new Store(database, key, sheet, who);
  } catch {
    return null;
  }
}

class Store {
  constructor(database, key, sheet, who) {
    Object.assign(this, { database, key, sheet, who });
  }

  // Done when it is on the disk: a request that succeeded may still be undone for want of room.
  write(act) {
    return new Promise((resolve, reject) => {
      const work = this.database.transaction("operations", "readwrite", { durability: "strict" });
      const request = act(work.objectStore("operations"));
      work.oncomplete = () => resolve(request.result);
      work.onabort = () => reject(work.error);
    });
  }

  // Returns its number, by which it is written again or taken away.
  async put(operation) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = Object.fromEntries(Object.entries(operation).filter(([name]) => !OF_THIS_PAGE.includes(name)));
    const clear = new TextEncoder().encode(JSON.stringify(plain));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.key, clear);
    const row = { sheet: operation.sheet ?? this.sheet, who: this.who, at: Date.now(), iv, data };
    return this.write((table) => table.put(operation.seq === undefined ? row : { ...row, seq: operation.seq }));
  }

  async remove(seq) {
    return this.write((table) => table.delete(seq));
  }

  // In the order they were typed. What cannot be read is another tab's or another person's, who may still send it.
  async all() {
    const rows = await settled(this.database.transaction("operations").objectStore("operations").getAll());
    const found = [];
    for (const row of rows) {
      const operation = row.who === this.who ? await this.read(row) : null;
      if (operation) found.push({ ...operation, seq: row.seq, restored: true });
      else if (!(Date.now() - row.at < FORGOTTEN_MS)) await this.remove(row.seq);
    }
    return found;
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
