// Reads aloud with recordings and with the phone's Vietnamese voices. Loaded where there is at least one of the two.

const SLOW = 0.75;
const PACE_KEY = "listen-slowly"; // in localStorage
const PAUSE = 400; // ms after each piece
const SILENCE = 8000; // ms without a sound after which a voice or a recording counts as failed

export const UNSPOKEN = ".hear, [href='#ca-bai'], .button:not(.button-main), details, svg, .visually-hidden:not(.aloud), [aria-hidden=true]";
export const STOPPED = Symbol("stopped");
/** Whether to speak at three quarters of the speed. Stored on this phone if the browser allows it. */
export let slow = withStorage((storage) => storage.getItem(PACE_KEY)) === "yes";

const provided = document.getElementById("hear");
const digits = provided.dataset.digits.split(" ");
const dialled = new Set(provided.dataset.dialled.split(" "));
const speech = window.speechSynthesis;
const player = new Audio();
const broken = new Set();
let leave = () => {}; // ends the current wait
let utterance; // referenced here: some browsers collect it otherwise and never fire its end event

function withStorage(use) {
  try {
    return use(localStorage);
  } catch {
    return null;
  }
}

const pace = () => (slow ? SLOW : 1);

function keepPace() {
  player.defaultPlaybackRate = player.playbackRate = pace();
}

/** Switch between slow and normal. A recording changes at once, a voice with its next sentence. */
export function changePace() {
  slow = !slow;
  keepPace();
  withStorage((storage) => storage.setItem(PACE_KEY, slow ? "yes" : "no"));
}

/** The Vietnamese voices that have not failed yet; those installed on the phone, which need no network, come first. */
export function voices() {
  return (speech?.getVoices() ?? [])
    .filter((voice) => /^vi([-_]|$)/i.test(voice.lang) && !broken.has(voice.voiceURI))
    .sort((a, b) => Number(b.localService) - Number(a.localService));
}

function spelled(number) {
  const groups = number.split(/[ .]/).map((part) => part.match(/^\d{4}(?=(?:\d{3})*$)|\d{1,3}/g));
  return [].concat(...groups).map((group) => [...group].map((digit) => digits[digit]).join(" ")).join(", ");
}

/** `text` prepared for a voice. Codes and phone numbers are read digit by digit; amounts, years and dates are not. */
export function spoken(text) {
  return text
    .replace(/\s+/g, " ")
    .replace(/\s*[→·]\s*/g, ", ")
    .replace(/\p{Lu}{2,}/gu, (word) => (/[^A-Z]/.test(word) ? word.toLowerCase() : word))
    .replace(/\d(?:[ .,:/-]?\d)*(?= ?(đồng|đ(?!\p{L}))?)/gu, (number, money) => {
      const bare = number.replace(/\D/g, "");
      const code = !money && bare.length > (number === bare ? 3 : 5) && !/[.,:/-]/.test(number) && !/^(19|20)\d\d$/.test(bare);
      return code || dialled.has(bare) ? spelled(number) : number;
    })
    .trim();
}

/** The words to read for one piece of the page; "" if there are none. */
export function wordsOf(piece) {
  const copy = piece.cloneNode(true);
  for (const part of copy.querySelectorAll(UNSPOKEN)) part.remove();
  const words = spoken(copy.textContent);
  return words && piece.matches(".button-main, .touch-go") ? `${provided.dataset.button} ${words}` : words;
}

/** A promise that hush() rejects with STOPPED. `begin` gets three callbacks: resolve, reject, "a sound has started". */
function waiting(begin) {
  return new Promise((done, fail) => {
    const silence = setTimeout(fail, SILENCE);
    leave = () => fail(STOPPED);
    begin(done, fail, () => clearTimeout(silence));
  });
}

export const pause = () => waiting((done, _fail, sounds) => (sounds(), setTimeout(done, PAUSE)));

/** Play a recording to its end. Rejects if it cannot be played. */
export const play = (address) =>
  waiting((done, fail, sounds) => {
    player.src = address;
    keepPace();
    Object.assign(player, { onplaying: sounds, onended: done, onerror: fail });
    player.play().catch(fail);
  });

/** Speak `words`, sentence by sentence. A voice that fails is not used again; rejects when no voice is left. */
export async function say(words) {
  for (const sentence of words.match(/.+?(?:[.!?…]+[”’")]*(?=\s)|$)/g) ?? [])
    while (!(await speak(sentence.trim())));
}

/** Whether the first voice spoke `sentence`; a voice that failed is remembered as broken. */
async function speak(sentence) {
  const [voice] = voices();
  if (!voice) throw new Error("no voice is left");
  try {
    await waiting((done, fail, sounds) => {
      utterance = new SpeechSynthesisUtterance(sentence);
      Object.assign(utterance, { voice, lang: voice.lang, rate: pace() });
      Object.assign(utterance, { onstart: sounds, onend: done, onerror: fail });
      speech.speak(utterance);
    });
    return true;
  } catch (why) {
    if (why === STOPPED) throw why;
    broken.add(voice.voiceURI);
    speech.cancel();
    return false;
  }
}

/** Stop all sound at once. */
export function hush() {
  leave();
  speech?.cancel();
  player.pause();
}
