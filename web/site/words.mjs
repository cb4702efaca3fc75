// What the layout of a page says, by the page's language.
export const WORDS = {
  en: {
    lang: "en",
    name: "English",
    skip: "Skip to the text",
    chapters: "Chapters",
    around: "Before and after",
    before: "Before",
    next: "Next",
    code: "See the code",
    codeNote: (language) => `What runs in this chapter is this, in ${language}:`,
    sources: "Sources",
    others: "and others",
    how: "How it runs",
    howNote:
      "The models are written in Rust and compiled to WebAssembly. They run in a worker of your browser, " +
      "on the graphics card where there is one, else on the processor. Nothing that you draw, open or train " +
      "leaves your machine, and the page asks no other server for anything.",
    app: "Generative models that run and train in your browser, in an illustrated article.",
    storedNote: "What is stored here",
    licencesNote: "Licences of the libraries in it",
    notOffered:
      "A model of another project stands here, which this copy of the site does not carry: " +
      "it was built where the package could not be fetched.",
    stored: {
      title: "What is stored here",
      description: "What this site keeps in your browser, with sizes, to be looked at, saved for offline or deleted.",
    },
    symbols: "Symbols",
    copyHtml: "HTML to copy",
    table: "Table",
    quotes: "“”‘’",
    alone: {
      title: "A model in two lines",
      description:
        "A page with nothing but the element: a variational autoencoder, a flow and a model of text that train in it.",
    },
    frame: {
      title: "A generative model",
      description: "A figure of this site alone, as other pages show it in a frame; its address says what it shows.",
      noscript: "Here a generative model would sample and train, for which it needs JavaScript.",
    },
  },
  de: {
    lang: "de",
    name: "Deutsch",
    skip: "Zum Text springen",
    chapters: "Kapitel",
    around: "Vorher und nachher",
    before: "Zurück",
    next: "Weiter",
    code: "Der Code",
    codeNote: (language) => `Was in diesem Kapitel läuft, ist dies, in ${language}:`,
    sources: "Quellen",
    others: "und andere",
    how: "Wie es läuft",
    howNote:
      "Die Modelle sind in Rust geschrieben und nach WebAssembly übersetzt. Sie laufen in einem Worker Ihres " +
      "Browsers, auf der Grafikkarte, wo es eine gibt, sonst auf dem Prozessor. Nichts, was Sie zeichnen, öffnen " +
      "oder trainieren, verlässt Ihr Gerät, und die Seite fragt keinen anderen Server nach irgendetwas.",
    app: "Generative Modelle, die in Ihrem Browser laufen und lernen, in einem illustrierten Artikel.",
    storedNote: "Was hier gespeichert ist",
    licencesNote: "Lizenzen der Bibliotheken darin",
    notOffered:
      "Hier steht ein Modell eines anderen Projekts, das diese Kopie der Website nicht mitführt: " +
      "Sie wurde dort gebaut, wo das Paket nicht zu holen war.",
    stored: {
      title: "Was hier gespeichert ist",
      description: "Was diese Website in Ihrem Browser aufhebt, mit Größen: ansehen, offline speichern oder löschen.",
    },
    symbols: "Symbole",
    copyHtml: "HTML zum Kopieren",
    table: "Tabelle",
    quotes: "„“‚‘",
    alone: {
      title: "Ein Modell in zwei Zeilen",
      description:
        "Eine Seite, auf der nur das Element steht: ein Variational Autoencoder, ein Flow und ein Textmodell, " +
        "die darin lernen.",
    },
    frame: {
      title: "Ein generatives Modell",
      description:
        "Eine Abbildung dieser Website allein, wie andere Seiten sie in einem Frame zeigen; " +
        "was sie zeigt, sagt ihre Adresse.",
      noscript: "Hier würde ein generatives Modell Beispiele ziehen und lernen; dazu braucht es JavaScript.",
    },
  },
};
