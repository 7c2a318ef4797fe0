// What tsc does not know of our pages and workers. One program checks both, so names of workers are added to a page's.

// Which kind of element a selector finds stands in a template, where tsc does not look.
interface ParentNode {
  querySelector(selector: string): any;
  querySelectorAll(selector: string): NodeListOf<any>;
}
interface Element {
  closest(selector: string): any;
}
interface Document {
  getElementById(id: string): any;
}

interface Window {
  // A worker's own; hoc and doiSo are its settings (foundation/web/workers.py).
  readonly clients: any;
  readonly registration: ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } };
  readonly doiSo: { files: any[]; shell: string };
  readonly hoc: Record<string, any>;
  skipWaiting(): Promise<void>;
}
interface Event {
  waitUntil?(work: Promise<unknown>): void;
  readonly tag?: string;
}
interface ServiceWorkerRegistration {
  readonly sync?: { register(tag: string): Promise<void> };
}

// Only iPhones have it.
interface Navigator {
  readonly standalone?: boolean;
}

declare module "leaflet/dist/leaflet-src.esm.js";
