// What the page is read with: recordings, and the Vietnamese voices of the phone. Loaded where there is one of the two.

const SLOW = 0.75;
const KEPT = "listen-slowly";
const PAUSE = 400; // ms after each piece
const SILENCE = 8000; // ms without a sound, and a voice or a recording is given up

export const UNSAID = ".hear, [href='#ca-bai'], .button:not(.button-main), details, svg, .visually-hidden:not(.aloud), [aria-hidden=true]";
export const STOPPED = Symbol("stopped");
/** Whether to speak at three quarters of the speed: remembered on this phone, where it keeps anything for pages. */
export let slow = remembered((kept) => kept.getItem(KEPT)) === "yes";

const brought = document.getElementById("hear");
const digits = brought.dataset.digits.split(" ");
const dialled = new Set(brought.dataset.dialled.split(" "));
const speech = window.speechSynthesis;
const player = new Audio();
const broken = new Set();
let leave = () => {}; // ends what is being waited for
let utterance; // held here: some browsers forget one that nobody holds, and never tell its end

function remembered(use) {
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

/** From slow to ordinary and back. A recording changes at once, a voice with its next sentence. */
export function changePace() {
  slow = !slow;
  keepPace();
  remembered((kept) => kept.setItem(KEPT, slow ? "yes" : "no"));
}

/** The Vietnamese voices that have not failed yet; first those that live on the phone and need no network. */
export function voices() {
  return (speech?.getVoices() ?? [])
    .filter((voice) => /^vi([-_]|$)/i.test(voice.lang) && !broken.has(voice.voiceURI))
    .sort((a, b) => Number(b.localService) - Number(a.localService));
}

function spelled(number) {
  const groups = number.split(/[ .]/).map((part) => part.match(/^\d{4}(?=(?:\d{3})*$)|\d{1,3}/g));
  return [].concat(...groups).map((group) => [...group].map((digit) => digits[digit]).join(" ")).join(", ");
}

/** `text` as a voice should get it. Codes and numbers to dial go digit by digit; amounts, years and dates do not. */
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

/** What is said of one piece of the page; "" when nothing. */
export function wordsOf(piece) {
  const copy = piece.cloneNode(true);
  for (const part of copy.querySelectorAll(UNSAID)) part.remove();
  const words = spoken(copy.textContent);
  return words && piece.matches(".button-main, .touch-go") ? `${brought.dataset.button} ${words}` : words;
}

/** A promise that hush() rejects with STOPPED. `begin` is given what fulfils it, what rejects it, and "it sounds". */
function waiting(begin) {
  return new Promise((done, fail) => {
    const silence = setTimeout(fail, SILENCE);
    leave = () => fail(STOPPED);
    begin(done, fail, () => clearTimeout(silence));
  });
}

export const pause = () => waiting((done, _fail, sounds) => (sounds(), setTimeout(done, PAUSE)));

/** Play a recording to its end. Rejects when it cannot be played. */
export const play = (address) =>
  waiting((done, fail, sounds) => {
    player.src = address;
    keepPace();
    Object.assign(player, { onplaying: sounds, onended: done, onerror: fail });
    player.play().catch(fail);
  });

/** Say `words`, one sentence after the other. A voice that fails is not used again; rejects when none is left. */
export async function say(words) {
  for (const sentence of words.match(/.+?(?:[.!?…]+[”’")]*(?=\s)|$)/g) ?? [])
    while (!(await said(sentence.trim())));
}

async function said(sentence) {
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

/** Silence at once. */
export function hush() {
  leave();
  speech?.cancel();
  player.pause();
}
