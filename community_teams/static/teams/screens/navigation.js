/* Navigation by the address after "#". The browser's back button works as usual; each entry of its history stores its
   depth and the scroll position. */

import { readAddress } from "./addresses.js";

/** show(path, query, {back}): draws the screen of an address. Returns {start, go, replace, stay, back, again, here}. */
export function navigation(window, show) {
  const { history, location } = window;
  let depth = 0;
  let scrolled = 0;
  history.scrollRestoration = "manual";

  const state = () => history.state ?? {};

  function arrive() {
    const isNew = state().depth === undefined;
    depth = isNew ? depth + 1 : state().depth;
    if (isNew) history.replaceState({ depth, y: 0 }, "");
    draw({ y: isNew ? 0 : state().y });
  }

  const here = () => readAddress(location.hash);

  async function draw({ y = 0 } = {}) {
    const { path, query } = here();
    if (await show(path, query)) window.scrollTo(0, y);
  }

  window.addEventListener("hashchange", arrive);
  window.addEventListener("scroll", () => {
    clearTimeout(scrolled);
    scrolled = setTimeout(() => history.replaceState({ ...state(), y: window.scrollY }, ""), 150);
  }, { passive: true });

  const nav = {
    /** The current address: {path, query}. */
    here,
    start() {
      if (state().depth === undefined) history.replaceState({ depth: 0, y: 0 }, "");
      depth = state().depth;
      return draw({ y: state().y });
    },
    go(address) {
      if (address === location.hash) return draw();
      location.hash = address;
      return null;
    },
    /** Replace this address by another one, so that "back" does not lead here again. */
    replace(address) {
      clearTimeout(scrolled);
      history.replaceState({ depth, y: 0 }, "", address);
      return draw();
    },
    /** Change the address without drawing: the screen is the same. */
    stay(address) {
      history.replaceState(state(), "", address);
    },
    back(otherwise) {
      if (depth > 0) history.back();
      else nav.replace(otherwise);
    },
    again: () => draw({ y: window.scrollY }),
  };
  return nav;
}
