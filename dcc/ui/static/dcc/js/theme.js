// Light, dark or the system's choice: shown at once, kept in the account.
export function watchTheme() {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest?.("[data-theme-form]");
    if (!form || !event.submitter) return;
    event.preventDefault();
    const { value } = event.submitter;
    if (value === "light" || value === "dark") document.documentElement.dataset.theme = value;
    else delete document.documentElement.dataset.theme;
    document.querySelectorAll('[data-theme-form] [name="theme"]').forEach((button) => {
      button.setAttribute("aria-pressed", String(button.value === value));
    });
    const data = new FormData(form, event.submitter);
    fetch(form.action, { method: "POST", body: data, headers: { "HX-Request": "true" } }).catch(() => {});
  });
}
