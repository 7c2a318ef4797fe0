// Adds a slider beside the list of weeks. The list stays: it shows the chosen week, and works without script.

/**
 * Let a slider and a list choose the same thing.
 *
 * @param {HTMLSelectElement} list  one option a week, the last one for now
 * @param {HTMLInputElement} slider  hidden until then; its steps are the options
 */
export function slide(list, slider) {
  slider.value = String(list.selectedIndex);
  slider.hidden = false;
  slider.addEventListener("input", () => {
    list.selectedIndex = Number(slider.value);
    slider.setAttribute("aria-valuetext", list.selectedOptions[0].text);
  });
  // Only on release: each week is a page with its own address.
  slider.addEventListener("change", () => list.form.submit());
  list.addEventListener("change", () => {
    slider.value = String(list.selectedIndex);
  });
}

const list = globalThis.document?.getElementById("tuan");
const slider = globalThis.document?.getElementById("tuan-keo");
if (list && slider) slide(list, slider);
