// Passkeys: a form marked data-passkey asks the browser for one, puts its answer into the form, and sends it.
// Where the browser knows none, the form stays hidden and one logs in by id and password.
(() => {
  "use strict";
  if (!window.PublicKeyCredential || !navigator.credentials) return;

  const toBytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  };
  const toText = (buffer) => {
    if (!buffer) return undefined;
    const plain = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };

  const readOptions = (options) => {
    options.challenge = toBytes(options.challenge);
    if (options.user) options.user.id = toBytes(options.user.id);
    for (const list of [options.excludeCredentials, options.allowCredentials]) {
      (list ?? []).forEach((one) => { one.id = toBytes(one.id); });
    }
    return options;
  };

  const writeAnswer = (credential) => {
    const { response } = credential;
    return JSON.stringify({
      id: credential.id,
      rawId: toText(credential.rawId),
      type: credential.type,
      response: {
        clientDataJSON: toText(response.clientDataJSON),
        attestationObject: toText(response.attestationObject),
        authenticatorData: toText(response.authenticatorData),
        signature: toText(response.signature),
        userHandle: toText(response.userHandle),
        transports: response.getTransports ? response.getTransports() : undefined,
      },
    });
  };

  const ask = async (form) => {
    const body = new URLSearchParams({ _csrf_token: form.elements._csrf_token.value });
    const answered = await fetch(form.dataset.options, { method: "POST", body });
    if (!answered.ok) {
      const isSentence = (answered.headers.get("content-type") ?? "").startsWith("text/plain");
      throw new Error(isSentence ? await answered.text() : "");
    }
    const publicKey = readOptions(await answered.json());
    try {
      return await navigator.credentials[form.dataset.passkey]({ publicKey });
    } catch {
      throw new Error("");  // the person, or the device, said no
    }
  };

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    const problem = form.querySelector("[data-passkey-problem]");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      event.stopPropagation();
      if (form.dataset.asking) return;
      form.dataset.asking = "yes";
      problem.textContent = "";
      try {
        form.elements.answer.value = writeAnswer(await ask(form));
        form.submit();
      } catch (error) {
        problem.textContent = error.message || problem.dataset.stopped;
      } finally {
        delete form.dataset.asking;
      }
    });
  });
})();
