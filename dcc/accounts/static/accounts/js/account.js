// Pages of one's account: print the codes, send again with the token of the new session.
const cookie = (name) => document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1);

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-print]")) window.print();
});

// Signing in changes the anti-forgery token: the form kept from before takes the new one when it leaves.
document.addEventListener("submit", (event) => {
  const form = event.target.closest?.("[data-fresh-token]");
  const token = form && cookie(form.dataset.freshToken);
  if (token) form.elements.csrfmiddlewaretoken.value = token;
});
