// Pages of one's account: print the codes, send again with the token of the new session.
const tokenCookie = () => {
  const found = document.cookie.split("; ").find((part) => /^(__Host-)?dcc-csrf=/.test(part));
  return found ? found.slice(found.indexOf("=") + 1) : "";
};

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-print]")) window.print();
});

// Signing in changes the anti-forgery token: the form kept from before takes the new one when it leaves.
document.addEventListener("submit", (event) => {
  const form = event.target.closest?.("[data-fresh-token]");
  const token = tokenCookie();
  if (form && token) form.elements.csrfmiddlewaretoken.value = token;
});
