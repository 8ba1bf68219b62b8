// What this person has seen: the revisions shown one after the other, without a hole. What an answer could not draw
// under the focus is kept until the focus has left, and is not seen before.
import { apply } from "./desk-apply.js";

export class Seen {
  constructor({ rev, skip, ask, onShown }) {
    Object.assign(this, { rev, reached: rev, skip, ask, onShown, late: new Map(), pressed: false });
    document.addEventListener("focusout", () => this.soon());
    // A button drawn again between the press and the release would lose its click.
    addEventListener("pointerdown", () => { this.pressed = true; }, true);
    for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => { this.pressed = false; this.soon(); }, true);
  }

  soon() {
    if (this.late.size) setTimeout(() => { if (!this.pressed) this.draw(); });
  }

  draw() {
    const held = apply(Object.fromEntries([...this.late].map(([id, { html }]) => [id, html])), { skip: this.skip });
    [...this.late.keys()].filter((id) => !held.includes(id)).forEach((id) => this.late.delete(id));
    this.show();
  }

  show() {
    if (!this.late.size) this.rev = this.reached;
    this.onShown(this.rev);
  }

  // Newest wins: what was just drawn is no longer late, what was not waits with its revision.
  note(rev, fragments, held) {
    for (const [id, html] of Object.entries(fragments)) {
      if (this.late.get(id)?.rev > rev) continue;
      if (held.includes(id)) this.late.set(id, { html, rev });
      else this.late.delete(id);
    }
  }

  // An answer of this page to the question `place`. What was late over it is older than it: the poll draws it anew,
  // as it does what an answer not `whole` could not draw.
  answered({ rev, fragments = {} }, held, place, whole) {
    const over = (id) => {
      const node = document.getElementById(id);
      return fragments[id] ? !whole : !node || node.contains(place) || place?.contains(node);
    };
    const stale = [...this.late.keys()].filter(over);
    stale.forEach((id) => this.late.delete(id));
    if (stale.length) this.reached = this.rev;
    if (!whole) return;
    this.note(rev, fragments, held);
    this.advance(rev);
  }

  advance(next) {
    if (next === this.reached + 1) this.reached = next;
    else if (next > this.reached) this.ask();
    this.show();
  }

  // All that moved since what was seen, others' answers included.
  polled({ rev, fragments }, held) {
    for (const [id, one] of this.late) if (one.rev <= rev && !held.includes(id)) this.late.delete(id);
    this.note(rev, Object.fromEntries(Object.entries(fragments).filter(([id]) => this.late.has(id))), held);
    if (!held.length) this.reached = Math.max(this.reached, rev);
    this.show();
  }
}
