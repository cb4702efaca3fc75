import type { Note, Roll } from "../../client/protocol";
import type { Over, Spot } from "./roll";

/** Where drums are named and bars begin, CSS pixels, and the height of a row. */
const [LEFT, TOP, TALL] = [84, 8, 26];
/** On a narrow canvas names are cut. */
const NARROW = 44;
/** Parts of a sixteenth in which hits are moved. */
const TICKS = 120;
/** A hit that is only written, and not played yet. */
const STIFF = 80;
/** Colours of the drums, from the bass drum: the classes' own, as score.css has them. */
const COLORS = [0, 1, 2, 2, 3, 3, 3, 4, 4];

/** The height that drums take. */
export const heightOfPads = ({ voices }: Roll) => TOP + voices.length * TALL + 2;

function placed(roll: Roll, width: number) {
  const left = width < 480 ? NARROW : LEFT;
  const wide = (width - left) / Math.max(1, roll.steps);
  const row = (drum: number) => TOP + (roll.voices.length - 1 - drum) * TALL;
  return { left, wide, x: (step: number) => left + step * wide, row };
}

/** The sixteenth and the drum at a place of a canvas of that width; the drum stands where a roll has the pitch. */
export function spotOnPads(roll: Roll, width: number, x: number, y: number): Spot | undefined {
  const { left, wide } = placed(roll, width);
  const step = Math.floor((x - left) / wide);
  const pitch = roll.voices.length - 1 - Math.floor((y - TOP) / TALL);
  return step < 0 || step >= roll.steps || pitch < 0 || pitch >= roll.voices.length ? undefined : { step, pitch };
}

/** What drawing needs of the page: names of the drums and colours. */
interface Look {
  width: number;
  height: number;
  color(name: string): string;
  name(drum: number): string;
}

/** Draws drums: a row for each, hits the larger the harder they are, where they come in time. */
export function drawPads(g: CanvasRenderingContext2D, roll: Roll, over: Over, look: Look) {
  const { width, height, color } = look;
  const [line, ink, soft] = [color("--_line"), color("--_ink"), color("--_soft")];
  const { left, wide, x, row } = placed(roll, width);
  const faint = (part: number) => (g.globalAlpha = part);
  roll.voices.forEach((_, drum) => {
    faint(over.muted?.has(drum) ? 0.4 : 1);
    g.fillStyle = soft;
    g.fillText(look.name(drum), 2, row(drum) + TALL / 2, left - 6);
    faint(1);
    g.fillStyle = line;
    g.fillRect(left, row(drum) + TALL - 0.5, width - left, 0.5);
  });
  for (let step = 0; step <= roll.steps; step++) {
    const [bar, beat] = [step % 16 === 0, step % 4 === 0];
    if (!beat && wide < 5) continue;
    faint(bar ? 0.9 : beat ? 0.6 : 0.25);
    g.fillStyle = bar ? soft : line;
    g.fillRect(x(step) - 0.5, TOP, 1, height - TOP);
  }
  const hit = (note: Note, drum: number) => {
    const { velocity = STIFF, shift = 0 } = note;
    const hard = velocity / 127;
    const [w, h] = [Math.max(3, wide * 0.8), 6 + (TALL - 8) * hard];
    const from = x(note.start + shift / TICKS) + (wide - w) / 2;
    faint((over.muted?.has(drum) ? 0.3 : 1) * (0.45 + 0.55 * hard));
    g.fillStyle = color(`--_class-${COLORS[drum] ?? 0}`);
    g.beginPath();
    g.roundRect(from, row(drum) + (TALL - h) / 2, w, h, 2);
    g.fill();
    if (!note.given || over.voice === undefined) return;
    faint(1);
    g.strokeStyle = ink;
    g.lineWidth = 1;
    g.stroke();
  };
  roll.voices.forEach(({ notes }, drum) => notes.forEach((note) => hit(note, drum)));
  faint(1);
  const { cursor, playhead } = over;
  if (cursor) {
    g.strokeStyle = ink;
    g.lineWidth = 1.5;
    g.strokeRect(x(cursor.step), row(cursor.pitch) + 1, Math.max(4, wide), TALL - 2);
  }
  if (playhead !== undefined) {
    g.fillStyle = color("--_red");
    g.fillRect(x(playhead) - 0.75, 0, 1.5, height);
  }
}
