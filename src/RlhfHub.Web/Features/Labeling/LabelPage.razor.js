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

  // The words stand on the page, in the reader's language.
  const say = name => {
    const line = root.querySelector('[data-saved]');
    if (line) line.textContent = line.dataset[name];
  };

  const tellReachable = isReachable => document.documentElement.toggleAttribute('data-unreachable', !isReachable);

  // What the browser's storage does not take is at least sent.
  let unkept = null;

  const keep = (id, draft) => {
    const isKept = write(prefix + id, draft);
    unkept = isKept ? null : { id, draft };
    return isKept;
  };

  const latest = id => (unkept?.id === id ? unkept.draft : read(prefix + id));

  const put = async (id, body) => {
    antiforgery ??= await (await fetch('/api/v1/me/antiforgery')).json();
    const response = await fetch(`${address}/${id}/draft`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json', [antiforgery.header]: antiforgery.value },
      body: JSON.stringify(body),
    });
    if (response.status === 400) antiforgery = null;   // a new sign-in made the old token worthless
    if (!response.ok) throw new Error(`The site answered ${response.status}.`);
    return (await response.json()).savedAt !== null;
  };

  const post = async () => {
    clearTimeout(timer);
    timer = 0;
    firstUnsaved = 0;
    const id = task();
    const draft = id && latest(id);
    if (!draft || draft.isSaved || ended.has(id)) return;
    try {
      const isTaken = await put(id, { device: deviceName, sequence: draft.sequence, content: JSON.stringify(draft.texts) });
      tellReachable(true);
      const now = latest(id);
      if (now?.sequence !== draft.sequence) return;
      // The site keeps no drafts of answers that are stored already: those live in this browser.
      if (isTaken) keep(id, { ...now, isSaved: true });
      if (task() === id) say(isTaken ? 'done' : 'here');
    } catch (error) {
      tellReachable(!(error instanceof TypeError));
      if (task() === id) say(unkept?.id === id ? 'lost' : 'late');
      timer ||= setTimeout(post, 5000);
    }
  };

  const note = () => {
    const id = task();
    if (!id) return;
    lastSequence = Math.max(lastSequence + 1, Date.now());
    const texts = Object.fromEntries(Array.from(fields(), field => [field.dataset.draft, field.value]));
    const isKept = keep(id, { texts, sequence: lastSequence, isSaved: false });
    say(isKept ? 'saving' : 'onlySite');
    firstUnsaved ||= Date.now();
    clearTimeout(timer);
    timer = setTimeout(post, Math.max(0, Math.min(quietMilliseconds, firstUnsaved + longestMilliseconds - Date.now())));
  };

  const count = () => {
    for (const hint of root.querySelectorAll('[data-count]')) {
      const length = root.querySelector(`[data-draft="${hint.dataset.count}"]`)?.value.length ?? 0;
      hint.textContent = hint.dataset.countText.replace('#', length.toLocaleString(document.documentElement.lang || 'en'));
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
    if (target.matches?.('[data-search]')) {
      if (event.key === 'Escape') target.blur();
      if (event.key !== 'Enter') return;
      target.blur();
      event.preventDefault();
      page.invokeMethodAsync('KeyAsync', task() ?? '', 'Found');
      return;
    }
    if (isText(target)) {
      if (event.key === 'Escape') target.blur();
      if (event.key !== 'Escape' && !(event.key === 'Enter' && event.ctrlKey)) return;
      // What was typed goes ahead of the key that sends it.
      target.dispatchEvent(new Event('change', { bubbles: true }));
    } else if (event.ctrlKey) {
      return;
    }
    if (!isText(target) && (event.key === 'Enter' || event.key === ' ') && target.closest?.('button, a, summary, [role=button]')) return;
    const card = target.closest?.('[data-card]');
    if (card && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      event.preventDefault();
      moveCard(card, lineOf(card) + (event.key === 'ArrowUp' ? -1 : 1));
      return;
    }
    if (event.key === '/' && root.querySelector('[data-search]')) {
      event.preventDefault();
      root.querySelector('[data-search]').focus();
      return;
    }
    if (event.key === 'c') {
      quieten();
      return;
    }
    if (event.key.length > 1 && !['Enter', 'Escape', 'Backspace'].includes(event.key)) return;
    if (document.querySelector('.mud-popover-open')) return;
    event.preventDefault();
    page.invokeMethodAsync('KeyAsync', task() ?? '', isText(target) && event.key === 'Enter' ? 'Send' : event.key);
  };

  const cards = () => Array.from(root.querySelectorAll('[data-card]'));
  const lineOf = card => cards().indexOf(card);
  const moveCard = (card, line) => void page.invokeMethodAsync('KeyAsync', task() ?? '', `move:${card.dataset.card}:${line}`);

  // A card is dragged to the line over which it is let go. Pointer events, so that fingers and pens can do it too.
  const onDrag = event => {
    const card = event.target.closest?.('[data-card]');
    if (!card || !task() || event.button !== 0 || event.target.closest('button')) return;
    card.setPointerCapture(event.pointerId);
    card.classList.add('dragged');
    const end = up => {
      card.classList.remove('dragged');
      card.removeEventListener('pointerup', end);
      card.removeEventListener('pointercancel', end);
      if (up.type !== 'pointerup') return;
      const others = cards().filter(other => other !== card);
      const line = others.filter(other => other.getBoundingClientRect().top + other.offsetHeight / 2 < up.clientY).length;
      if (line !== lineOf(card)) moveCard(card, line);
    };
    card.addEventListener('pointerup', end);
    card.addEventListener('pointercancel', end);
  };

  // Count and time, for who wants to see them.
  const quieten = () => {
    root.toggleAttribute('data-quiet');
    write('rlhfhub.quiet', root.hasAttribute('data-quiet'));
  };
  root.toggleAttribute('data-quiet', read('rlhfhub.quiet') === true);

  let shownAt = Date.now();
  const clock = setInterval(() => {
    const seconds = Math.floor((Date.now() - shownAt) / 1000);
    const face = root.querySelector('[data-clock]');
    if (face) face.textContent = task() ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}` : '';
  }, 1000);

  // One version of the texts against another, and back at the next click: neither is lost.
  const swap = button => {
    let other;
    try {
      other = JSON.parse(button.dataset.swap);
    } catch {
      return;
    }
    const mine = Object.fromEntries(Array.from(fields(), field => [field.dataset.draft, field.value]));
    for (const field of fields()) {
      if (typeof other[field.dataset.draft] !== 'string') continue;
      field.value = other[field.dataset.draft];
      field.dispatchEvent(new Event('change', { bubbles: true }));
    }
    button.dataset.swap = JSON.stringify(mine);
    button.setAttribute('aria-pressed', button.getAttribute('aria-pressed') === 'true' ? 'false' : 'true');
    note();
    count();
  };

  const onClick = event => {
    const button = event.target.closest?.('[data-swap]');
    if (button) swap(button);
    if (event.target.closest?.('[data-quiet-toggle]')) quieten();
  };

  const onLeave = () => void post();

  root.addEventListener('input', onInput);
  root.addEventListener('pointerdown', onDrag);
  root.addEventListener('click', onClick);
  document.addEventListener('keydown', onKey);
  document.addEventListener('visibilitychange', onLeave);
  addEventListener('online', onLeave);

  return {
    // A task is on the screen. What this browser has and the site does not is put back into the fields.
    shown() {
      const id = task();
      shownAt = Date.now();
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
      clearInterval(clock);
      root.removeEventListener('input', onInput);
      root.removeEventListener('pointerdown', onDrag);
      root.removeEventListener('click', onClick);
      document.removeEventListener('keydown', onKey);
      document.removeEventListener('visibilitychange', onLeave);
      removeEventListener('online', onLeave);
    },
  };
}
