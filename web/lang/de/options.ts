/** Families, sizes, networks, and the options of models, data and trainings, as Rust declares them. */
export const options: Record<string, string> = {
  // Families and networks
  "Variational autoencoder": "Variational Autoencoder",
  "Generative adversarial network": "Generative Adversarial Network",
  "Planar and radial flow": "Planarer und radialer Flow",
  "Coupling flow": "Coupling-Flow",
  Diffusion: "Diffusion",
  "Video diffusion": "Video-Diffusion",
  "Mixture density network": "Mixture-Density-Netz",
  Glow: "Glow",
  "Boundary and densities": "Grenze und Dichten",
  "Two directions of KL": "Zwei Richtungen der KL-Divergenz",
  "Neural process": "Neuronaler Prozess",
  PixelCNN: "PixelCNN",
  PixelRNN: "PixelRNN",
  GPT: "GPT",
  generator: "Generator",
  discriminator: "Diskriminator",
  Small: "Klein",
  Medium: "Mittel",
  Large: "Groß",

  // Networks in general
  Architecture: "Architektur",
  "Fully connected layers, or convolutions.": "Vollständig verbundene Schichten oder Faltungen.",
  "Fully connected.": "Vollständig verbunden.",
  "Two convolutions down, two up, one hidden layer at the bottom.":
    "Zwei Faltungen abwärts, zwei aufwärts, eine verdeckte Schicht am Grund.",
  mlp: "MLP",
  conv: "Faltungen",
  Activation: "Aktivierung",
  "Nonlinearity of the hidden layers.": "Nichtlinearität der verdeckten Schichten.",
  "max(0, x).": "max(0, x).",
  "tanh x, as in Burda et al.": "tanh x, wie bei Burda et al.",
  relu: "ReLU",
  tanh: "tanh",
  gelu: "GELU",
  swiglu: "SwiGLU",
  "Hidden units": "Verdeckte Einheiten",
  "Units in each hidden layer.": "Einheiten in jeder verdeckten Schicht.",
  Layers: "Schichten",
  "Hidden layers.": "Verdeckte Schichten.",
  "Hidden layers in the encoder, and as many in the decoder (fully connected only).":
    "Verdeckte Schichten im Encoder und ebenso viele im Decoder (nur vollständig verbunden).",
  "Hidden layers in the generator, and as many in the discriminator.":
    "Verdeckte Schichten im Generator und ebenso viele im Diskriminator.",
  "Hidden layers of a coupling's network.": "Verdeckte Schichten im Netz eines Couplings.",
  "Units in each hidden layer of a coupling's network.":
    "Einheiten in jeder verdeckten Schicht im Netz eines Couplings.",
  "How many.": "Wie viele.",
  Channels: "Kanäle",
  Depth: "Tiefe",
  Levels: "Ebenen",
  Frequencies: "Frequenzen",
  Loss: "Verlust",
  none: "unverändert",

  // Variational autoencoder
  "Latent size": "Latente Dimension",
  "Numbers in the code z.": "Zahlen im Code z.",
  β: "β",
  "Weight of the KL term; 1 is the evidence lower bound.": "Gewicht des KL-Terms; 1 ist die ELBO.",
  "Free bits": "Free Bits",
  "Nats of KL that each latent dimension has for free.": "Nats an KL, die jede latente Dimension umsonst bekommt.",
  "Importance samples": "Importance-Samples",
  "Draws of z for each image; more than one trains the importance-weighted bound.":
    "Ziehungen von z je Bild; mit mehr als einer wird die Importance-gewichtete Schranke trainiert.",

  // Generative adversarial network
  "Noise size": "Dimension des Rauschens",
  "Numbers in the noise z.": "Zahlen im Rauschen z.",
  "The loss of each of the two networks.": "Der Verlust jedes der beiden Netze.",
  minimax: "Minimax",
  "As written in Goodfellow et al.; the generator learns nothing from fakes that do not fool.":
    "Wie bei Goodfellow et al. geschrieben; der Generator lernt nichts aus Fälschungen, die nicht täuschen.",
  "non-saturating": "nicht sättigend",
  "As Goodfellow et al. advise: the generator raises log D of its fakes.":
    "Wie Goodfellow et al. raten: Der Generator erhöht log D seiner Fälschungen.",
  "least-squares": "kleinste Quadrate",
  "Scores are drawn to 1 and 0 by squares.": "Quadratische Verluste ziehen die Bewertungen zu 1 und 0.",
  relativistic: "relativistisch",
  "Each fake against a real example: which of the two looks more real?":
    "Jede Fälschung gegen ein echtes Beispiel: Welches von beiden sieht echter aus?",
  "Discriminator updates": "Schritte des Diskriminators",
  "Updates of the discriminator for each update of the generator; all on the same data, each against new fakes.":
    "Schritte des Diskriminators je Schritt des Generators; alle auf denselben Daten, jeder gegen neue Fälschungen.",
  R1: "R1",
  R2: "R2",
  "Penalty γ on the discriminator's slope at the data.": "Strafe γ auf die Steigung des Diskriminators an den Daten.",
  "Penalty γ on the discriminator's slope at the fakes.":
    "Strafe γ auf die Steigung des Diskriminators an den Fälschungen.",
  "Fading of R1 and R2": "Abklingen von R1 und R2",
  ["Steps over which R1 and R2 fall to a hundredth of themselves: high penalties find all of the data, " +
  "low ones see its details. 0 = they stay as they are."]:
    "Schritte, in denen R1 und R2 auf ein Hundertstel fallen: Hohe Strafen finden alle Daten, " +
    "niedrige sehen ihre Einzelheiten. 0 = sie bleiben, wie sie sind.",
  ["Sines and cosines of each coordinate beside it in the discriminator, each of twice the frequency of the one " +
  "before: more of them show narrower modes."]:
    "Sinus und Kosinus jeder Koordinate neben ihr im Diskriminator, jeweils mit der doppelten Frequenz des " +
    "vorigen: Mehr davon zeigen schmalere Moden.",
  "Frequencies of the noise": "Frequenzen des Rauschens",
  "The same of each number of the noise, in the generator: more of them part the modes sooner.":
    "Dasselbe von jeder Zahl des Rauschens im Generator: Mehr davon trennen die Moden früher.",
  "Spectral norm": "Spektralnorm",
  "Divide each of the discriminator's weight matrices by its largest singular value.":
    "Jede Gewichtsmatrix des Diskriminators durch ihren größten Singulärwert teilen.",

  // Flows
  "Kind of layers": "Art der Schichten",
  "What a layer does to the points.": "Was eine Schicht mit den Punkten macht.",
  planar: "planar",
  radial: "radial",
  both: "beide",
  "Pushes along a direction, at a line.": "Verschiebt entlang einer Richtung, an einer Geraden.",
  "Pulls towards a point, or pushes away from it.": "Zieht zu einem Punkt hin oder stößt von ihm ab.",
  "One of each, in turns.": "Abwechselnd eine von jeder Art.",
  Annealing: "Annealing",
  "Steps over which an energy comes in, from a hundredth of itself to the whole.":
    "Schritte, in denen eine Energie hinzukommt, von einem Hundertstel bis zum Ganzen.",
  Transform: "Transformation",
  "How a coupling moves its coordinate.": "Wie ein Coupling seine Koordinate bewegt.",
  affine: "affin",
  spline: "Spline",
  "Stretch and shift.": "Strecken und Verschieben.",
  "A monotone rational-quadratic spline.": "Ein monotoner rational-quadratischer Spline.",
  Couplings: "Couplings",
  "Coupling layers; each moves one coordinate, in turns.":
    "Coupling-Schichten; jede bewegt eine Koordinate, abwechselnd.",
  "Sines and cosines that a coupling's network sees of the coordinate that stays; 0 as in the paper.":
    "Sinus und Kosinus, die das Netz eines Couplings von der ruhenden Koordinate sieht; 0 wie in der Arbeit.",
  Bins: "Stücke",
  "Pieces of a spline.": "Stücke eines Splines.",

  // Diffusion
  Timesteps: "Zeitschritte",
  "Steps of the chain from data to noise.": "Schritte der Kette von den Daten zum Rauschen.",
  "Noise schedule": "Rauschplan",
  "How fast the noise comes. A velocity has its own straight path and no schedule.":
    "Wie schnell das Rauschen kommt. Eine Geschwindigkeit hat ihren eigenen geraden Weg und keinen Plan.",
  linear: "linear",
  ["β from 10⁻⁴ to 0.02 over 1000 steps; over T steps each is 1000/T times as large, " +
  "so that the end is noise for every T."]:
    "β von 10⁻⁴ bis 0,02 über 1000 Schritte; bei T Schritten ist jedes 1000/T-mal so groß, " +
    "sodass am Ende für jedes T Rauschen steht.",
  cosine: "Kosinus",
  "ᾱ falls like a squared cosine (Nichol & Dhariwal 2021, arXiv:2102.09672).":
    "ᾱ fällt wie ein quadrierter Kosinus (Nichol & Dhariwal 2021, arXiv:2102.09672).",
  even: "gleichmäßig",
  ["The logarithm of the signal-to-noise ratio ᾱ / (1−ᾱ) falls evenly, from 13 to −9, " +
  "so every scale of detail gets its share (Kingma et al. 2021, arXiv:2107.00630); for data as sharp as points."]:
    "Der Logarithmus des Signal-Rausch-Verhältnisses ᾱ / (1−ᾱ) fällt gleichmäßig von 13 auf −9, " +
    "sodass jede Größenordnung von Einzelheiten ihren Anteil bekommt " +
    "(Kingma et al. 2021, arXiv:2107.00630); für Daten so scharf wie Punkte.",
  Prediction: "Vorhersage",
  "What the network says of a noisy example.": "Was das Netz zu einem verrauschten Beispiel sagt.",
  noise: "Rauschen",
  "The noise ε in it, as in Ho et al.": "Das Rauschen ε darin, wie bei Ho et al.",
  x0: "x₀",
  "The clean point x₀.": "Den sauberen Punkt x₀.",
  v: "v",
  "v = √ᾱ ε − √(1−ᾱ) x₀, where neither end of the chain is hard.":
    "v = √ᾱ ε − √(1−ᾱ) x₀; an keinem Ende der Kette ist das schwer.",
  velocity: "Geschwindigkeit",
  "ε − x₀ on the straight path from data to noise: flow matching.":
    "ε − x₀ auf dem geraden Weg von den Daten zum Rauschen: Flow Matching.",
  "Channels of the U-Net's first level, a multiple of 8; the levels below it have twice as many.":
    "Kanäle der ersten Ebene des U-Nets, ein Vielfaches von 8; die Ebenen darunter haben doppelt so viele.",
  "Levels of the U-Net: each but the first works on half the height and width.":
    "Ebenen des U-Nets: Jede außer der ersten arbeitet auf der halben Höhe und Breite.",
  Embedding: "Einbettung",
  "Sines and cosines for each coordinate and for the time; an even number.":
    "Sinus und Kosinus für jede Koordinate und für die Zeit; eine gerade Zahl.",
  Frequency: "Frequenz",
  ["The embedding's fastest wave, in radians for one standard deviation of the data; " +
  "sharp data needs faster ones, smooth data is learnt better with slow ones."]:
    "Die schnellste Welle der Einbettung, in Radiant je Standardabweichung der Daten; " +
    "scharfe Daten brauchen schnellere, glatte lernen sich besser mit langsamen.",
  Sampler: "Sampler",
  "How a step towards the data is taken.": "Wie ein Schritt in Richtung der Daten gemacht wird.",
  ddpm: "DDPM",
  ddim: "DDIM",
  ode: "ODE",
  shortcut: "Abkürzungen",
  Shortcuts: "Abkürzungen",
  ["Also learn whole stretches of the way at once, so that 1 to 16 steps are enough (sampler *shortcut*); " +
  "half of each batch goes into that, and a step of training takes a third longer."]:
    "Auch ganze Strecken des Wegs auf einmal lernen, sodass 1 bis 16 Schritte genügen (Sampler *Abkürzungen*); " +
    "die Hälfte jedes Batches dient dem, und ein Trainingsschritt dauert ein Drittel länger.",
  ["In 1, 2, 4, 8 or 16 steps, the most of these that *steps* allows, that the network has learned whole, " +
  "if it was trained with shortcuts."]:
    "In 1, 2, 4, 8 oder 16 Schritten, so vielen davon, wie *Schritte* zulässt, die das Netz im Ganzen gelernt hat, " +
    "wenn es mit Abkürzungen trainiert wurde.",
  "Ancestral: a draw from q(x_{t−1} | x_t, predicted x₀).":
    "Ancestral Sampling: eine Ziehung aus q(x_{t−1} | x_t, vorhergesagtes x₀).",
  "DDIM: the same with less fresh noise, or none.": "DDIM: dasselbe mit weniger oder ohne frisches Rauschen.",
  "The probability-flow ODE by Heun's method: two evaluations for each step.":
    "Die Probability-Flow-ODE nach dem Verfahren von Heun: zwei Auswertungen je Schritt.",
  Steps: "Schritte",
  "Steps from noise to data; a chain has no more than its timesteps.":
    "Schritte vom Rauschen zu den Daten; eine Kette hat höchstens so viele wie Zeitschritte.",
  η: "η",
  "Fresh noise in each DDIM step: 0 none, 1 as much as in ancestral sampling.":
    "Frisches Rauschen in jedem DDIM-Schritt: 0 keines, 1 so viel wie beim Ancestral Sampling.",

  "Label dropout": "Label-Dropout",

  // Mixture density network, PixelCNN, PixelRNN
  Components: "Komponenten",
  "Gaussians in each mixture.": "Gaußverteilungen in jeder Mischung.",
  "Sines and cosines of x₁, each of twice the frequency of the one before.":
    "Sinus und Kosinus von x₁, jeweils mit der doppelten Frequenz des vorigen.",
  Units: "Einheiten",
  "Numbers that each LSTM remembers for a pixel.": "Zahlen, die jedes LSTM sich zu einem Pixel merkt.",
  "Layers, of two LSTMs each.": "Schichten aus je zwei LSTMs.",
  "How far the first convolution looks to each side and up, in pixels.":
    "Wie weit die erste Faltung nach beiden Seiten und nach oben sieht, in Pixeln.",
  "Layers of attention, spread evenly among the others: each pixel looks at all earlier ones.":
    "Schichten mit Attention, gleichmäßig zwischen den anderen: Jedes Pixel sieht auf alle früheren.",
  "Levels of grey": "Graustufen",
  "Values of a pixel: 2 for black and white, up to 256 levels of grey.":
    "Werte eines Pixels: 2 für Schwarz und Weiß, bis zu 256 Graustufen.",
  "Channels of each layer.": "Kanäle jeder Schicht.",
  "Layers behind the first.": "Schichten nach der ersten.",
  "First reach": "Erste Reichweite",
  "How far the first layer looks to each side and up, in pixels; the others look one further.":
    "Wie weit die erste Schicht nach beiden Seiten und nach oben blickt, in Pixeln; die anderen blicken eines weiter.",

  // GPT
  "Context length": "Kontextlänge",
  "Context length: the most tokens before the next one that the model sees.":
    "Kontextlänge: höchstens so viele Token vor dem nächsten sieht das Modell.",
  "Layers, each of attention and an MLP.": "Schichten, jede aus Attention und einem MLP.",
  Heads: "Köpfe",
  "Attention heads in a layer.": "Attention-Köpfe einer Schicht.",
  Width: "Breite",
  "Width of the residual stream: numbers in the embedding of a token.":
    "Breite des Residual Streams: Zahlen in der Einbettung eines Tokens.",
  Positions: "Positionen",
  "How the position of a token is encoded.": "Wie die Position eines Tokens kodiert wird.",
  rotary: "rotierend",
  "Queries and keys are turned by an angle that grows with the position.":
    "Queries und Keys werden um einen Winkel gedreht, der mit der Position wächst.",
  learned: "gelernt",
  "Each position has a vector, which is learned.": "Jede Position hat einen Vektor, der gelernt wird.",
  Norm: "Normierung",
  "Normalisation before attention and before the MLP.": "Normierung vor der Attention und vor dem MLP.",
  rms: "RMSNorm",
  "Divide by the root mean square.": "Durch das quadratische Mittel teilen.",
  layer: "LayerNorm",
  "Take off the mean, divide by the standard deviation.":
    "Den Mittelwert abziehen, durch die Standardabweichung teilen.",
  "Activation of the MLP.": "Aktivierung des MLP.",
  "(h V) ⊙ silu(h W), two thirds as wide.": "(h V) ⊙ silu(h W), zwei Drittel so breit.",
  "gelu(h W), four times as wide as the model.": "gelu(h W), viermal so breit wie das Modell.",
  "Tied weights": "Gemeinsame Gewichte",
  "Use the embedding matrix for the output as well.": "Die Einbettungsmatrix auch für die Ausgabe verwenden.",
  Dropout: "Dropout",
  "Share of the outputs of attention and MLP that is set to zero at random while training.":
    "Anteil der Ausgaben von Attention und MLP, der beim Training zufällig auf null gesetzt wird.",

  // Sampling
  Temperature: "Temperatur",
  "Standard deviation of z: 1 samples the model, less stays closer to its mean.":
    "Standardabweichung von z: 1 zieht aus dem Modell, weniger bleibt näher an dessen Mittelwert.",
  "Standard deviation of z: 1 samples the model, less stays closer to its middle.":
    "Standardabweichung von z: 1 zieht aus dem Modell, weniger bleibt näher an dessen Mitte.",
  "Standard deviation of z: 1 samples the model, less stays closer to what it makes of z = 0.":
    "Standardabweichung von z: 1 zieht aus dem Modell, weniger bleibt näher an dem, was es aus z = 0 macht.",
  "Scale of each Gaussian's width: 1 samples the model, 0 only the middles.":
    "Faktor auf die Breite jeder Gaußverteilung: 1 zieht aus dem Modell, 0 nur die Mitten.",
  "Logits are divided by it: below 1 the likelier values are drawn more often.":
    "Teilt die Logits: Unter 1 werden die wahrscheinlicheren Werte öfter gezogen.",
  "Logits are divided by it: 1 samples the model, less prefers likely tokens, 0 always takes the likeliest.":
    "Teilt die Logits: 1 zieht aus dem Modell, weniger bevorzugt wahrscheinliche Token, " +
    "0 nimmt stets das wahrscheinlichste.",
  Prompt: "Prompt",
  "What the text begins with.": "Womit der Text beginnt.",
  Length: "Länge",
  "Tokens to write.": "So viele Token werden geschrieben.",
  "Top k": "Top k",
  "Draw among so many of the likeliest; 0 = all.": "Nur aus so vielen der wahrscheinlichsten ziehen; 0 = aus allen.",
  "Top p": "Top p",
  "Draw among the likeliest that together have this probability; 1 = all.":
    "Nur aus den wahrscheinlichsten ziehen, die zusammen diese Wahrscheinlichkeit haben; 1 = aus allen.",
  "Repetition penalty": "Wiederholungsstrafe",
  "Tokens among the last 64 become less likely by it (Keskar et al. 2019, CTRL); 1 = not.":
    "Token unter den letzten 64 werden dadurch unwahrscheinlicher (Keskar et al. 2019, CTRL); 1 = nicht.",
  "Stop at": "Ende bei",
  "Stop when this has been written; empty = go on.": "Aufhören, wenn dies geschrieben wurde; leer = weiterschreiben.",

  // Training
  Batch: "Batch",
  "Examples in one step.": "Beispiele in einem Schritt.",
  "Learning rate": "Lernrate",
  "Step size of the optimizer.": "Schrittweite des Optimierers.",
  Optimizer: "Optimierer",
  "Optimizer of the matrices and kernels of hidden layers; everything else is optimised by Adam.":
    "Optimierer für Matrizen und Faltungskerne verdeckter Schichten; alles andere optimiert Adam.",
  adam: "Adam",
  "Adam (Kingma & Ba 2014).": "Adam (Kingma & Ba 2014).",
  muon: "Muon",
  "Muon (Jordan et al. 2024): steps whose singular values are all alike.":
    "Muon (Jordan et al. 2024): Schritte, deren Singulärwerte alle gleich sind.",
  "EMA weights": "EMA-Gewichte",
  "Decay of the running average of the weights, which samples and plots are made with; 0 = the weights themselves.":
    "Abklingen des gleitenden Mittels der Gewichte, mit denen Samples und Darstellungen entstehen; " +
    "0 = die Gewichte selbst.",
  Pixels: "Pixel",
  "What a pixel's value is: a probability of ink, drawn anew each time, or the amount itself.":
    "Was der Wert eines Pixels ist: eine Wahrscheinlichkeit von Tinte, jedes Mal neu gezogen, oder die Menge selbst.",
  dynamic: "dynamisch",
  "x ~ Bernoulli(pixel), drawn anew each time an image is seen.":
    "x ~ Bernoulli(Pixel), jedes Mal neu gezogen, wenn ein Bild gesehen wird.",
  "The grey value itself.": "Der Grauwert selbst.",
  "Planned steps": "Geplante Schritte",
  "Gradient clipping": "Gradienten-Clipping",
  "Weight decay": "Weight Decay",

  // Images by class, by noise, by flows
  "Class-conditional": "Nach Klassen",
  "Tell both networks the class of each image, if the data has classes; then samples of one class can be asked for.":
    "Beiden Netzen die Klasse jedes Bildes sagen, wenn die Daten Klassen haben; " +
    "dann lassen sich Samples einer Klasse verlangen.",
  "Tell the network the class of each image, if the data has classes; then samples of one class can be asked for.":
    "Dem Netz die Klasse jedes Bildes sagen, wenn die Daten Klassen haben; " +
    "dann lassen sich Samples einer Klasse verlangen.",
  ["Share of the training images whose class is kept back, so that the network also knows images of no stated " +
  "class, which guidance needs."]:
    "Anteil der Trainingsbilder, deren Klasse verschwiegen wird, damit das Netz auch Bilder ohne Angabe einer " +
    "Klasse kennt; Guidance braucht das.",
  Class: "Klasse",
  "The class to draw from.": "Die Klasse, aus der gezogen wird.",
  Guidance: "Guidance",
  "How strongly samples follow the condition; 1 = as the model learned it.":
    "Wie streng die Samples der Bedingung folgen; 1 = wie das Modell es gelernt hat.",
  Resampling: "Resampling",
  "Times that each step is taken where some pixels are known: more of them fit the rest better to what is known.":
    "Wie oft jeder Schritt getan wird, wo einige Pixel bekannt sind: " +
    "mehr davon passen den Rest besser an das Bekannte an.",
  "dpm-solver": "DPM-Solver++",
  "DPM-Solver++ 2M: DDIM with the change of the predicted x₀ from step to step taken into account, for few steps.":
    "DPM-Solver++ 2M: DDIM, das berücksichtigt, wie sich das vorhergesagte x₀ von Schritt zu Schritt ändert; " +
    "für wenige Schritte.",
  ["Channels of the convolutions that see the whole image; " +
  "those below see half of its height and width each and have twice as many."]:
    "Kanäle der Faltungen, die das ganze Bild sehen; die darunter sehen je halbe Höhe und Breite und haben " +
    "doppelt so viele.",
  "Units in each hidden layer; of images, in the discriminator's last.":
    "Einheiten in jeder verdeckten Schicht; bei Bildern in der letzten des Diskriminators.",
  "Levels of a pixel: 256 for the data as published, 16 for what the page is sent.":
    "Stufen eines Pixels: 256 für die Daten, wie sie veröffentlicht sind, 16 für die, die die Seite bekommt.",
  Scales: "Auflösungen",
  "Scales; at each but the last half of the numbers leave as noise.":
    "Auflösungen; bei jeder außer der letzten geht die Hälfte der Zahlen als Rauschen ab.",
  "Steps at each scale.": "Schritte bei jeder Auflösung.",
  "Channels inside the networks of the couplings.": "Kanäle in den Netzen der Couplings.",
  Checkerboards: "Schachbretter",
  "Couplings between the squares of a checkerboard, before the first squeeze.":
    "Couplings zwischen den Feldern eines Schachbretts, vor dem ersten Squeeze.",
  Mixing: "Mischung",
  "How channels are mixed between couplings.": "Wie die Kanäle zwischen Couplings gemischt werden.",
  reverse: "umkehren",
  convolution: "Faltung",
  "Their order is turned round, as in RealNVP.": "Ihre Reihenfolge wird umgekehrt, wie bei RealNVP.",
  "An invertible 1×1 convolution, as in Glow.": "Eine umkehrbare 1×1-Faltung, wie bei Glow.",
  Dequantization: "Dequantisierung",
  "The noise that makes numbers of levels.": "Das Rauschen, das aus Stufen Zahlen macht.",
  uniform: "gleichmäßig",
  variational: "variationell",
  "Even between two levels.": "Gleichmäßig zwischen zwei Stufen.",
  "A small flow that sees the image.": "Ein kleiner Flow, der das Bild sieht.",

  // Data
  Points: "Punkte",
  "Points to learn from; 0 draws new ones for ever.": "Punkte, aus denen gelernt wird; 0 zieht immer neue.",
  Noise: "Rauschen",
  "How blurred it is, in multiples of its usual noise. The checkerboard and the bar have none.":
    "Wie verwischt die Daten sind, in Vielfachen ihres üblichen Rauschens. Schachbrett und Balken haben keines.",
  Tokens: "Token",
  "What a token is: a character, or a piece of a word that byte-pair encoding found.":
    "Was ein Token ist: ein Zeichen, oder ein Stück eines Wortes, das Byte-Pair-Encoding gefunden hat.",
  characters: "Zeichen",
  "A character.": "Ein Zeichen.",
  "pieces of words": "Wortstücke",
  "A word or a part of one, as byte-pair encoding finds them; any text has such tokens.":
    "Ein Wort oder ein Teil davon, wie Byte-Pair-Encoding sie findet; jeder Text hat solche Token.",
  Vocabulary: "Vokabular",
  "How many tokens byte-pair encoding makes: 256 are the bytes, the others what is frequent.":
    "Wie viele Token Byte-Pair-Encoding bildet: 256 sind die Bytes, die übrigen, was häufig ist.",
  "Shuffle lines": "Zeilen mischen",
  "Put the lines in another order, the same each time: for lists, so that what is held out is like the rest.":
    "Die Zeilen umordnen, jedes Mal gleich: für Listen, damit das Zurückgehaltene dem Übrigen gleicht.",
  "Held out": "Zurückgehalten",
  "Share of the text, at its end, that is held out.": "Anteil des Textes, an seinem Ende, der zurückgehalten wird.",
};
