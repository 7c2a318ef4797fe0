// A phone's voice for a browser that has none. window.said is all that was spoken; speech.come(…) brings voices;
// window.hold keeps an utterance from ending; a voice named in window.dumb fails.
{
  let voices = [];
  let current = null;
  let timer = 0;
  const fake = Object.assign(new EventTarget(), {
    getVoices: () => voices,
    speak(words) {
      current = words;
      window.said.push({ text: words.text, rate: words.rate, voice: words.voice.name, marked: document.querySelector(".reading")?.textContent.trim() });
      if (window.dumb === words.voice.name) return void setTimeout(() => words.onerror({ error: "synthesis-failed" }));
      setTimeout(() => words.onstart());
      if (!window.hold) timer = setTimeout(() => words.onend(), 15);
    },
    cancel() {
      clearTimeout(timer);
      const cancelled = current;
      current = null;
      cancelled?.onerror({ error: "interrupted" });
    },
    come(...names) {
      voices = names.map((name) => ({ name, voiceURI: name, lang: name.split(" ")[1], localService: !name.startsWith("far") }));
      fake.dispatchEvent(new Event("voiceschanged"));
    },
  });
  window.said = [];
  window.SpeechSynthesisUtterance = class {
    constructor(text) {
      this.text = text;
    }
  };
  Object.defineProperty(window, "speechSynthesis", { value: fake });
}
