// Keys and drafts of the labeling page. Texts do not wait for the circuit: they are in this browser at once, and at the site's API within 1.5 seconds.
const prefix = 'rlhfhub.draft.';
const quietMilliseconds = 700;
const longestMilliseconds = 1400;

const read = key => {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;   // the browser keeps nothing for this site, or somebody else wrote there
  }
};

const write = (key, value) => {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
};

const device = () => {
  let name = read('rlhfhub.device');
  if (typeof name !== 'string') {
    name = Array.from(crypto.getRandomValues(new Uint8Array(12)), part => part.toString(16).padStart(2, '0')).join('');
    write('rlhfhub.device', name);
  }
  return name;
};

export function attach(root, page, address) {
  let antiforgery = null;
  let timer = 0;
  let firstUnsaved = 0;
  let lastSequence = 0;
  const ended = new Set();
  const deviceName = device();

  const task = () => root.querySelector('[data-task]')?.dataset.task;
  const fields = () => root.querySelectorAll('[data-draft]');
  const isText = element => element.matches?.('textarea, input, select, [contenteditable]');

  const say = text => {
    const line = root.querySelector('[data-saved]');
    if (line) line.textContent = text;
  };

  const put = async (id, body) => {
    antiforgery ??= await (await fetch('/api/v1/me/antiforgery')).json();
    const response = await fetch(`${address}/${id}/draft`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json', [antiforgery.header]: antiforgery.value },
      body: JSON.stringify(body),
    });
    if (response.status === 400) antiforgery = null;   // a new sign-in made the old token worthless
    if (!response.ok) throw new Error(`The site answered ${response.status}.`);
  };

  const post = async () => {
    clearTimeout(timer);
    timer = 0;
    firstUnsaved = 0;
    const id = task();
    const draft = id && read(prefix + id);
    if (!draft || draft.isSaved || ended.has(id)) return;
    try {
      await put(id, { device: deviceName, sequence: draft.sequence, content: JSON.stringify(draft.texts) });
      const now = read(prefix + id);
      if (now?.sequence === draft.sequence) {
        write(prefix + id, { ...now, isSaved: true });
        if (task() === id) say('Draft saved');
      }
    } catch {
      if (task() === id) say('Not at the site yet; kept in this browser');
      timer ||= setTimeout(post, 5000);
    }
  };

  const note = () => {
    const id = task();
    if (!id) return;
    lastSequence = Math.max(lastSequence + 1, Date.now());
    const texts = Object.fromEntries(Array.from(fields(), field => [field.dataset.draft, field.value]));
    const isKept = write(prefix + id, { texts, sequence: lastSequence, isSaved: false });
    say(isKept ? 'Saving…' : 'Saving… (this browser keeps nothing itself)');
    firstUnsaved ||= Date.now();
    clearTimeout(timer);
    timer = setTimeout(post, Math.max(0, Math.min(quietMilliseconds, firstUnsaved + longestMilliseconds - Date.now())));
  };

  const count = () => {
    for (const hint of root.querySelectorAll('[data-count]')) {
      const length = root.querySelector(`[data-draft="${hint.dataset.count}"]`)?.value.length ?? 0;
      hint.textContent = `${length.toLocaleString('en')} characters`;
    }
  };

  const onInput = event => {
    if (!event.target.matches?.('[data-draft]') || !event.isTrusted) return;
    note();
    count();
  };

  const onKey = event => {
    if (event.isComposing || event.repeat || event.altKey || event.metaKey) return;
    const target = event.target;
    if (event.ctrlKey && event.key !== 'Enter') return;
    if (isText(target)) {
      if (event.key === 'Escape') target.blur();
      if (event.key !== 'Escape' && !(event.key === 'Enter' && event.ctrlKey)) return;
      // What was typed goes ahead of the key that sends it.
      target.dispatchEvent(new Event('change', { bubbles: true }));
    } else if (event.ctrlKey) {
      return;
    }
    if (!isText(target) && (event.key === 'Enter' || event.key === ' ') && target.closest?.('button, a, summary, [role=button]')) return;
    if (event.key.length > 1 && !['Enter', 'Escape', 'Backspace'].includes(event.key)) return;
    if (document.querySelector('.mud-popover-open')) return;
    event.preventDefault();
    page.invokeMethodAsync('KeyAsync', task() ?? '', isText(target) && event.key === 'Enter' ? 'Send' : event.key);
  };

  const onLeave = () => void post();

  root.addEventListener('input', onInput);
  document.addEventListener('keydown', onKey);
  document.addEventListener('visibilitychange', onLeave);
  addEventListener('online', onLeave);

  return {
    // A task is on the screen. What this browser has and the site does not is put back into the fields.
    shown() {
      const id = task();
      const draft = id && read(prefix + id);
      if (draft && !draft.isSaved) {
        for (const field of fields()) {
          const text = draft.texts[field.dataset.draft];
          if (typeof text !== 'string' || text === field.value) continue;
          field.value = text;
          field.dispatchEvent(new Event('change', { bubbles: true }));
        }
        void post();
      }
      count();
      root.querySelector('[data-focus]')?.focus();
    },
    // An answer is stored; its draft has done its work.
    forget(id) {
      ended.add(id);
      try {
        localStorage.removeItem(prefix + id);
      } catch {
        // Nothing was kept.
      }
    },
    // An answer was taken back and can be drafted again.
    revive(id) {
      ended.delete(id);
    },
    detach() {
      clearTimeout(timer);
      root.removeEventListener('input', onInput);
      document.removeEventListener('keydown', onKey);
      document.removeEventListener('visibilitychange', onLeave);
      removeEventListener('online', onLeave);
    },
  };
}
