import type { Texts } from "../words";
import type { pictures as english } from "../en-pictures";

/** What is said of pictures to learn from, in German; part of texts.ts. */
export const pictures: Pick<Texts, keyof typeof english> = {
  picturesNote: "Woraus gelernt werden soll.",
  picturesYours: "Ihre: {title}",
  picturesElsewhere: "Bilder, die nicht hier sind",
  picturesOwn: "Oder aus eigenen Bildern",
  picturesFiles: "Bilder wählen",
  picturesFolder: "Ordner wählen",
  paste: "Einfügen",
  cameraOpen: "Kamera",
  cameraSees: "Was die Kamera sieht",
  cameraTake: "Aufnehmen",
  cameraClose: "Kamera schließen",
  pictureLabel: "Klasse dessen, was Sie als Nächstes hinzufügen",
  pictureLabelHelp: "Wenn Sie mögen: Bilder mit derselben Angabe sind eine Klasse. Die eines Ordners heißen wie er.",
  picturesReading: "Bilder werden gelesen",
  picturesRead: "{done} von {of}",
  picturesTaken:
    "{n} Bilder mit {side} × {side} Pixeln, {colour}: Gelernt wird aus {train}, und {heldOut} werden zurückgehalten.",
  inGrey: "in Grau",
  inColour: "in Farbe",
  picturesTwice: {
    one: "{n} wurde weggelassen, weil es ein genau gleiches gab.",
    other: "{n} wurden weggelassen, weil es genau gleiche gab.",
  },
  picturesSome: "Einige der Bilder",
  picturesCropped: "Von jedem wird das Quadrat in der Mitte genommen und so verkleinert.",
  picturesDrop:
    "Legen Sie hier Bilder oder einen Ordner ab, oder fügen Sie sie ein; " +
    "enthält er Ordner, ist jeder eine Klasse. Gebraucht werden 20 bis 5000.",
  picturesRefused: { one: "{n} Datei wurde weggelassen", other: "{n} Dateien wurden weggelassen" },
  picturesStay: "Sie bleiben in diesem Browser: Nichts wird hochgeladen.",
  picturesClear: "Meine Bilder wegnehmen",
  clipHeldOut: "Ein Filmchen, das es nie gesehen hat",
  clipYours: "Ihr Filmchen",
  clipAnother: "Ein anderes",
  clipBack: "Zurück zu seinen eigenen",
  clipOpen: "Filmchen öffnen",
  clipRecord: "Zwei Sekunden aufnehmen",
  clipNote:
    "Ihres kann ein GIF, ein Video oder die Kamera sein: die ersten zwei Sekunden, sechzehn Quadrate aus der Mitte, " +
    "in Grau. Es bleibt in diesem Browser.",
};
