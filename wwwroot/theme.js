// Light or dark before the first paint, and remembered in this browser. The colours themselves are in Theme.cs.
(() => {
  const key = 'rlhfhub.theme';
  const system = matchMedia('(prefers-color-scheme: dark)');
  let layout = null;
  let unstored = null;

  const choice = () => {
    try {
      const stored = localStorage.getItem(key);
      return stored === 'light' || stored === 'dark' ? stored : 'system';
    } catch {
      return unstored ?? 'system';   // the browser keeps nothing for this site
    }
  };

  const state = () => ({ choice: choice(), isDark: choice() === 'dark' || (choice() === 'system' && system.matches) });

  const apply = () => {
    document.documentElement.dataset.theme = state().isDark ? 'dark' : 'light';
    layout?.invokeMethodAsync('ThemeChangedAsync', state());
  };

  system.addEventListener('change', apply);
  addEventListener('storage', event => event.key === key && apply());

  window.rlhfHubTheme = {
    watch(reference) {
      layout = reference;
      return state();
    },
    unwatch() {
      layout = null;
    },
    choose(wanted) {
      unstored = wanted;
      try {
        localStorage.setItem(key, wanted);
      } catch {
        // The choice then lasts as long as this page.
      }
      apply();
    },
  };

  apply();
})();
