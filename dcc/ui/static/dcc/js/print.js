// The button exists only where a script can press it; elsewhere the browser's own menu prints the same page.
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});
