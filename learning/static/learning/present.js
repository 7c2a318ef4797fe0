// Arrow keys, and the two keys a presenter's clicker sends, touch the links that are there; an imitation screen becomes
// as large as the room beside its words and above the links allows.

const WAYS = { ArrowRight: "next", PageDown: "next", ArrowLeft: "prev", PageUp: "prev" };

document.addEventListener("keydown", (event) => {
  const way = WAYS[event.key];
  if (!way || event.altKey || event.ctrlKey || event.metaKey) return;
  const link = document.querySelector(`a[rel="${way}"]`);
  if (!link) return;
  event.preventDefault();
  link.click();
});

const LARGEST = 1.7;
const SMALLEST = 0.5;
const WIDEST = 0.62; // of the stage, so that the task stays readable beside it

function fit() {
  const stage = document.querySelector(".stage");
  const set = document.querySelector(".slide-set");
  if (!set) return;
  set.style.removeProperty("zoom");
  // Stacked, as on a phone held upright, it is read from near: nothing to fit.
  if (getComputedStyle(set.parentElement).flexDirection !== "row") return;
  for (let zoom = LARGEST; zoom >= SMALLEST; zoom -= 0.05) {
    set.style.setProperty("zoom", zoom.toFixed(2));
    const high = stage.scrollHeight <= window.innerHeight + 1;
    if (high && set.getBoundingClientRect().width <= stage.clientWidth * WIDEST) return;
  }
}

fit();
window.addEventListener("resize", fit);
