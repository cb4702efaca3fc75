/** A number for a reader: a thin space between thousands, no needless digits. */
export function figure(value: number, digits = 0): string {
  return value
    .toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })
    .replaceAll(",", "\u202f");
}

export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
