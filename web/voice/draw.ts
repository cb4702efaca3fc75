/** A sentence as a picture: how loud each frequency is at each time, the pitch over it, and where it is heard. */
import type { SpokenSentence } from "../client/protocol";

const HEIGHT = 200;

/** Lowest and highest pitch of a sentence, Hz. */
export function range({ pitch }: SpokenSentence): [number, number] | undefined {
  const voiced = pitch.filter((p) => p > 0);
  return voiced.length ? [Math.min(...voiced), Math.max(...voiced)] : undefined;
}

/** Loudness as ink of the canvas's colour. */
function ink(sentence: SpokenSentence, color: string): HTMLCanvasElement {
  const { picture, rows, pitch } = sentence;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.max(1, pitch.length), rows];
  const context = canvas.getContext("2d");
  if (!context) return canvas;
  context.fillStyle = color;
  context.fillRect(0, 0, canvas.width, canvas.height);
  const image = context.getImageData(0, 0, canvas.width, canvas.height);
  for (let i = 0; i < picture.length; i++) image.data[4 * i + 3] = picture[i] ?? 0;
  context.putImageData(image, 0, 0);
  return canvas;
}

/** Draws a sentence; `at` is where it is heard, in seconds, and `bent` its pitch while that is dragged. */
export function draw(canvas: HTMLCanvasElement, sentence: SpokenSentence, at?: number, bent?: readonly number[]) {
  const width = canvas.clientWidth;
  const sharp = devicePixelRatio || 1;
  const [w, h] = [Math.round(width * sharp), Math.round(HEIGHT * sharp)];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  const context = canvas.getContext("2d");
  if (!context || !width) return;
  const style = getComputedStyle(canvas);
  context.setTransform(sharp, 0, 0, sharp, 0, 0);
  context.clearRect(0, 0, width, HEIGHT);
  context.imageSmoothingEnabled = true;
  context.drawImage(ink(sentence, style.color), 0, 0, width, HEIGHT);
  drawPitch(context, sentence, bent ?? sentence.pitch, width, style.caretColor);
  if (at !== undefined) {
    const x = (at / (sentence.sound.byteLength / 2 / sentence.rate)) * width;
    context.fillStyle = style.outlineColor;
    context.fillRect(x - 1, 0, 2, HEIGHT);
  }
}

function drawPitch(
  context: CanvasRenderingContext2D,
  sentence: SpokenSentence,
  pitch: readonly number[],
  width: number,
  color: string,
) {
  const [low, high] = range(sentence) ?? [1, 2];
  const [from, to] = [Math.log(low) - 0.2, Math.log(high) + 0.2];
  context.strokeStyle = color;
  context.lineWidth = 2.5;
  context.lineCap = "round";
  context.beginPath();
  pitch.forEach((hertz, i) => {
    if (!hertz) return;
    const x = ((i + 0.5) / pitch.length) * width;
    const y = (1 - (Math.log(hertz) - from) / (to - from)) * HEIGHT;
    if (pitch[i - 1]) context.lineTo(x, y);
    else context.moveTo(x, y);
  });
  context.stroke();
}
