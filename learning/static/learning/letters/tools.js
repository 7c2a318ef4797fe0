// The two libraries that checking a letter takes. Loaded apart, and only where BigInt exists: without it the one that
// checks signatures cannot even start.

export { verifyAsync as verify } from "@noble/ed25519";
export { decode } from "cborg";
