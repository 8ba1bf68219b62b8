// Menus are <details>, dialogs are <dialog>: this only closes the first and opens the second.
const open = () => document.querySelector("details.bar-pop[open]");

function close(menu, back) {
  menu.open = false;
  if (back) menu.querySelector("summary").focus();
}

function arrows(event, menu) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const items = [...menu.querySelectorAll(".pop a, .pop button")];
  const next = items[(items.indexOf(document.activeElement) + step + items.length) % items.length];
  event.preventDefault();
  next?.focus();
}

export function watchMenus() {
  document.addEventListener("keydown", (event) => {
    const menu = open();
    if (!menu) return;
    if (event.key === "Escape") {
      event.preventDefault();
      close(menu, menu.contains(document.activeElement));
    } else if (menu.contains(event.target)) arrows(event, menu);
  });
  document.addEventListener("pointerdown", (event) => {
    const menu = open();
    if (menu && !menu.contains(event.target)) close(menu, false);
  });
  document.addEventListener("focusout", (event) => {
    const menu = event.target.closest?.("details.bar-pop[open]");
    if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) close(menu, false);
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-dialog]");
    if (opener) {
      event.preventDefault();
      const menu = opener.closest("details.bar-pop");
      if (menu) close(menu, true);
      const dialog = document.getElementById(opener.dataset.dialog);
      dialog.dispatchEvent(new CustomEvent("dcc:open", { bubbles: true }));
      dialog.showModal();
    }
    event.target.closest?.("[data-close]")?.closest("dialog")?.close();
  });
}
