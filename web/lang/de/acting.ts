import type { acting as english } from "../en-acting";
import type { Texts } from "../words";

/** What the page says of agents, in German; part of texts.ts. */
export const actingTexts: Pick<Texts, keyof typeof english> = {
  learnsEpisodes:
    "Was ein Experte in Räumen tut, die in jedem Schritt neu gezogen werden, oder was zufälliges Spiel bewirkt. Die " +
    "Verluste sind −log p dessen, was daraus gelernt wird; die dicke Kurve ist die von Welten, die kein Training sah.",
  scratchEpisodes:
    "Nach einer Minute findet ein Agent, was vor ihm liegt, und ein Weltmodell weiß, wie sich die Sicht dreht; Türen " +
    "brauchen viel länger.",
  kindEpisodes: "Handeln",
  learnsPaths:
    "Wie ein Experte von einem Start zu einem Ziel geht, in Labyrinthen, die in jedem Schritt neu gezogen werden. " +
    "Der Verlust ist, wie weit die vorhergesagten Orte daneben liegen, im Quadrat; unten Pfade durch ein Labyrinth " +
    "bei gleichem Rauschen.",
  scratchPaths:
    "Nach einer Minute führen die Pfade etwa den richtigen Weg; dass sie Wände meiden, dauert einige Minuten länger.",
  kindPaths: "Planen",
  mazeHelp: "Ziehen Sie Start oder Ziel. Ein Druck auf ein Feld macht es zur Wand oder zu Boden.",
  mazePlay: "Abspielen",
  anotherMaze: "Ein anderes Labyrinth",
  noWalls: "Alle Wände wegnehmen",
  wallsPush: "Wände drücken",
  arrowsMaze:
    "{label}. Pfeiltasten bewegen den Zeiger; die Eingabetaste nimmt Start oder Ziel auf und setzt es wieder ab, " +
    "anderswo macht sie ein Feld zur Wand oder zu Boden.",
  mission: "Auftrag",
  missionHelp:
    "Auf Englisch: go to, pick up oder open, dann key, ball, box oder door mit der Farbe davor. Teile verbindet " +
    "„then“. Mehr als drei Teile werden ihm einzeln gesagt. Ohne ein Wort der Auftrag der Welt selbst.",
  missionsHere: "Aufträge für diese Welt",
  anotherWorld: "Eine andere Welt",
  takenByYou: "von Ihnen",
  takenAction: "getan",
  expertsAction: "Experte",
  stepOf: "Schritt {at} von {of}",
  worldFromAbove: "Die Welt von oben; der Agent sieht, was hell ist",
  takeOver: "Tun Sie etwas anderes, als er täte: Die Pfeiltasten, p, d und t tun hier dasselbe.",
  stepsBeside: "Er brauchte {steps} Schritte, der Experte braucht {expert}.",
  changeWorld: "Die Welt ändern",
  changeHelp:
    "Ziehen Sie ein Ding oder den Agenten auf ein anderes Feld, oder wählen Sie ein Feld und was daraus werden " +
    "soll. Der Agent macht von diesem Schritt an weiter; was er vorher sah, bleibt, wie es war.",
  changeByKeys:
    "Die Felder der Welt. Pfeiltasten wählen eines, die Eingabetaste nimmt auf, was dort liegt, oder den Agenten, " +
    "und setzt es wieder ab, Entf nimmt es weg.",
  cellAt: "Spalte {x}, Reihe {y}:",
  whereTo: "Wohin soll es?",
  makeOfIt: "Es soll sein",
  makeIt: "Ändern",
  changedFrom: "Ab Schritt {step} ist die Welt eine andere:",
  stepNumber: "Schritt {step}",
  takeBack: "Zurücknehmen",
  upTo: "Er sagt, was er vorhat:",
  itsPlan: "Was er sagte, eins nach dem anderen:",
  editPlan: "Diesen Plan ändern",
  itSees: "Er sagt, was er sieht:",
  inTruth: "Da ist:",
  yourQuestion: "Ihre Frage",
  questionHelp:
    "Auf Englisch: what do you see? what is before you? where is the red key? how many balls do you see? is there a " +
    "blue door? is the door before you open? what do you carry?",
  learnsOwnEpisodes:
    "Was Sie in eigenen Episoden gezeigt oder geantwortet haben. Die Verluste sind −log p Ihrer nächsten Handlung " +
    "und des Ziels, das der Planer in diesem Augenblick hätte; die dicke Kurve ist die Ihrer zurückgehaltenen " +
    "Episoden.",
  episodesLegend: "Episoden",
  episodesNote: "die des Experten in neu gezogenen Räumen oder eigene, die Sie unter „Selbst vormachen“ spielen",
  episodesMade: "die des Experten, in neu gezogenen Räumen",
  takenEpisodes: "{train} eigene Episoden zum Lernen, {heldOut} zurückgehalten, mit insgesamt {answers} Antworten.",
  yourDemonstrations: "Ihre Vorführungen",
  missionNumber: "Auftrag {n}",
  nextMission: "Nächster Auftrag",
  sameMission: "Von vorn",
  playHere: "Sie sind am Zug: Drücken Sie eine davon oder die Pfeiltasten, p, d und t.",
  yourTurn: "Sie sind am Zug.",
  itAsks: "Er fragt Sie: Sein Zweifel ist {doubt}, Sie erlauben {threshold}.",
  expertAnswers: "Den Experten antworten lassen",
  doubts: "Wie unsicher er bei jedem Schritt war; wo Sie geantwortet haben, ist markiert",
  doubtAt: "Schritt {at}: Zweifel {doubt}",
  ownDemonstrations: "Eigene Vorführungen: {n}",
  noDemonstrations: "Jeder Auftrag, den Sie ausführen, wird hier aufgehoben, nur in diesem Browser.",
  shownSteps: "{steps} Schritte",
  shownAnswers: "{answers} beantwortet",
  shownUndone: "nicht erledigt",
  throwAway: "Verwerfen",
  throwAllAway: "Alle verwerfen",
  saveDemonstrations: "Als JSON Lines speichern",
  openDemonstrations: "Eine Datei öffnen",
  learnFromThese: "Aus diesen {n} lernen lassen",
  learnBeginning: "Beginn",
  fromWhatItKnows: "mit dem, was er kann",
  fromNothing: "bei null",
  halfExperts: "die Hälfte jedes Batches vom Experten",
  demonstrationLoss: "Verlust auf zurückgehaltenen Vorführungen: anfangs {first} nat, jetzt {last}.",
};

/** What models that act and their data declare, and what errors say of them. */
export const acting: Record<string, string> = {
  // Options
  Agent: "Agent",
  "Layers that each moment goes through.": "Schichten, durch die jeder Augenblick geht.",
  "Numbers that stand for a moment on its way through the layers.":
    "Zahlen, die auf dem Weg durch die Schichten für einen Augenblick stehen.",
  "Weight of plans": "Gewicht der Pläne",
  "How much it counts to say what the expert is up to, beside doing what it does.":
    "Wie viel es zählt, zu sagen, was der Experte vorhat, neben dem, was er tut.",
  "Logits are divided by it: 0 always takes the likeliest action, 1 draws as the model believes.":
    "Durch sie werden die Logits geteilt: 0 nimmt stets die wahrscheinlichste Handlung, 1 zieht, wie das Modell " +
    "glaubt.",

  // Losses
  action: "Handlung",
  plan: "Plan",

  // Plots
  "Follow an instruction": "Einer Anweisung folgen",
  ["The agent sees no more than the bright cells before it, and none behind walls and closed doors. At each step " +
  "it reads the mission, looks at what is in sight and back at what it has seen and done, and takes the " +
  "likeliest action. Words and cells are marked by how much it attends to them, on average over its layers and " +
  "heads. Take the controls at any step, and see how it goes on from there; or change the world under it, at any " +
  "step."]:
    "Der Agent sieht nur die hellen Felder vor sich, keine hinter Wänden und geschlossenen Türen. Bei jedem " +
    "Schritt liest er den Auftrag, blickt auf das, was in Sicht ist, und zurück auf das, was er gesehen und getan " +
    "hat, und tut das Wahrscheinlichste. Wörter und Felder sind markiert, je mehr er auf sie achtet, im Mittel " +
    "über Schichten und Köpfe. Steuern Sie selbst, bei jedem Schritt, und sehen Sie, wie er von da an " +
    "weitermacht; oder ändern Sie die Welt unter ihm, bei jedem Schritt.",
  "Show it yourself": "Selbst vormachen",
  ["Play missions by hand, with the buttons or with the arrow keys, p, d and t. Each mission that you carry out is a " +
  "demonstration, and your action at each moment is what is right there. Ten of them are enough to see something; " +
  "then let it learn from them, from nothing or from what it knows already."]:
    "Führen Sie Aufträge von Hand aus, mit den Knöpfen oder mit den Pfeiltasten, p, d und t. Jeder Auftrag, den Sie " +
    "ausführen, ist eine Vorführung, und was Sie in jedem Augenblick tun, ist dort richtig. Zehn genügen, um etwas " +
    "zu sehen; lassen Sie ihn dann daraus lernen, von nichts an oder von dem aus, was er schon kann.",
  "Let it ask": "Fragen lassen",
  ["The agent plays by itself. Where it is less sure than you allow, it stops and asks; your answer is taken, and " +
  "kept as what is right at that moment. How unsure it is, is the entropy of its actions, as a share of that of an " +
  "even guess."]:
    "Der Agent spielt selbst. Wo er unsicherer ist, als Sie erlauben, hält er an und fragt; Ihre Antwort wird getan " +
    "und als das behalten, was in diesem Augenblick richtig ist. Wie unsicher er ist, sagt die Entropie seiner " +
    "Handlungen, als Anteil an der eines gleichmäßigen Ratens.",
  "doubt allowed": "erlaubter Zweifel",
  Success: "Erfolg",
  ["In how many of 40 worlds that it has never seen it does what it is told within 64 steps, always by its likeliest " +
  "action; each with a mission that the expert does. After a training here the same worlds are tried once more with " +
  "the model as it was at the beginning. The bars are one standard error."]:
    "In wie vielen von 40 Welten, die er nie gesehen hat, er binnen 64 Schritten tut, was ihm gesagt wird, stets mit " +
    "der wahrscheinlichsten Handlung; jede mit einem Auftrag, den der Experte ausführt. Nach einem Training hier " +
    "werden dieselben Welten noch einmal mit dem Modell versucht, wie es anfangs war. Die Striche sind ein " +
    "Standardfehler.",
  worlds: "Welten",
  "missions done": "erledigte Aufträge",
  now: "jetzt",
  before: "vorher",
  Episodes: "Episoden",
  "The model acts in worlds of its own.": "Das Modell handelt in eigenen Welten.",
  "What it sees": "Was er sieht",
  "What it sees, and where it looks": "Was er sieht, und wohin er blickt",
  left: "links drehen",
  right: "rechts drehen",
  forward: "vorwärts",
  "pick up": "aufheben",
  drop: "ablegen",
  toggle: "öffnen, schließen",
  "Done.": "Erledigt.",
  "Not done after 64 steps.": "Nach 64 Schritten nicht erledigt.",
  "This cannot be done: {stuck}.": "Das geht nicht: {stuck}.",
  "there is no {colour}{sort} in this world": "In dieser Welt gibt es „{colour}{sort}“ nicht",
  "there is no way to the {colour}{sort}": "Zu „{colour}{sort}“ führt kein Weg",
  "there is no {colour}{sort} any more": "„{colour}{sort}“ gibt es nicht mehr",
  "there is no way to the {colour}{sort} any more": "Zu „{colour}{sort}“ führt kein Weg mehr",

  // What it sees
  "Layers of the voice": "Schichten der Stimme",
  caption: "Beschreibung",
  answer: "Antwort",
  "Ask what it sees": "Fragen, was er sieht",
  ["Up to eight views of the agent on its way through a world that it has never seen; it stands at the bottom and " +
  "looks up. Below each is what it answers, the likeliest word at each place, and how probable it finds the whole " +
  "answer; where that is wrong, what is right follows. Cells are marked by how much it attends to what lies there, " +
  "on average over the answer's words, layers and heads."]:
    "Bis zu acht Ansichten des Agenten auf seinem Weg durch eine Welt, die er nie gesehen hat; er steht unten und " +
    "blickt nach oben. Unter jeder steht, was er antwortet, an jeder Stelle das wahrscheinlichste Wort, und wie " +
    "wahrscheinlich er die ganze Antwort findet; ist sie falsch, folgt das Richtige. Felder sind markiert, je mehr " +
    "er auf das achtet, was dort liegt, im Mittel über die Wörter der Antwort, Schichten und Köpfe.",
  "{text} · {percent} %. Right is: {right}": "{text} · {percent} %. Richtig ist: {right}",
  "This model was trained without a voice": "Dieses Modell wurde ohne Stimme trainiert",
  "This needs a model that says what it sees": "Dazu braucht es ein Modell, das sagt, was es sieht",
  "it is not understood; these are: {EXAMPLES}": "sie wird nicht verstanden; verstanden werden: {EXAMPLES}",
  "the end": "das Ende",
  "open, closed or locked": "open, closed oder locked",
  "keys, balls, boxes or doors": "keys, balls, boxes oder doors",
  "“do you see”": "„do you see“",

  // Planning
  Diffuser: "Diffuser",
  Channels: "Kanäle",
  "Numbers that are known of each cell while the maze is read, a multiple of 4.":
    "Zahlen, die beim Lesen des Labyrinths von jedem Feld bekannt sind, ein Vielfaches von 4.",
  Sweeps: "Durchgänge",
  "Times that what is known of each cell spreads to its neighbours.":
    "Wie oft sich, was von einem Feld bekannt ist, auf seine Nachbarn ausbreitet.",
  "Steps of the chain from paths to noise.": "Schritte der Kette von Pfaden zu Rauschen.",
  "Width of the residual stream: numbers that stand for a place or a cell.":
    "Breite des Residualstroms: Zahlen, die für einen Ort oder ein Feld stehen.",
  "Steps from noise to paths.": "Schritte vom Rauschen zu Pfaden.",
  Walls: "Wände",
  "How strongly walls push a path away: 0 not at all, 1 as far as it takes.":
    "Wie stark Wände einen Pfad wegdrücken: 0 gar nicht, 1 so weit wie nötig.",
  Plans: "Pläne",
  ["A bundle of paths from the start to the goal, all places of a path denoised together; the slider goes from " +
  "noise to paths. Drag the start or the goal; press a cell to make it a wall or floor. The model has never seen " +
  "this maze. Beside the paths is what A* finds."]:
    "Ein Bündel Pfade vom Start zum Ziel, alle Orte eines Pfades zusammen entrauscht; der Regler geht vom Rauschen " +
    "zu den Pfaden. Ziehen Sie Start oder Ziel; ein Druck auf ein Feld macht es zur Wand oder zu Boden. Das Modell " +
    "hat dieses Labyrinth nie gesehen. Neben den Pfaden steht, was A* findet.",
  "Follow a plan": "Einem Plan folgen",
  ["A point with inertia follows the first of the paths that meets no wall, or the first of all if none does. A " +
  "controller pushes it towards a place that moves along the path; walls stop it. The slider goes through the time."]:
    "Ein Punkt mit Trägheit folgt dem ersten der Pfade, der keine Wand trifft, oder dem ersten überhaupt, wenn jeder " +
    "eine trifft. Ein Regler drückt ihn zu einem Ort hin, der den Pfad entlangwandert; Wände halten ihn auf. Der " +
    "Schieber geht durch die Zeit.",
  steps: "Schritte",
  time: "Zeit",
  Start: "Start",
  Goal: "Ziel",
  Paths: "Pfade",
  "A*": "A*",
  Plan: "Plan",
  "The point": "Der Punkt",
  "{n} paths": "{n} Pfade",
  "after {taken} of {steps} steps": "nach {taken} von {steps} Schritten",
  "no way leads from the start to the goal": "vom Start führt kein Weg zum Ziel",
  "without collision": "ohne Zusammenstoß",
  "length beside A*’s": "Länge neben der von A*",
  "A*’s length": "Länge bei A*",
  cells: "Felder",
  s: "s",
  "×": "×",
  "cells/s": "Felder/s",
  speed: "Tempo",
  "moments at a wall": "Augenblicke an einer Wand",
  "it has arrived": "er ist angekommen",
  "it has not arrived": "er ist nicht angekommen",
  "on its way": "unterwegs",
  "A {} does not plan": "Ein {} plant nicht",
  "This needs a model that plans": "Dazu braucht es ein Modell, das plant",
  "This needs paths": "Dazu braucht es Pfade",
  "it holds no paths": "er enthält keine Pfade",
  "it has no options": "er hat keine Optionen",
  "paths of {length} places": "Pfade aus {length} Orten",
  "A path has another length than the model's": "Ein Pfad hat eine andere Länge als die des Modells",
  "{SIDE} rows of {SIDE} signs are expected, # or ., with / between":
    "erwartet werden {SIDE} Reihen aus {SIDE} Zeichen, # oder ., mit / dazwischen",
  "it must lie on the floor of the maze": "es muss auf dem Boden des Labyrinths liegen",
  "a start and a goal are needed": "ein Start und ein Ziel sind nötig",
  "two finite numbers are needed": "zwei endliche Zahlen sind nötig",
  "no way leads there from the start": "vom Start führt kein Weg dorthin",
  "channels are normalised in 4 groups; a multiple of 4 is needed":
    "Kanäle werden in 4 Gruppen normiert; ein Vielfaches von 4 ist nötig",
  "a start and a goal are expected, as x,y;x,y": "erwartet werden ein Start und ein Ziel als x,y;x,y",

  // Missions that are not understood
  "{LONGEST} characters are the most": "höchstens {LONGEST} Zeichen",
  "{most} parts are the most": "höchstens {most} Teile",
  "“{word}” is not understood there; {what} is": "„{word}“ wird dort nicht verstanden, sondern {what}",
  "“then” or the end": "„then“ oder das Ende",
  "“go to”, “pick up” or “open”": "„go to“, „pick up“ oder „open“",
  "a key, ball, box or door": "key, ball, box oder door",
  "{SORTS}, with one of the colours {colours} before it,": "{SORTS}, davor eine der Farben {colours}",
  "{VERBS} is missing at the end": "am Ende fehlt {VERBS}",
  "{SORTS} is missing at the end": "am Ende fehlt {SORTS}",
  "a door cannot be picked up": "eine Tür lässt sich nicht aufheben",
  "only doors can be opened by name": "mit Namen öffnen lassen sich nur Türen",
  "64 actions are the most": "höchstens 64 Handlungen",
  "its letters are L, R, F, P, D and T": "ihre Buchstaben sind L, R, F, P, D und T",

  "The demonstrations that this agent learned from are not here.":
    "Die Vorführungen, aus denen dieser Agent gelernt hat, sind nicht hier.",
  "It can be watched. To train on, open the JSON Lines file with them in the view “Show it yourself”.":
    "Man kann ihm zusehen. Zum Weitertrainieren öffnen Sie die JSON-Lines-Datei mit ihnen in der Ansicht „Selbst " +
    "vormachen“.",

  // Changes of the world
  "there is no such cell": "dieses Feld gibt es nicht",
  "the wall around the world stays": "die Wand um die Welt bleibt",
  "the agent stands there": "dort steht der Agent",
  "the agent does not stand there": "dort steht der Agent nicht",
  "only on the floor can something lie": "nur auf dem Boden kann etwas liegen",
  "a door goes into a wall": "eine Tür kommt in eine Wand",
  "there is nothing there to be moved": "dort ist nichts, was sich bewegen ließe",
  "it can only be moved to a free cell": "es lässt sich nur auf ein freies Feld bewegen",
  "the episode has ended before": "die Episode ist vorher zu Ende",
  "2400 characters are the most": "höchstens 2400 Zeichen",
  "64 changes are the most": "höchstens 64 Änderungen",
  "changes stand in the order of their steps": "Änderungen stehen in der Folge ihrer Schritte",
  "it is not understood; “5:3,4 red ball” and “5:3,4 to 6,2” are":
    "das wird nicht verstanden; verstanden wird „5:3,4 red ball“ und „5:3,4 to 6,2“",

  // Demonstrations, and episodes and paths in files
  "Share of the expert": "Anteil des Experten",
  "two demonstrations from beginning to end are needed, one of them to be held out":
    "nötig sind zwei Vorführungen von Anfang bis Ende, von denen eine zurückgehalten wird",
  "nobody says what would have been right": "niemand sagt, was richtig gewesen wäre",
  "line {} is no path: {reason}": "Zeile {} ist kein Pfad: {reason}",
  "there are no paths in the file": "in der Datei sind keine Pfade",
  "it has {} places, and {LENGTH} are needed": "er hat {} Orte, und {LENGTH} sind nötig",
  "it does not lead from the start to the goal": "er führt nicht vom Start zum Ziel",
  "{MOST_LINES} are the most": "höchstens {MOST_LINES}",
  "an agent decided nothing": "ein Agent hat nichts entschieden",
  "asked where it is unsure": "gefragt, wo er unsicher ist",
  "asked at moments drawn by lot": "gefragt in ausgelosten Augenblicken",
  "shown whole episodes": "ganze Episoden vorgeführt",
  "it runs into a wall": "er läuft in eine Wand",
  "it must lie below {WORLDS}": "es muss unter {WORLDS} liegen",
  "In the maze the expert goes, and without a mission": "Im Labyrinth geht der Experte, und ohne Auftrag",

  // Other errors
  "This needs episodes": "Dazu braucht es Episoden",
  "it holds no episodes": "er enthält keine Episoden",
  "episodes of {steps} moments": "Episoden von {steps} Augenblicken",
  "This needs a model that acts": "Dazu braucht es ein Modell, das handelt",
  "A {} does not act": "Ein {} handelt nicht",
  "an agent without a world": "ein Agent ohne Welt",
};
