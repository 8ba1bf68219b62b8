// Plain forms: no double sending, a question before what cannot be undone, chips that can be cleared.
const LIFT_AFTER_MS = 15000;
const DOUBLE_CLICK_MS = 600;

const isPost = (form) => form.method === "post";

function release(form) {
  delete form.dataset.sent;
  form.querySelectorAll("[data-sent]").forEach((button) => {
    delete button.dataset.sent;
    button.removeAttribute("aria-disabled");
  });
}

function onSubmit(event) {
  const form = event.target;
  const { submitter } = event;
  if (event.defaultPrevented || form.method === "dialog") return;
  const question = submitter?.dataset.confirm;
  if (question && !submitter.dataset.confirmed) {
    event.preventDefault();
    event.stopPropagation();
    ask(question, form, submitter);
    return;
  }
  if (submitter) delete submitter.dataset.confirmed;
  if (!isPost(form) || "again" in form.dataset) return;
  if (form.dataset.sent) {
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  form.dataset.sent = "1";
  // After this turn: a button disabled at once would not send its own name and value.
  setTimeout(() => {
    submitter?.setAttribute("data-sent", "");
    submitter?.setAttribute("aria-disabled", "true");
  });
  setTimeout(() => release(form), LIFT_AFTER_MS);
}

function ask(id, form, submitter) {
  const dialog = document.getElementById(id);
  if (!dialog) throw new Error(`data-confirm: no dialog ${id}`);
  const go = dialog.querySelector("[data-go-on]");
  go.onclick = () => {
    submitter.dataset.confirmed = "1";
    dialog.close();
    form.requestSubmit(submitter);
  };
  dialog.showModal();
}

// A second Space (or a later second click) on a ticked chip empties the question again.
function watchRadios() {
  let ticked = null;
  let tickedAt = 0;
  const isChip = (node) => node?.matches?.('.choice input[type="radio"]:not([required])');
  const clear = (radio) => {
    radio.checked = false;
    radio.dispatchEvent(new Event("input", { bubbles: true }));
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  };
  document.addEventListener("change", (event) => {
    if (isChip(event.target) && event.target.checked) tickedAt = event.timeStamp;
  });
  document.addEventListener("pointerdown", (event) => {
    const radio = event.target.closest?.(".choice")?.querySelector("input");
    ticked = isChip(radio) && radio.checked ? radio : null;
  });
  document.addEventListener("click", (event) => {
    if (event.target !== ticked || event.timeStamp - tickedAt < DOUBLE_CLICK_MS) return;
    ticked = null;
    clear(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || !isChip(event.target) || !event.target.checked) return;
    event.preventDefault();
    clear(event.target);
  });
}

export function watchForms() {
  document.addEventListener("submit", onSubmit, true);
  for (const name of ["htmx:afterRequest", "htmx:validation:halted"]) {
    document.addEventListener(name, (event) => {
      const form = event.target.closest?.("form");
      if (form) release(form);
    });
  }
  // Back and forward show the page as it was left, guard included.
  addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(release);
  });
  watchRadios();
}
