// A lost connection: the page stays as it is, a line says so, and it tries again for as long as it is open. Only when the site has forgotten the page does it load anew.
(() => {
  const line = document.getElementById('components-reconnect-modal');
  const firstWait = 2000;
  const longestWait = 20000;
  let timer = 0;

  const isSiteUp = async () => {
    try {
      return (await fetch('/healthz', { cache: 'no-store' })).ok;
    } catch {
      return false;
    }
  };

  // A page that loads while the site is down would be the browser's own, with nothing of ours on it.
  const reloadWhenUp = async () => {
    if (await isSiteUp()) location.reload();
    else setTimeout(reloadWhenUp, firstWait);
  };

  const retry = async wait => {
    clearTimeout(timer);
    try {
      if (await isSiteUp()) {
        if (!await Blazor.reconnect()) await reloadWhenUp();
        return;
      }
    } catch {
      // Not yet.
    }
    timer = setTimeout(() => retry(Math.min(wait * 1.5, longestWait)), wait);
  };

  line.addEventListener('components-reconnect-state-changed', event => {
    if (event.detail.state === 'failed') void retry(firstWait);
    else if (event.detail.state === 'rejected') void reloadWhenUp();
    else if (event.detail.state === 'hide') clearTimeout(timer);
  });

  addEventListener('offline', () => document.documentElement.toggleAttribute('data-unreachable', true));
  addEventListener('online', () => document.documentElement.toggleAttribute('data-unreachable', false));
})();
