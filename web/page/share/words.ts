/** What the Share dialog says, here since it is fetched with it alone. */
const en = {
  title: "Share what you see",
  close: "Close",
  copy: "Copy",
  copied: "Copied.",
  selected: "Selected, to be copied from there.",
  link: "Link",
  element: "HTML for your page: the element",
  elementNote: "It belongs to your page, takes on its colours, and asks no server but this one.",
  frame: "HTML for your page: a frame",
  frameNote:
    "For sites that allow only frames. The last line makes it as high as it is; without it, it keeps its height.",
  markdown: "Markdown",
  markdownNote: "For places that run nothing: a picture, or a line of text, that leads here.",
  size: "{size} of text",
  model: "The trained model",
  without: "stays here",
  inside: "travels inside, {size}, its weights rounded to half precision",
  insideElement: "travels inside the HTML of the element, {size}, too large for a link",
  asFile: "is a file beside your page, {size}",
  preparing: "The model is being packed.",
  saveModel: "Save the file",
  beside: "Put {name} where your page is. Links and frames show the model as it was before its training.",
  privacy: "A model can give away what it learned from. Share none that was trained on what is private.",
  leftBehind: "Points, texts and pictures of your own stay here.",
  goesWithout: "A link and a frame go without: {names}.",
  poster: "A picture for where nothing runs",
  posterNote: "In a feed, in print and until the model is there, a post shows it. It is made from what you see.",
  makePoster: "Make the picture",
  savePoster: "Save {name}",
  posterBeside: "Put both files where your page is; the snippets name them now.",
  noPoster: "This view is not a picture; nothing was made.",
  light: "By day",
  dark: "By night",
  qr: "QR code",
  qrLabel: "QR code of the link",
  qrTooLong: "This link is too long for a QR code. Leave the model out.",
  qrSave: "Save it as a picture",
};

export type Said = typeof en;
type Key = keyof Said;

const de: Said = {
  title: "Teilen, was Sie sehen",
  close: "Schließen",
  copy: "Kopieren",
  copied: "Kopiert.",
  selected: "Ausgewählt; von dort lässt es sich kopieren.",
  link: "Link",
  element: "HTML für Ihre Seite: das Element",
  elementNote: "Es gehört zu Ihrer Seite, nimmt ihre Farben an und fragt keinen Server außer diesem.",
  frame: "HTML für Ihre Seite: ein Frame",
  frameNote:
    "Für Websites, die nur Frames erlauben. Die letzte Zeile macht ihn so hoch, wie er ist; " +
    "ohne sie behält er seine Höhe.",
  markdown: "Markdown",
  markdownNote: "Für Orte, an denen nichts läuft: ein Bild oder eine Zeile Text, die hierher führt.",
  size: "{size} Text",
  model: "Das trainierte Modell",
  without: "bleibt hier",
  inside: "reist darin mit, {size}, seine Gewichte auf halbe Genauigkeit gerundet",
  insideElement: "reist im HTML des Elements mit, {size}, zu groß für einen Link",
  asFile: "ist eine Datei neben Ihrer Seite, {size}",
  preparing: "Das Modell wird gepackt.",
  saveModel: "Datei speichern",
  beside:
    "Legen Sie {name} dorthin, wo Ihre Seite liegt. Links und Frames zeigen das Modell, " +
    "wie es vor seinem Training war.",
  privacy: "Ein Modell kann verraten, woraus es gelernt hat. Teilen Sie keines, das aus Privatem gelernt hat.",
  leftBehind: "Eigene Punkte, Texte und Bilder bleiben hier.",
  goesWithout: "Ein Link und ein Frame kommen ohne dies aus: {names}.",
  poster: "Ein Bild für Orte, an denen nichts läuft",
  posterNote:
    "In einem Feed, im Druck und bis das Modell da ist, zeigt ein Beitrag dieses Bild. " +
    "Es entsteht aus dem, was Sie sehen.",
  makePoster: "Bild herstellen",
  savePoster: "{name} speichern",
  posterBeside: "Legen Sie beide Dateien dorthin, wo Ihre Seite liegt; die Schnipsel nennen sie jetzt.",
  noPoster: "Diese Ansicht ist kein Bild; es entstand keines.",
  light: "Bei Tag",
  dark: "Bei Nacht",
  qr: "QR-Code",
  qrLabel: "QR-Code des Links",
  qrTooLong: "Dieser Link ist zu lang für einen QR-Code. Lassen Sie das Modell weg.",
  qrSave: "Als Bild speichern",
};

/** The words of a language; English where there are none. */
export class ShareWords {
  readonly #said: Said;

  constructor(readonly lang: "en" | "de") {
    this.#said = lang === "de" ? de : en;
  }

  say(key: Key, holes: Record<string, string> = {}): string {
    return this.#said[key].replace(/\{(\w+)\}/g, (_, hole: string) => holes[hole] ?? "");
  }

  /** A size in kilobytes, or in megabytes. */
  size(bytes: number): string {
    const [value, unit] = bytes < 1e6 ? [bytes / 1e3, "kB"] : [bytes / 1e6, "MB"];
    return `${value.toLocaleString(this.lang, { maximumFractionDigits: value < 10 ? 1 : 0 })} ${unit}`;
  }
}
