// Light, dark or high contrast before the first paint, and remembered in this browser. The colours themselves are in Theme.cs.
(() => {
  const key = 'rlhfhub.theme';
  const choices = ['light', 'dark', 'contrast'];
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const more = matchMedia('(prefers-contrast: more)');
  let layout = null;
  let unstored = null;

  const choice = () => {
    try {
      const stored = localStorage.getItem(key);
      return choices.includes(stored) ? stored : 'system';
    } catch {
      return unstored ?? 'system';   // the browser keeps nothing for this site
    }
  };

  const state = () => {
    const chosen = choice();
    return {
      choice: chosen,
      isDark: chosen === 'dark' || (chosen !== 'light' && dark.matches),
      isContrast: chosen === 'contrast' || (chosen === 'system' && more.matches),
    };
  };

  const apply = () => {
    const { isDark, isContrast } = state();
    document.documentElement.dataset.theme = isContrast ? (isDark ? 'contrast-dark' : 'contrast') : isDark ? 'dark' : 'light';
    layout?.invokeMethodAsync('ThemeChangedAsync', state());
  };

  dark.addEventListener('change', apply);
  more.addEventListener('change', apply);
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
