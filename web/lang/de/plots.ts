/** Plots, what stands beside them, numbers, losses, toy data sets, experiments, shipped models. */
export const plots: Record<string, string> = {
  // Plots and their captions
  Samples: "Samples",
  "What the model makes.": "Was das Modell erzeugt.",
  "What the model makes, over the data.": "Was das Modell erzeugt, über den Daten.",
  "What the model writes.": "Was das Modell schreibt.",
  Density: "Dichte",
  "The model's density p(x), exact.": "Die Dichte p(x) des Modells, exakt.",
  "The model's density p(x), by integrating its probability-flow ODE.":
    "Die Dichte p(x) des Modells, durch Integration seiner Probability-Flow-ODE.",
  "The model's density p(x), estimated with 64 importance samples in each cell.":
    "Die Dichte p(x) des Modells, geschätzt mit 64 Importance-Samples je Zelle.",
  "exact density": "exakte Dichte",
  "density by the probability-flow ODE": "Dichte aus der Probability-Flow-ODE",
  "density, estimated with 64 importance samples in each cell": "Dichte, geschätzt mit 64 Importance-Samples je Zelle",
  "lower bound of the density": "untere Schranke der Dichte",

  // Images
  Classes: "Klassen",
  "Samples by class: each column was asked for as one class, and each row begins with the same noise.":
    "Samples nach Klassen: Jede Spalte wurde als eine Klasse verlangt, und jede Zeile beginnt mit demselben Rauschen.",
  "Fill in": "Ergänzen",
  ["What you paint over is drawn anew, each time another way, to fit the rest; " +
  "the pixels that stay are exactly as they were."]:
    "Was Sie übermalen, wird neu gezeichnet, jedes Mal anders und passend zum Rest; die Pixel, die bleiben, " +
    "sind genau wie zuvor.",
  Enlarge: "Vergrößern",
  ["The first image is all that the model is given of yours: the averages over squares of 2 × 2 pixels. " +
  "The others are what it takes the detail for. Each has exactly these averages, so all of them are possible, " +
  "and which one was yours nobody can tell."]:
    "Das erste Bild ist alles, was das Modell von Ihrem bekommt: die Mittelwerte über Quadrate von 2 × 2 Pixeln. " +
    "Die anderen zeigen, was es für die Einzelheiten hält. Jedes hat genau diese Mittelwerte, also sind alle " +
    "möglich, und welches Ihres war, kann niemand sagen.",
  "Word by word": "Wort für Wort",
  ["First the picture as it is at that moment, then where it looks at each word of your sentence, one after the " +
  "other: the lighter, the more. The attention is the mean of all heads of the finest level that looks."]:
    "Zuerst das Bild, wie es in diesem Augenblick ist, dann, wo es auf jedes Wort Ihres Satzes achtet, eines nach " +
    "dem anderen: je heller, desto mehr. Gezeigt ist das Mittel aller Köpfe der Attention auf der feinsten Stufe, " +
    "die liest.",
  "From a sketch": "Aus einer Skizze",
  ["Your picture is put under part of the noise, and the model finds its way back from there. " +
  "Little noise keeps nearly everything; much of it keeps little more than where the ink was, " +
  "and what comes back is more and more the model’s own."]:
    "Ihr Bild wird unter einen Teil des Rauschens gelegt, und das Modell findet von dort zurück. " +
    "Wenig Rauschen lässt fast alles stehen, viel kaum mehr als die Stellen, an denen Farbe war; " +
    "was zurückkommt, ist dann mehr und mehr das Eigene des Modells.",
  noise: "Rauschen",
  "on the way from one noise to another": "auf dem Weg von einem Rauschen zu einem anderen",
  "Walk through z": "Gang durch z",
  "the walk": "der Gang",
  ["Each image has its own noise z, and a second one to go to, on a great circle, " +
  "along which all lie as far from the middle as noise does. " +
  "Between two images there is never a mixture of their pixels, but always another image."]:
    "Jedes Bild hat sein eigenes Rauschen z und ein zweites, zu dem es geht, auf einem Großkreis, " +
    "auf dem alles so weit von der Mitte liegt wie Rauschen. " +
    "Zwischen zwei Bildern liegt nie eine Mischung ihrer Pixel, sondern immer ein weiteres Bild.",
  "Noise to image": "Rauschen zu Bild",
  ["Above, images on their way from noise; below each, what the model believes at that moment the end will be, " +
  "the predicted x₀. First it settles where there is ink at all, at the end the edges."]:
    "Oben Bilder auf ihrem Weg aus dem Rauschen; unter jedem, was das Modell in diesem Augenblick für das Ende " +
    "hält, das vorhergesagte x₀. Zuerst legt es fest, wo überhaupt Farbe ist, am Ende die Ränder.",
  "Layer by layer": "Schicht für Schicht",
  ["From noise to images, layer by layer; what is still to come is left out. " +
  "The first layers work on few, coarse numbers; with each scale as many new ones join them."]:
    "Vom Rauschen zu Bildern, Schicht für Schicht; was noch kommt, ist weggelassen. " +
    "Die ersten Schichten arbeiten an wenigen, groben Zahlen; mit jeder Auflösung kommen ebenso viele neue hinzu.",
  "bits per dimension": "Bits je Dimension",
  Likelihood: "Likelihood",
  ["How probable the model finds your image, exactly. Where it goes pixel by pixel, “Surprise” shows " +
  "what it had not expected: −log₂ of the probability of each pixel, given those before it."]:
    "Wie wahrscheinlich das Modell Ihr Bild findet, exakt. Wo es Pixel für Pixel geht, zeigt „Überraschung“, " +
    "was es nicht erwartet hatte: −log₂ der Wahrscheinlichkeit jedes Pixels in Kenntnis der vorigen.",
  "How probable the model finds your image: at least so probable, for what is computed is a bound.":
    "Wie wahrscheinlich das Modell Ihr Bild findet: mindestens so wahrscheinlich, denn berechnet wird eine Schranke.",
  "−log p(x)": "−log p(x)",
  "Per dimension": "Je Dimension",

  // Latent space
  "Random codes z, each through the decoder. The same seed gives the same picture anywhere.":
    "Zufällige Codes z, jeder durch den Decoder. Derselbe Startwert ergibt überall dasselbe Bild.",
  "Latent space": "Latenter Raum",
  ["Every tile is one point (z₁, z₂) of the latent space, decoded on this machine; each dot is a test image, " +
  "placed by the encoder, which was never told the classes. Move over the map to decode the point under you."]:
    "Jede Kachel ist ein Punkt (z₁, z₂) des latenten Raums, auf diesem Gerät dekodiert; " +
    "jeder Kreis ist ein Testbild am Ort, den der Encoder ihm gibt, dem nie jemand die Klassen gesagt hat. " +
    "Bewegen Sie sich über die Karte, um den Punkt darunter zu dekodieren.",
  ["Where the encoder puts the data (first two numbers of z): " +
  "each point's mean, and the prior's circles at one and two standard deviations."]:
    "Wohin der Encoder die Daten legt (die ersten beiden Zahlen von z): " +
    "der Mittelwert jedes Punktes und die Kreise der A-priori-Verteilung bei einer und zwei Standardabweichungen.",
  "means of q(z|x), with the prior's circles at 1 and 2 standard deviations":
    "Mittelwerte von q(z|x), mit den Kreisen der A-priori-Verteilung bei 1 und 2 Standardabweichungen",
  Codes: "Codes",
  "Where the encoder puts the test images: the first two numbers of each mean, by class.":
    "Wohin der Encoder die Testbilder legt: die ersten beiden Zahlen jedes Mittelwerts, nach Klassen.",
  Reconstruct: "Rekonstruieren",
  ["The encoder turns the image x into a whole region of codes, q(z|x). " +
  "Each image on the right is decoded from another code drawn from that region. " +
  "Everything is computed on this machine; what you draw stays on it."]:
    "Der Encoder macht aus dem Bild x eine ganze Region von Codes, q(z|x). " +
    "Jedes Bild rechts ist aus einem anderen Code dekodiert, der aus dieser Region gezogen ist. " +
    "Alles wird auf diesem Gerät berechnet; was Sie zeichnen, bleibt hier.",
  Interpolate: "Interpolieren",
  ["Both images are encoded, and points on the way between their codes are decoded, on this machine. " +
  "Fading between the pixels would show two ghosts; here every frame is one image."]:
    "Beide Bilder werden kodiert und Punkte auf dem Weg zwischen ihren Codes dekodiert, auf diesem Gerät. " +
    "Ein Überblenden der Pixel würde zwei Geister zeigen; hier ist jede Stelle ein Bild.",
  "Decoded grid": "Dekodiertes Gitter",
  "A grid of the latent space, carried to the data by the decoder.":
    "Ein Gitter des latenten Raums, vom Decoder zu den Daten getragen.",
  "the latent space from −2.5 to 2.5, decoded": "der latente Raum von −2,5 bis 2,5, dekodiert",
  Reconstruction: "Rekonstruktion",
  "Data, and where it comes back to after encoding, drawing and decoding.":
    "Daten und wohin sie nach Kodieren, Ziehen und Dekodieren zurückkehren.",
  "from each point to its reconstruction": "von jedem Punkt zu seiner Rekonstruktion",

  // Generative adversarial network
  Discriminator: "Diskriminator",
  ["How real each place looks to the discriminator, with data and fakes. " +
  "Where the generator has won, it is undecided everywhere."]:
    "Wie echt jeder Ort für den Diskriminator aussieht, mit Daten und Fälschungen. " +
    "Wo der Generator gewonnen hat, ist er überall unentschieden.",
  "D(x): the chance that x is data, by the discriminator":
    "D(x): die Wahrscheinlichkeit laut Diskriminator, dass x aus den Daten ist",
  "d(x): drawn to 1 on data and to 0 on fakes": "d(x): auf Daten zu 1 und auf Fälschungen zu 0 gezogen",
  "the chance that x looks more real than a usual fake, by the discriminator":
    "die Wahrscheinlichkeit laut Diskriminator, dass x echter aussieht als eine gewöhnliche Fälschung",
  "Generator manifold": "Bild des Generators",
  "A grid of the noise (its first two numbers), carried to the data by the generator.":
    "Ein Gitter des Rauschens (seiner ersten beiden Zahlen), vom Generator zu den Daten getragen.",
  "the noise from −2.5 to 2.5, carried to the data": "das Rauschen von −2,5 bis 2,5, zu den Daten getragen",
  Gradients: "Gradienten",
  "What the generator is told: for each fake the direction in which its loss falls, longer where it falls faster.":
    "Was der Generator erfährt: für jede Fälschung die Richtung, in der sein Verlust fällt, länger, " +
    "wo er schneller fällt.",
  "the direction in which the generator is told to move each fake":
    "die Richtung, in die der Generator jede Fälschung bewegen soll",

  // Flows
  "Data to noise": "Daten zu Rauschen",
  "Data and a straight grid, carried through the layers towards the noise.":
    "Daten und ein gerades Gitter, durch die Schichten zum Rauschen getragen.",
  "Noise to data": "Rauschen zu Daten",
  "Noise and a straight grid, carried back through the layers to the data.":
    "Rauschen und ein gerades Gitter, durch die Schichten zurück zu den Daten getragen.",
  layers: "Schichten",
  "after layer {done} of {of}": "nach Schicht {done} von {of}",
  "in layer {a} of {b}": "in Schicht {a} von {b}",
  "data, before the first layer": "Daten, vor der ersten Schicht",
  "noise, after the last layer": "Rauschen, nach der letzten Schicht",
  "noise, before the first step back": "Rauschen, vor dem ersten Schritt zurück",
  "samples, after all layers": "Samples, nach allen Schichten",
  "log |det| by layer, mean over the data": "log |det| je Schicht, Mittel über die Daten",
  "Largest |x − f⁻¹(f(x))|": "Größtes |x − f⁻¹(f(x))|",

  // Diffusion
  "The data with noise added up to time t, in one go: q(x_t|x₀).":
    "Die Daten mit Rauschen bis zur Zeit t, auf einmal: q(x_t|x₀).",
  "The model's samples on their way from noise, and the paths of some of them.":
    "Die Samples des Modells auf ihrem Weg aus dem Rauschen und die Bahnen einiger von ihnen.",
  Trajectories: "Bahnen",
  "The paths of sixty samples from noise to data, without fresh noise on the way.":
    "Die Bahnen von sechzig Samples vom Rauschen zu den Daten, ohne frisches Rauschen unterwegs.",
  "{PATHS} samples from noise to data": "{PATHS} Samples vom Rauschen zu den Daten",
  "Score field": "Score-Feld",
  ["The direction in which the density of the data at noise level t rises fastest, ∇ log p_t(x); " +
  "long arrows are shortened."]:
    "Die Richtung, in der die Dichte der Daten beim Rauschpegel t am schnellsten steigt, ∇ log p_t(x); " +
    "lange Pfeile sind gekürzt.",
  "∇ log p of x at {time}": "∇ log p von x bei {time}",
  "Predicted x₀": "Vorhergesagtes x₀",
  "Data with noise up to time t, and where the model believes each point came from.":
    "Daten mit Rauschen bis zur Zeit t und woher jeder Punkt nach Meinung des Modells kam.",
  "{time}: from x_t to the predicted x₀": "{time}: von x_t zum vorhergesagten x₀",
  time: "Zeit",
  "t = {t} of {total}": "t = {t} von {total}",
  "step {steps} of {a}": "Schritt {steps} von {a}",

  // Images of several families

  // Mixture density network, PixelCNN
  Conditional: "Bedingte Dichte",
  "p(x₂ | x₁) for the x₁ under the pointer, along the line; below it, p(x₁).":
    "p(x₂ | x₁) für das x₁ unter dem Zeiger, entlang der Linie; darunter p(x₁).",
  "p(x₂ | x₁ = {x1}) and p(x₁), both exact": "p(x₂ | x₁ = {x1}) und p(x₁), beide exakt",
  ["Pixel by pixel, row by row, each drawn from what the network says of it given those before. " +
  "The same seed gives the same image anywhere."]:
    "Pixel für Pixel, Zeile für Zeile, jedes gezogen nach dem, was das Netz in Kenntnis der vorigen dazu sagt. " +
    "Derselbe Startwert ergibt überall dasselbe Bild.",
  "Pixel by pixel": "Pixel für Pixel",
  ["An image as it was drawn, one pixel after the other. Point at a pixel: what the network said of it, " +
  "given those before it and nothing else."]:
    "Ein Bild, wie es gezeichnet wurde, ein Pixel nach dem anderen. Zeigen Sie auf ein Pixel: was das Netz dazu " +
    "sagte, in Kenntnis der vorigen und von sonst nichts.",

  // GPT
  Text: "Text",
  ["One token after another, each drawn from a guess over the whole vocabulary that is made from the tokens " +
  "before it. The redder the line beneath it, the less the model expected it. " +
  "The same prompt, seed and options give the same text anywhere."]:
    "Ein Token nach dem anderen, jedes gezogen aus einer Vorhersage über das ganze Vokabular, " +
    "die aus den Token davor entsteht. Je röter die Linie darunter, desto weniger hat das Modell es erwartet. " +
    "Derselbe Prompt, Startwert und dieselben Optionen ergeben überall denselben Text.",
  Read: "Lesen",
  ["For each token the model says how probable it was, given those before it, as far back as its context " +
  "reaches. A nat is what a guess among e = 2.718… equally likely things costs; " +
  "the perplexity says among how many tokens the model was torn, on average."]:
    "Zu jedem Token sagt das Modell, wie wahrscheinlich es war, gegeben die Token davor, " +
    "so weit sein Kontext zurückreicht. Ein Nat kostet das Raten unter e = 2,718… gleich wahrscheinlichen " +
    "Dingen; die Perplexität sagt, zwischen wie vielen Token das Modell im Mittel schwankte.",
  Attention: "Attention",
  ["A query of each token meets the keys of those before it and its own, as far back as the context reaches; " +
  "what fits best is looked at most, and every row adds up to one. " +
  "One head may look at the token before, another for the same letter, another for the beginning of the line."]:
    "Die Query jedes Tokens trifft auf die Keys der Token davor und seinen eigenen, " +
    "so weit der Kontext zurückreicht; was am besten passt, wird am meisten beachtet, " +
    "und jede Zeile ergibt zusammen eins. Ein Kopf achtet vielleicht auf das Token davor, " +
    "ein anderer auf denselben Buchstaben, ein anderer auf den Zeilenanfang.",
  "Logit lens": "Logit Lens",
  ["Every layer adds to a running sum, and only at the end is a guess read off it. " +
  "Here it is read off early, after each layer. Underlined guesses are right; the redder, the surer. " +
  "It is read with what the last layer is read with, so a guess that appears halfway up was there by then; " +
  "that none appears lower down does not show that it was not (nostalgebraist 2020)."]:
    "Jede Schicht trägt zu einer laufenden Summe bei, und erst am Ende wird daraus eine Vorhersage gelesen. " +
    "Hier wird sie früher gelesen, nach jeder Schicht. Unterstrichene Vorhersagen sind richtig; je röter, " +
    "desto sicherer. Gelesen wird mit dem, womit die letzte Schicht gelesen wird: Eine Vorhersage, " +
    "die auf halber Höhe erscheint, war dort also schon da; dass weiter unten keine erscheint, zeigt nicht, " +
    "dass sie fehlte (nostalgebraist 2020).",
  "layer {l}": "Schicht {l}",
  embedding: "Einbettung",

  // Numbers
  nats: "Nats",
  bits: "Bits",
  "%": "%",
  "−log p of held-out points": "−log p zurückgehaltener Punkte",
  "−log p of held-out points, scaled": "−log p zurückgehaltener Punkte, skaliert",
  "{measure} (by the ODE)": "{measure} (aus der ODE)",
  "{measure} (64 importance samples)": "{measure} (64 Importance-Samples)",
  "{measure} (a bound)": "{measure} (eine Schranke)",
  "KL(data‖model)": "KL(Daten‖Modell)",
  "KL(model‖data)": "KL(Modell‖Daten)",
  "Modes of {a}": "Moden von {a}",
  "High quality": "Hohe Qualität",
  "KL over the modes": "KL über die Moden",
  "k-NN KL, k = {NEIGHBOURS}": "k-NN-KL, k = {NEIGHBOURS}",

  // Losses
  loss: "Verlust",
  reconstruction: "Rekonstruktion",
  kl: "KL-Divergenz",
  r1: "R1",
  r2: "R2",
  energy: "Energie",
  entropy: "Entropie",
  first: "erste Koordinate",
  second: "zweite Koordinate",

  // Toy data sets
  "Eight Gaussians": "Acht Gaußverteilungen",
  "Two moons": "Zwei Monde",
  Circles: "Kreise",
  Rings: "Ringe",
  Checkerboard: "Schachbrett",
  "Swiss roll": "Biskuitrolle",
  Spirals: "Spiralen",
  Pinwheel: "Windrad",
  "Ring of 8": "Ring aus 8",
  "Grid of 25": "Gitter aus 25",
  Circle: "Kreis",
  Dinosaur: "Dinosaurier",
  Bar: "Balken",
  "Tight moons": "Enge Monde",
  "Energy U1": "Energie U1",
  "Energy U2": "Energie U2",
  "Energy U3": "Energie U3",
  "Energy U4": "Energie U4",
  "Two hills, close": "Zwei Hügel, dicht beisammen",
  "Two hills, apart": "Zwei Hügel, auseinander",
  "Two hills, far apart": "Zwei Hügel, weit auseinander",
  "Two moons, two classes": "Zwei Monde, zwei Klassen",
  "Two Gaussians, two classes": "Zwei Gaußverteilungen, zwei Klassen",

  // Experiments
  "A code that nobody reads": "Ein Code, den niemand liest",
  ["With β at 20 every nat of information in z costs more than it saves, so the encoder says the same of every " +
  "point (here all of them lie in the middle), and the decoder, knowing nothing, draws one broad cloud."]:
    "Bei β = 20 kostet jedes Nat Information in z mehr, als es einspart; " +
    "also sagt der Encoder von jedem Punkt dasselbe (hier liegen alle in der Mitte), und der Decoder, " +
    "der nichts weiß, zeichnet eine breite Wolke.",
  "Eight modes, all found": "Acht Moden, alle gefunden",
  ["Each fake is judged against a real example, and the discriminator pays for steep slopes: " +
  "it stays a guide that the generator can follow to every mode."]:
    "Jede Fälschung wird an einem echten Beispiel gemessen, und der Diskriminator zahlt für steile Flanken: " +
    "So bleibt er ein Wegweiser, dem der Generator zu jeder Mode folgen kann.",
  "Mode collapse": "Mode Collapse",
  ["Nothing pays the generator for variety: all fakes follow one and the same slope of the discriminator and " +
  "end together at one or two of the eight modes."]:
    "Nichts belohnt den Generator für Vielfalt: Alle Fälschungen folgen ein und derselben Flanke des " +
    "Diskriminators und enden zusammen an einer oder zwei der acht Moden.",
  "Round and round": "Immer im Kreis",
  ["With large steps, a long memory and no penalty the fakes rush together to the modes that look best; " +
  "the discriminator learns that, and they rush on to others."]:
    "Mit großen Schritten, langem Gedächtnis und ohne Strafe eilen die Fälschungen gemeinsam zu den Moden, " +
    "die am besten aussehen; der Diskriminator lernt das, und sie eilen weiter zu anderen.",
  "From an energy alone": "Allein aus einer Energie",
  ["Nobody shows this flow a single point. It is told only how much each place costs, " +
  "and learns to put its samples where that is little, in both halves: " +
  "planar layers alone often settle in one of them."]:
    "Niemand zeigt diesem Flow einen einzigen Punkt. Er erfährt nur, wie viel jeder Ort kostet, und lernt, " +
    "seine Samples dorthin zu legen, wo das wenig ist, in beiden Hälften: " +
    "Planare Schichten allein bleiben oft in einer davon.",
  "Too few couplings": "Zu wenige Couplings",
  ["Each affine coupling shears and stretches one coordinate by amounts that depend on the other. " +
  "Two of them are fewer than two moons need: these small networks find no map that comes close."]:
    "Jedes affine Coupling schert und streckt eine Koordinate um Beträge, die von der anderen abhängen. " +
    "Zwei davon sind weniger, als zwei Monde brauchen: Diese kleinen Netze finden keine Abbildung, " +
    "die nahe herankommt.",
  "Too few steps": "Zu wenige Schritte",
  ["Ten steps of noise are so coarse that a noisy point could have come from several places; " +
  "the model answers with their mean, and the last step puts samples where no data is."]:
    "Zehn Schritte Rauschen sind so grob, dass ein verrauschter Punkt von mehreren Orten gekommen sein könnte; " +
    "das Modell antwortet mit deren Mittel, und der letzte Schritt legt Samples dorthin, wo keine Daten sind.",
  "Straight lines, bent paths": "Gerade Linien, gebogene Bahnen",
  ["Flow matching teaches the same network the velocity along straight lines between noise and data. " +
  "Where such lines cross it can only answer with their mean, so the paths of its " +
  "samples are bent all the same."]:
    "Flow Matching lehrt dasselbe Netz die Geschwindigkeit auf geraden Linien zwischen Rauschen und Daten. " +
    "Wo sich solche Linien kreuzen, kann es nur mit deren Mittel antworten; " +
    "also sind die Bahnen seiner Samples trotzdem gebogen.",
  "One Gaussian at a time": "Jeweils nur eine Gaußverteilung",
  ["With a single component, p(x₂ | x₁) can only be one bump, so where the data has an upper and a lower arc, " +
  "the model fills the gap between them."]:
    "Mit einer einzigen Komponente kann p(x₂ | x₁) nur ein Buckel sein; " +
    "wo die Daten einen oberen und einen unteren Bogen haben, füllt das Modell daher die Lücke dazwischen.",

  // What the site serves
  "Another class": "Andere Klasse",
  Attributes: "Eigenschaften",
  ["The picture as the model has it, then bolder, more slanted and wider, or less so: to its code is added what " +
  "the codes of bold images have more than those of thin ones, and likewise for the others. " +
  "No one told the model of these words."]:
    "Das Bild, wie das Modell es hat, dann fetter, schräger und breiter, oder weniger davon: Zu seinem Code " +
    "kommt hinzu, was die Codes fetter Bilder denen dünner voraus haben, und so auch bei den anderen. " +
    "Niemand hat dem Modell von diesen Wörtern erzählt.",
  ["The picture on its way to each class: to its code is added the way from the mean code of the nearest class " +
  "to that of the other one. What the code says besides the class stays, and so does something of the hand."]:
    "Das Bild auf dem Weg zu jeder Klasse: Zu seinem Code kommt der Weg vom mittleren Code der nächsten Klasse " +
    "zu dem der anderen hinzu. Was der Code außer der Klasse sagt, bleibt, und damit etwas von der Handschrift.",
  ["Your picture is carried towards noise without naming a class, and back as each class in turn. " +
  "No chance is involved: the more noise, the more it becomes the other class, and the less of its shape is kept. " +
  "A model that knows words does it better if it is told what is in the picture."]:
    "Ihr Bild wird zum Rauschen geführt, ohne dass eine Klasse genannt wird, und als jede Klasse zurück. " +
    "Der Zufall spielt nicht mit: Je mehr Rauschen, desto mehr wird es zur anderen Klasse, und desto weniger bleibt " +
    "von seiner Form. Ein Modell, das Wörter kennt, kann es besser, wenn ihm gesagt wird, was auf dem Bild ist.",
  change: "Veränderung",
  strength: "Stärke",
  "as each class": "als jede Klasse",
  "T-shirt": "T-Shirt",
  Trouser: "Hose",
  Pullover: "Pullover",
  Dress: "Kleid",
  Coat: "Mantel",
  Sandal: "Sandale",
  Shirt: "Hemd",
  Sneaker: "Turnschuh",
  Bag: "Tasche",
  "Ankle boot": "Stiefelette",
};
