// Arrow keys and a presenter's clicker follow the links of the page. An imitation screen is made as large as fits beside
// its text and above the links.

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
const WIDEST = 0.62; // share of the stage's width, so that the task beside it stays readable

function fit() {
  const stage = document.querySelector(".stage");
  const set = document.querySelector(".slide-set");
  if (!set) return;
  set.style.removeProperty("zoom");
  // Stacked, as on an upright phone: nothing to fit.
  if (getComputedStyle(set.parentElement).flexDirection !== "row") return;
  for (let zoom = LARGEST; zoom >= SMALLEST; zoom -= 0.05) {
    set.style.setProperty("zoom", zoom.toFixed(2));
    const high = stage.scrollHeight <= window.innerHeight + 1;
    if (high && set.getBoundingClientRect().width <= stage.clientWidth * WIDEST) return;
  }
}

fit();
window.addEventListener("resize", fit);
