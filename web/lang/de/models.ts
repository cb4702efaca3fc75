/** Titles of the models and sets of names that the site serves. */
export const models: Record<string, string> = {
  Clothes: "Kleidung",
  "Digits by a GAN": "Ziffern von einem GAN",
  "Digits by diffusion in few steps": "Ziffern durch Diffusion in wenigen Schritten",
  "Digits by diffusion": "Ziffern durch Diffusion",
  "Digits by latent diffusion": "Ziffern durch latente Diffusion",
  "Digits by a memory along diagonals": "Ziffern durch ein Gedächtnis entlang von Diagonalen",
  "Digits on a plane": "Ziffern in der Ebene",
  "Digits, pixel by pixel": "Ziffern, Pixel für Pixel",
  Digits: "Ziffern",
  "First names": "Vornamen",
  Names: "Namen",
  "Nine books, with gaps": "Neun Bücher, mit Lücken",
  Shakespeare: "Shakespeare",
  "Shapes from words": "Formen aus Wörtern",
  "Shapes from words in few steps": "Formen aus Wörtern in wenigen Schritten",
  "Your alphabet": "Ihr Alphabet",
};
