// What could not be sent, kept on this computer: encrypted with a key of this tab; signing out has the browser wipe it.
const DATABASE = "dcc-desk";
const KEY = "dcc-desk-key";

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

// Without a secure context or without storage the queue lives in this page only, and says nothing else.
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

  table(mode) {
    return this.database.transaction("operations", mode).objectStore("operations");
  }

  async add(operation) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const clear = new TextEncoder().encode(JSON.stringify(operation));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.key, clear);
    return settled(this.table("readwrite").add({ sheet: this.sheet, who: this.who, iv, data }));
  }

  remove(seq) {
    return seq === undefined ? Promise.resolve() : settled(this.table("readwrite").delete(seq));
  }

  // In the order they were typed; what another person or another tab left cannot be read and is thrown away.
  async all() {
    const rows = await settled(this.table("readonly").getAll());
    const found = [];
    for (const row of rows) {
      const operation = row.who === this.who ? await this.read(row) : null;
      if (!operation) await this.remove(row.seq);
      else if (row.sheet === this.sheet) found.push({ ...operation, seq: row.seq, restored: true });
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
