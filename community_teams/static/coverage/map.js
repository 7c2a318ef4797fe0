// Enlarges the map of the page so that it can be moved and zoomed; a geographic map where real outlines are known. Nothing
// is loaded before the button is pressed, and without this script the map works as it is.

import { onTheGround } from "./ground.js";

/** The size of an SVG's own drawing, in its own units. */
export function sizeOf(svg) {
  const [, , width, height] = svg.getAttribute("viewBox").split(/\s+/).map(Number);
  return { width, height };
}

/**
 * Put the drawing into a Leaflet map of its own units.
 *
 * @param {HTMLElement} frame  holds the drawing; its data attributes carry the words of the two buttons
 * @param {Record<string, any>} leaflet  Leaflet itself
 * @returns {Record<string, any>} the map
 */
export function enlarge(frame, leaflet) {
  const svg = frame.querySelector("svg");
  const { width, height } = sizeOf(svg);
  const bounds = [[0, 0], [height, width]];
  frame.classList.add("map-large");
  const map = leaflet.map(frame, {
    crs: leaflet.CRS.Simple,
    attributionControl: false,
    zoomControl: false,
    minZoom: -4,
    maxZoom: 3,
    zoomSnap: 0.25,
    maxBounds: leaflet.latLngBounds(bounds).pad(0.3),
  });
  leaflet.control
    .zoom({ zoomInTitle: frame.dataset.closer, zoomOutTitle: frame.dataset.farther })
    .addTo(map);
  leaflet.svgOverlay(svg, bounds, { interactive: true }).addTo(map);
  map.fitBounds(bounds);
  return map;
}

function loadStyle(address) {
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = address;
    link.onload = resolve;
    link.onerror = reject;
    document.head.append(link);
  });
}

function offer(button, frame) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const [leaflet] = await Promise.all([import("leaflet/dist/leaflet-src.esm.js"), loadStyle(frame.dataset.style)]);
      if (frame.dataset.outlines) {
        const answer = await fetch(frame.dataset.outlines, { credentials: "same-origin" });
        if (!answer.ok) throw new Error("no outlines");
        onTheGround(frame, leaflet, await answer.json(), (address) => location.assign(address));
      } else {
        enlarge(frame, leaflet);
      }
      button.hidden = true;
      frame.scrollIntoView({ block: "center" });
    } catch {
      // No network just now: the map stays as it was, and the button may be pressed again.
      button.disabled = false;
    }
  });
}

const button = globalThis.document?.getElementById("enlarge");
const frame = globalThis.document?.getElementById("map");
if (button && frame) offer(button, frame);
