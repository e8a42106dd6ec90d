// Keys of the review page. A key goes with what was on the screen when it was pressed.
export function attach(root, page) {
  const isText = element => element.matches?.('textarea, input, select, [contenteditable]');

  const onKey = event => {
    if (event.isComposing || event.repeat || event.altKey || event.metaKey) return;
    const target = event.target;
    const isSend = event.ctrlKey && event.key === 'Enter';
    if (event.ctrlKey && !isSend) return;
    if (isText(target)) {
      if (event.key === 'Escape') target.blur();
      else if (!isSend) return;
      // What was typed goes ahead of the key that sends it.
      target.dispatchEvent(new Event('change', { bubbles: true }));
    } else if (event.ctrlKey) {
      return;
    }
    if (!isText(target) && (event.key === 'Enter' || event.key === ' ') && target.closest?.('button, a, summary, [role=button]')) return;
    if (event.key.length > 1 && !['Enter', 'Escape', 'Backspace'].includes(event.key)) return;
    if (document.querySelector('.mud-popover-open')) return;
    event.preventDefault();
    page.invokeMethodAsync('KeyAsync', root.querySelector('[data-review]')?.dataset.review ?? '', isSend ? 'Send' : event.key);
  };

  document.addEventListener('keydown', onKey);
  return { detach: () => document.removeEventListener('keydown', onKey) };
}
