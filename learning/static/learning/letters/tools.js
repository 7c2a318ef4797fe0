// The two libraries needed to check a letter. Loaded separately and only where BigInt exists: the signature library fails
// to load without it.

export { verifyAsync as verify } from "@noble/ed25519";
export { decode } from "cborg";
