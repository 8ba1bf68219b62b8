// Sends the files of a form one after the other. A file the server has said it holds is never sent again; one whose
// answer was lost is, and the server knows its bytes.
const STALLED_MS = 60000;

export class Sending {
  constructor(parts) {
    Object.assign(this, parts);
    this.words = [...this.button.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    this.label = this.words.data;
    this.running = false;
    addEventListener("online", () => { if (this.stopped) this.start(); });
    addEventListener("beforeunload", (event) => { if (this.running) event.preventDefault(); });
  }

  get left() {
    return this.lines().filter((line) => !["added", "known", "refused"].includes(line.state));
  }

  async start() {
    if (this.running) return;
    this.running = true;
    this.stopped = false;
    this.name(this.label);
    this.button.setAttribute("aria-disabled", "true");
    this.input.disabled = true;
    for (const line of this.left) {
      const answer = await this.send(line.file, (share) => this.progress(line, share));
      if (answer.lost) {
        this.stop();
        return;
      }
      if (!answer.files) {
        this.plainly();
        return;
      }
      const [{ state, words, href }] = answer.files;
      line.state = state;
      this.say(line, words, href);
    }
    this.free();
    this.finish();
  }

  // What is left waits, in words beside each file; the same button goes on, and so does the network coming back.
  stop() {
    this.free();
    this.stopped = true;
    const [cut, ...waiting] = this.left;
    this.say(cut, "connexion perdue, à renvoyer");
    waiting.forEach((line) => this.say(line, "en attente"));
    this.name("Reprendre l’envoi");
    this.button.focus();
  }

  finish() {
    const received = this.lines().filter((line) => line.state === "added");
    const told = this.lines().some((line) => line.state !== "added");
    if (received.length && !told) {
      location.assign(this.form.dataset.next);
      return;
    }
    const next = this.form.querySelector("[data-drop-next]");
    if (received.length && next) next.hidden = false;
    this.input.value = "";
    (received.length ? next?.querySelector("a") : this.input)?.focus();
  }

  // Anything but our answer (a session that ended, a page): the form goes as it would without a script.
  plainly() {
    this.free();
    const kept = new DataTransfer();
    this.left.forEach((line) => kept.items.add(line.file));
    this.input.files = kept.files;
    this.form.submit();
  }

  free() {
    this.running = false;
    this.input.disabled = false;
    this.button.removeAttribute("aria-disabled");
  }

  name(label) {
    this.words.data = label;
  }

  send(file, progress) {
    const body = new FormData(this.form);
    body.set(this.input.name, file, file.name);
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      let watchdog;
      const lost = () => { clearTimeout(watchdog); resolve({ lost: true }); };
      const alive = () => {
        clearTimeout(watchdog);
        watchdog = setTimeout(() => request.abort(), STALLED_MS);
      };
      request.upload.addEventListener("progress", (event) => {
        alive();
        progress(event.lengthComputable ? event.loaded / event.total : 0);
      });
      request.addEventListener("load", () => { clearTimeout(watchdog); resolve(request.response ?? {}); });
      for (const name of ["error", "abort", "timeout"]) request.addEventListener(name, lost);
      request.open("POST", this.form.action);
      request.setRequestHeader("Accept", "application/json");
      request.responseType = "json";
      alive();
      progress(0);
      request.send(body);
    });
  }
}
