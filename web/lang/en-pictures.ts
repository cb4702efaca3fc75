/** What is said of pictures to learn from. */
export const pictures = {
  picturesNote: "What it is to learn from.",
  picturesYours: "yours: {title}",
  picturesElsewhere: "pictures that are not here",
  picturesOwn: "Or from pictures of your own",
  picturesFiles: "Choose pictures",
  picturesFolder: "Choose a folder",
  paste: "Paste",
  cameraOpen: "Camera",
  cameraSees: "What the camera sees",
  cameraTake: "Take a picture",
  cameraClose: "Close the camera",
  pictureLabel: "Label of what you add next",
  pictureLabelHelp: "If you like: pictures with the same label are a class. Those of a folder have its name.",
  picturesReading: "Pictures are being read",
  picturesRead: "{done} of {of}",
  picturesTaken:
    "{n} pictures of {side} × {side} pixels, {colour}: it learns from {train}, and {heldOut} are held out.",
  inGrey: "in grey",
  inColour: "in colour",
  picturesTwice: {
    one: "{n} was left out, since there was another one just like it.",
    other: "{n} were left out, since there were others just like them.",
  },
  picturesSome: "Some of the pictures",
  picturesCropped: "Of each, the square in its middle is taken, and made that small.",
  picturesDrop:
    "Drop or paste pictures here, or a folder; in folders inside it, each folder is a class. 20 to 5000 are needed.",
  picturesRefused: { one: "{n} file was left out", other: "{n} files were left out" },
  picturesStay: "They stay in this browser: nothing is uploaded.",
  picturesClear: "Take my pictures away",
  clipHeldOut: "A clip that it has never seen",
  clipYours: "Your clip",
  clipAnother: "Another one",
  clipBack: "Back to its own",
  clipOpen: "Open a clip",
  clipRecord: "Record two seconds",
  clipNote:
    "Yours may be a GIF, a video or the camera: its first two seconds, sixteen squares from the middle, in grey. It " +
    "stays in this browser.",
} as const;
