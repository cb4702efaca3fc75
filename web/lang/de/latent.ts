/** Latente Diffusion. */
export const latent: Record<string, string> = {
  "Latent diffusion": "Latente Diffusion",
  "Autoencoder channels": "Kanäle des Autoencoders",
  "Channels of the autoencoder at the image's size, a multiple of 8; below it has twice as many.":
    "Kanäle des Autoencoders in der Größe des Bildes, ein Vielfaches von 8; darunter hat er doppelt so viele.",
  "Channels of a code": "Kanäle eines Codes",
  "Channels of a code, which has a quarter of the image's height and width.":
    "Kanäle eines Codes, der ein Viertel der Höhe und Breite des Bildes hat.",
  "Weight of the KL term; 1 is the evidence lower bound, less keeps more of an image's detail.":
    "Gewicht des KL-Terms; 1 ist die untere Schranke der Evidenz, weniger behält mehr von den Einzelheiten " +
    "eines Bildes.",
  "Denoiser channels": "Kanäle des Entrauschers",
  "Channels of the denoiser, a multiple of 8.": "Kanäle des Entrauschers, ein Vielfaches von 8.",
  "Denoiser levels": "Stufen des Entrauschers",
  "Levels of the denoiser: each but the first works on half the height and width of the one before.":
    "Stufen des Entrauschers: Jede außer der ersten arbeitet auf halber Höhe und Breite der vorigen.",
  "Tell the denoiser the class of each image, if the data has classes; then samples of one class can be asked for.":
    "Dem Entrauscher die Klasse jedes Bildes sagen, falls die Daten Klassen haben; dann lassen sich Proben " +
    "einer Klasse verlangen.",
  ["Share of the training images whose class is kept back, so that the denoiser also knows images of no " +
  "stated class, which guidance needs."]:
    "Anteil der Trainingsbilder, deren Klasse verschwiegen wird, damit der Entrauscher auch Bilder ohne " +
    "genannte Klasse kennt; das braucht die Führung.",
  "Noise to code": "Rauschen zu Code",
  ["Above, codes on their way from noise, their channels side by side; below, what the decoder makes of " +
  "them at that moment; at the bottom, of what the denoiser then believes the end will be."]:
    "Oben Codes auf ihrem Weg aus dem Rauschen, ihre Kanäle nebeneinander; darunter, was der Decoder in " +
    "diesem Augenblick aus ihnen macht; ganz unten, was er aus dem macht, was der Entrauscher dann für das " +
    "Ende hält.",
  "What is kept": "Was bleibt",
  ["Your picture, its code (the mean of q(z|x), channels side by side), and what the decoder makes of it. " +
  "What does not come back is not in any of the model's samples either."]:
    "Ihr Bild, sein Code (der Mittelwert von q(z|x), die Kanäle nebeneinander) und was der Decoder daraus " +
    "macht. Was nicht zurückkommt, fehlt auch in jeder Probe des Modells.",
  "its code: {numbers} numbers for {of}": "sein Code: {numbers} Zahlen für {of}",
  "through the code and back": "durch den Code und zurück",
  "codes of {a} × {b} cannot be halved so often": "Codes von {a} × {b} lassen sich nicht so oft halbieren",
  "Codes need sides divisible by 4, not {height} × {width}":
    "Codes brauchen durch 4 teilbare Seiten, nicht {height} × {width}",
  "your picture": "Ihr Bild",
  decoded: "decodiert",
};
