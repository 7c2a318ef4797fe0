// Reads a QR code with the phone's camera. The page says what it is for; the library is loaded when it is needed.

/**
 * Start filming into `video`; `found(text)` is called for the first QR code that is read.
 *
 * @param {HTMLVideoElement} video
 * @param {{engine: string}} library  address of the worker of qr-scanner
 * @returns {Promise<() => void>}  a function that stops the camera; rejects if there is no camera or no permission
 */
export async function openCamera(video, library, found) {
  const { default: QrScanner } = await import("qr-scanner");
  // The library would start its worker from a blob, which our CSP forbids; the same worker is served as a file.
  QrScanner.createQrEngine = async () => new Worker(library.engine);
  let scanner = new QrScanner(video, (result) => found(result.data), { returnDetailedScanResult: true, maxScansPerSecond: 8 });
  const stop = () => {
    scanner?.destroy();
    scanner = null;
  };
  try {
    await scanner.start();
  } catch (error) {
    stop();
    throw error;
  }
  return stop;
}
