// Reads slips through the camera. The reader and its WebAssembly are our own files; only secure
// addresses have a camera, and the page says so where there is none.
const EVERY = 100; // milliseconds between frames
const GONE = 3000; // milliseconds without a slip, after which the same one is another scan
const REMEMBER = "door-camera";

export function startCamera(box, words, found) {
  box.hidden = false;
  const button = box.querySelector("[data-camera-start]");
  const video = box.querySelector("video");
  const note = box.querySelector("[data-camera-says]");
  const tell = (text) => {
    note.textContent = text;
    note.hidden = false;
    button.hidden = true;
  };
  if (!window.isSecureContext || !navigator.mediaDevices) return tell(words.insecure);
  if (!box.dataset.script) return tell(words.missing);

  const begin = async () => {
    button.hidden = true;
    try {
      const reader = await loadReader(box.dataset.script, box.dataset.wasm);
      video.srcObject = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } },
      });
      video.hidden = false;
      await video.play();
      sessionStorage.setItem(REMEMBER, "on");
      watch(video, reader, found);
    } catch (error) {
      tell(error?.name === "NotAllowedError" || error?.name === "NotFoundError" ? words.refused : words.missing);
    }
  };
  button.addEventListener("click", begin);
  if (sessionStorage.getItem(REMEMBER)) begin();
}

function loadReader(script, wasm) {
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = script;
    element.onload = () => {
      window.ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => wasm } });
      resolve(window.ZXingWASM);
    };
    element.onerror = () => reject(new Error("no reader"));
    document.head.append(element);
  });
}

function watch(video, reader, found) {
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const options = { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 1 };
  let before = "";
  let seenAt = 0;
  const step = async () => {
    if (video.videoWidth && !document.hidden) {
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      pen.drawImage(video, 0, 0);
      const seen = await reader.readBarcodes(pen.getImageData(0, 0, canvas.width, canvas.height), options);
      const text = seen[0]?.text ?? "";
      // A slip held before the camera is read many times and looked at once.
      const now = Date.now();
      if (text && (text !== before || now - seenAt > GONE)) found(text);
      if (text) [before, seenAt] = [text, now];
    }
    setTimeout(step, EVERY);
  };
  step();
}
