// The geographic map: outlines at their real positions, over a base map if one is configured, with "where am I".

const UNKNOWN = "#e2d6bd";

/**
 * The areas of the SVG on the page, by code: colour, number, label and address of each.
 *
 * @param {SVGElement} svg
 * @returns {Map<string, {fill: string, value: string, label: string, address: string}>}
 */
export function readDrawing(svg) {
  const areas = new Map();
  for (const link of svg.querySelectorAll("a[href]")) {
    const address = link.getAttribute("href");
    const code = address.split("?")[0].split("/").pop();
    const fill = link.querySelector("path")?.getAttribute("fill") ?? UNKNOWN;
    areas.set(code, {
      fill: fill.startsWith("#") ? fill : UNKNOWN,
      value: link.querySelector(".map-value")?.textContent ?? "",
      label: link.getAttribute("aria-label") ?? "",
      address,
    });
  }
  return areas;
}

/**
 * Replace the drawing by a geographic map.
 *
 * @param {HTMLElement} frame  holds the drawing; data-outlines is the address of the outlines, data-tiles and data-credit
 *   of a base map (may be empty), data-closer, data-farther, data-here the words of its buttons
 * @param {Record<string, any>} leaflet  Leaflet itself
 * @param {Record<string, any>} outlines  GeoJSON whose features carry `code`
 * @param {(address: string) => void} go  opens an area's page
 * @returns {Record<string, any>} the map
 */
export function onTheGround(frame, leaflet, outlines, go) {
  const areas = readDrawing(frame.querySelector("svg"));
  frame.textContent = "";
  frame.classList.add("map-large");
  const map = leaflet.map(frame, { zoomControl: false, attributionControl: Boolean(frame.dataset.credit) });
  map.attributionControl?.setPrefix("Leaflet");
  leaflet.control.zoom({ zoomInTitle: frame.dataset.closer, zoomOutTitle: frame.dataset.farther }).addTo(map);
  if (frame.dataset.tiles) {
    leaflet.tileLayer(frame.dataset.tiles, { attribution: frame.dataset.credit, maxZoom: 18 }).addTo(map);
  }
  const outlineLayer = leaflet.geoJSON(outlines, {
    filter: (feature) => areas.has(feature.properties.code),
    style: (feature) => ({
      fillColor: areas.get(feature.properties.code).fill,
      fillOpacity: frame.dataset.tiles ? 0.65 : 0.9,
      color: "#4d4436",
      weight: 1,
    }),
    onEachFeature: (feature, layer) => {
      const area = areas.get(feature.properties.code);
      layer.bindTooltip(area.label, { sticky: true });
      layer.on("click", () => go(area.address));
    },
  }).addTo(map);
  map.fitBounds(outlineLayer.getBounds());
  addHere(map, leaflet, frame.dataset.here);
  return map;
}

function addHere(map, leaflet, words) {
  const here = leaflet.control({ position: "topright" });
  here.onAdd = () => {
    const button = leaflet.DomUtil.create("button", "button map-here");
    button.type = "button";
    button.textContent = words;
    leaflet.DomEvent.disableClickPropagation(button);
    // Only on request, and never sent anywhere: the phone itself marks the position.
    button.addEventListener("click", () => map.locate({ setView: true, maxZoom: 11 }));
    return button;
  };
  here.addTo(map);
  map.on("locationfound", (found) => {
    leaflet.circle(found.latlng, { radius: Math.max(found.accuracy, 200), color: "#b3261e" }).addTo(map);
  });
}
