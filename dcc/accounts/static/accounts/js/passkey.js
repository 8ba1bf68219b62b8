// Keys and fingerprints (WebAuthn): the browser asks, the form carries the answer.
const bytes = (text) => {
  const plain = text.replace(/-/g, "+").replace(/_/g, "/");
  return Uint8Array.from(atob(plain.padEnd(Math.ceil(plain.length / 4) * 4, "=")), (char) => char.charCodeAt(0));
};
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

async function create({ publicKey }) {
  const options = {
    ...publicKey,
    challenge: bytes(publicKey.challenge),
    user: { ...publicKey.user, id: bytes(publicKey.user.id) },
    excludeCredentials: known(publicKey.excludeCredentials),
  };
  const made = await navigator.credentials.create({ publicKey: options });
  return {
    ...common(made),
    response: {
      clientDataJSON: text(made.response.clientDataJSON),
      attestationObject: text(made.response.attestationObject),
      transports: made.response.getTransports?.() ?? [],
    },
  };
}

async function get({ publicKey }) {
  const options = {
    ...publicKey,
    challenge: bytes(publicKey.challenge),
    allowCredentials: known(publicKey.allowCredentials),
  };
  const found = await navigator.credentials.get({ publicKey: options });
  const { clientDataJSON, authenticatorData, signature, userHandle } = found.response;
  return {
    ...common(found),
    response: {
      clientDataJSON: text(clientDataJSON),
      authenticatorData: text(authenticatorData),
      signature: text(signature),
      userHandle: userHandle ? text(userHandle) : null,
    },
  };
}

const common = (credential) => ({
  type: credential.type,
  id: credential.id,
  rawId: text(credential.rawId),
  authenticatorAttachment: credential.authenticatorAttachment,
  clientExtensionResults: credential.getClientExtensionResults(),
});

const SENTENCES = {
  NotAllowedError: "La demande a été annulée, ou le délai est passé. Recommencez.",
  InvalidStateError: "Cette clé est déjà dans votre compte.",
  SecurityError: "Cette adresse ne permet pas les clés. Prévenez l’assistance.",
};

async function ask(form, data) {
  const place = form.querySelector("[data-passkey-trouble]");
  place.textContent = "";
  try {
    const credential = data.creation_options ? await create(data.creation_options) : await get(data.request_options);
    form.elements.credential.value = JSON.stringify(credential);
    form.submit();
  } catch (error) {
    place.textContent = SENTENCES[error.name] ?? "La clé n’a pas répondu. Recommencez.";
  }
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  const button = form.querySelector("[data-passkey-go]");
  if (!globalThis.PublicKeyCredential) {
    button.disabled = true;
    form.querySelector("[data-passkey-trouble]").textContent = "Ce navigateur ne connaît pas les clés de sécurité.";
    continue;
  }
  const data = JSON.parse(document.getElementById("passkey-data").textContent);
  button.addEventListener("click", (event) => {
    event.preventDefault();
    ask(form, data);
  });
}
