// What the account pages cannot do without a script: passkeys, and a hint of a new password's strength. Everything else works without.
(() => {
  const answer = async form => {
    const response = await fetch(form.dataset.options, { method: 'POST', body: new FormData(form) });
    if (!response.ok) throw new Error(form.dataset.refused.replace('{0}', response.status));
    const options = await response.json();
    const credential = form.dataset.passkey === 'create'
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
    return JSON.stringify(credential);
  };

  const isSupported = !!window.PublicKeyCredential?.parseCreationOptionsFromJSON && !!PublicKeyCredential.prototype.toJSON;

  for (const form of document.querySelectorAll('form[data-passkey]')) {
    if (!isSupported) continue;
    form.hidden = false;
    const problem = form.querySelector('[data-passkey-problem]');
    form.addEventListener('submit', async event => {
      if (form.elements.Credential.value) return;   // the second time, with the browser's answer
      event.preventDefault();
      problem.textContent = '';
      try {
        form.elements.Credential.value = await answer(form);
        form.requestSubmit();
      } catch (error) {
        problem.textContent = error.name === 'NotAllowedError' ? form.dataset.ended
          : error.name === 'InvalidStateError' ? form.dataset.taken : error.message;
      }
    });
  }

  // How many guesses it would take, roughly: each new kind of sign and each sign that is no repetition counts.
  const strength = (text, words) => {
    if (text.length < 12) return text.length ? words.short.replace('{0}', 12 - text.length) : '';
    const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/].filter(kind => kind.test(text)).length;
    const varied = new Set(text.toLowerCase()).size;
    const score = Math.min(text.length, varied * 2) + kinds * 2;
    return score < 18 ? words.weak : score < 26 ? words.good : words.strong;
  };

  for (const input of document.querySelectorAll('input[data-strength]')) {
    const hint = document.getElementById(input.dataset.strength);
    input.addEventListener('input', () => { hint.textContent = strength(input.value, input.dataset); });
  }

  // Unfinished answers are kept in this browser while somebody writes; who signs out leaves none behind.
  if (location.pathname === '/account/sign-out') {
    for (const form of document.forms) {
      form.addEventListener('submit', () => {
        try {
          for (const key of Object.keys(localStorage)) if (key.startsWith('rlhfhub.draft.')) localStorage.removeItem(key);
        } catch {
          // The browser keeps nothing for this site.
        }
      });
    }
  }
})();
