/** Sentences of errors, of Rust and of the page: what happened, and what to do. Those of data stand in `data.ts`. */
export const errors: Record<string, string> = {
  // Parts of sentences
  "{what}.": "{what}.",
  "{a} and {b}": "{a} und {b}",
  "{a} or {b}": "{a} oder {b}",
  "{n} billion": "{n} Milliarden",
  "{n} GB": "{n} GB",
  "{n} MB": "{n} MB",
  "four bytes for each number": "vier Bytes für jede Zahl",
  "{n} values": "{n} Werte",
  "{n} numbers": "{n} Zahlen",
  "{n} images": "{n} Bilder",
  "{n} lines": "{n} Zeilen",
  "{n} classes": "{n} Klassen",
  "{n} samples": "{n} Samples",
  "“{title}” ({name})": "„{title}“ ({name})",
  "no reason given": "ohne Angabe von Gründen",
  "no details given": "ohne nähere Angaben",

  // Classes and pictures that are given
  "this model was trained without classes, which guidance leads towards":
    "dieses Modell wurde ohne Klassen trainiert, zu denen Guidance führen könnte",
  "this model was trained without classes, so none can be asked for":
    "dieses Modell wurde ohne Klassen trainiert, also kann keine verlangt werden",
  "its classes are 0 to {a}": "seine Klassen sind 0 bis {a}",
  "it says how far to go from a start, and there is none":
    "es sagt, wie weit von einem Anfang zu gehen ist, und es gibt keinen",
  "This model was trained without classes": "Dieses Modell wurde ohne Klassen trainiert",
  "{height} × {width} pixels cannot be halved": "{height} × {width} Pixel lassen sich nicht halbieren",
  "Images of {height} × {width} pixels cannot be halved":
    "Bilder von {height} × {width} Pixeln lassen sich nicht halbieren",
  "points have no pixels to average": "Punkte haben keine Pixel, über die zu mitteln wäre",
  "the sampler “ode” cannot be held to averages; take another":
    "der Sampler „ode“ lässt sich nicht auf Mittelwerte festlegen; nehmen Sie einen anderen",
  "This model was trained without captions, so it knows no words":
    "Dieses Modell wurde ohne Bildunterschriften trainiert und kennt keine Wörter",
  "this model was trained without shortcuts": "dieses Modell wurde ohne Abkürzungen trainiert",
  "shortcuts need a chain of at least {FINEST} timesteps":
    "Abkürzungen brauchen eine Kette von mindestens {FINEST} Zeitschritten",
  "where all is noise it says nothing of the data, and shortcuts begin there; take v, x0 or velocity":
    "wo alles Rauschen ist, sagt es nichts über die Daten, und dort beginnen sie; nehmen Sie v, x0 oder velocity",
  "this model was trained without captions, so it knows no words":
    "dieses Modell wurde ohne Bildunterschriften trainiert und kennt keine Wörter",
  "This model looks at no words": "Dieses Modell achtet auf keine Wörter",
  "Points are not painted from words": "Punkte werden nicht nach Worten gemalt",
  "words of its captions that are none": "Wörter ihrer Bildunterschriften, die keine sind",
  "“{word}” is none of its words, which are {a}": "„{word}“ ist keines seiner Wörter; es kennt {a}",
  "it has {a} words, and {CONTEXT} are the most": "er hat {a} Wörter, und höchstens {CONTEXT} sind möglich",
  "two of a kind cannot be told apart; say “two” of them":
    "zwei von einer Art sind nicht zu unterscheiden; sagen Sie „two“",
  "“{word}” is not understood there": "„{word}“ wird an dieser Stelle nicht verstanden",
  "three kinds of things at most": "höchstens drei Arten von Dingen",
  "{what} is missing at the end": "am Ende fehlt {what}",
  "a colour": "eine Farbe",
  "a shape": "eine Form",
  "“{word}” is no colour of theirs, which are {a}": "„{word}“ ist keine ihrer Farben; es gibt {a}",
  "“{word}” is no shape of theirs, which are {names}": "„{word}“ ist keine ihrer Formen; es gibt {names}",
  "This data has no classes": "Diese Daten haben keine Klassen",

  // Files and checkpoints
  "There is no file {path}.": "Es gibt keine Datei {path}.",
  "{path} could not be read or written: {reason}.": "{path} ließ sich nicht lesen oder schreiben: {reason}.",
  "{path} is being written by another playground.": "{path} wird gerade von einem anderen Playground geschrieben.",
  "This checkpoint has {bytes} bytes; at most {limit} are accepted.":
    "Dieser Checkpoint hat {bytes} Bytes; angenommen werden höchstens {limit}.",
  "This checkpoint is not the file that the manifest promises (SHA-256 {found}).":
    "Dieser Checkpoint ist nicht die Datei, die das Manifest verspricht (SHA-256 {found}).",
  "This is not a checkpoint that can be read: {reason}.": "Das ist kein lesbarer Checkpoint: {reason}.",
  "The description in this checkpoint cannot be used by this version: {reason}.":
    "Mit der Beschreibung in diesem Checkpoint kann diese Version nichts anfangen: {reason}.",
  "The weights in this checkpoint do not fit the model it describes: {reason}.":
    "Die Gewichte in diesem Checkpoint passen nicht zu dem Modell, das er beschreibt: {reason}.",
  "The tensor {tensor} holds a number that is not finite.":
    "Der Tensor {tensor} enthält eine Zahl, die nicht endlich ist.",
  "There is no model called “{id}”.": "Es gibt kein Modell namens „{id}“.",
  "There is no model family called “{id}”.": "Es gibt keine Modellfamilie namens „{id}“.",
  ["its metadata has no entry “playground”. If a script saved it anew, let the script keep what stood there, " +
  'in Python by save_file(tensors, path, metadata=safe_open(old, "pt").metadata())']:
    "Die Metadaten haben keinen Eintrag „playground“. Falls ein Skript die Datei neu gespeichert hat, " +
    "soll es behalten, was dort stand, " +
    'in Python mit save_file(tensors, path, metadata=safe_open(old, "pt").metadata())',
  "it has {a} bytes": "sie hat {a} Bytes",
  "format {format} where {known} is known": "Format {format}, bekannt ist {known}",
  "version {a} of {b} where {version} is known": "Version {a} von {b}, bekannt ist {version}",
  "its name cannot be that of a model": "So kann kein Modell heißen",
  "{a} optimizers for {b} networks": "{a} Optimierer für {b} Netze",
  "its count of steps cannot be right": "Die Zahl der Schritte kann nicht stimmen",
  "its time cannot be right": "Die Zeitangabe kann nicht stimmen",
  "its loss history is too long": "Der Verlauf der Verluste ist zu lang",
  "a loss history beyond its last step": "ein Verlauf der Verluste über den letzten Schritt hinaus",
  "a loss with {steps} steps, {values} values": "ein Verlust mit {steps} Schritten und {values} Werten",
  "a loss without a name": "ein Verlust ohne Namen",
  "a loss history that was not recorded": "ein Verlauf der Verluste, der nicht aufgezeichnet wurde",
  "{twice} comes twice": "{twice} kommt zweimal vor",
  "{name} has no place in this model": "{name} hat in diesem Modell keinen Platz",
  "{name} is {shape} where {dims} is needed": "{name} hat die Form {shape}, nötig ist {dims}",
  "{name} has the type {dtype} where F32 or F16 is needed": "{name} hat den Typ {dtype}, nötig ist F32 oder F16",
  "{name} has the type {other} where F32 or F16 is needed": "{name} hat den Typ {other}, nötig ist F32 oder F16",
  "{name} is missing": "{name} fehlt",
  "this model was trained on {a}": "Dieses Modell wurde mit {a} trainiert",
  "the optimizer's state of {name} {what}": "der Zustand des Optimierers zu {name} {what}",
  "is missing": "fehlt",
  "has another length": "hat eine andere Länge",
  "belongs to no parameter": "gehört zu keinem Parameter",
  "{name} belongs to no optimizer": "{name} gehört zu keinem Optimierer",
  "it is not the file that the manifest promises": "Es ist nicht die Datei, die das Manifest verspricht",
  "Check the path.": "Prüfen Sie den Pfad.",
  "Wait until it is done, or stop it.": "Warten Sie, bis er fertig ist, oder beenden Sie ihn.",
  "Check the disk and the permissions, then try again.":
    "Prüfen Sie Datenträger und Rechte, und versuchen Sie es dann noch einmal.",
  "Choose a .safetensors file that this playground saved.":
    "Wählen Sie eine .safetensors-Datei, die dieser Playground gespeichert hat.",
  "Reload the page; if it stays, the file on the server was changed.":
    "Laden Sie die Seite neu; bleibt es dabei, wurde die Datei auf dem Server verändert.",
  "Choose a file that this playground saved, or update the playground.":
    "Wählen Sie eine Datei, die dieser Playground gespeichert hat, oder erneuern Sie den Playground.",
  "The file was damaged or edited; use another copy. The model you had is untouched.":
    "Die Datei wurde beschädigt oder verändert; verwenden Sie eine andere Kopie. Das bisherige Modell ist unberührt.",
  "Choose one of: {a}.": "Wählen Sie eines von: {a}.",
  "Update the playground, or check the name.": "Erneuern Sie den Playground, oder prüfen Sie den Namen.",

  // What a model cannot do
  "A {a} has no density": "Ein Modell der Art {a} hat keine Dichte",
  "A {a} has no latent space": "Ein Modell der Art {a} hat keinen latenten Raum",
  "A {a} does not say how probable an image is": "Ein Modell der Art {a} sagt nicht, wie wahrscheinlich ein Bild ist",
  "A {a} does not read text": "Ein Modell der Art {a} liest keinen Text",
  "A map needs a code of 2 numbers, and this model's has {a}":
    "Eine Karte braucht einen Code aus 2 Zahlen; der dieses Modells hat {a}",
  "This needs images": "Das braucht Bilder",
  "This needs points in 2-D": "Das braucht Punkte in 2-D",
  "This needs points with classes": "Das braucht Punkte mit Klassen",
  "This needs text": "Das braucht Text",
  "This needs a model of text": "Das braucht ein Modell von Text",
  "none of it is held out to be guessed": "nichts davon ist zum Raten zurückgehalten",
  "This needs a model of images": "Das braucht ein Modell von Bildern",
  "This needs a model of clips": "Das braucht ein Modell von Filmchen",
  "clips of {frames} frames": "Filmchen aus {frames} Bildern",
  "this model was trained without captions, which guidance leads towards":
    "dieses Modell wurde ohne Beschreibungen trainiert, auf die Guidance hinführt",
  "This needs a model of points in 2-D": "Das braucht ein Modell von Punkten in 2-D",
  "This model is not being trained": "Dieses Modell wird nicht trainiert",
  "Training this model in parts": "Dieses Modell in Teilen zu trainieren",
  "This model is not one of 2-D points.": "Das ist kein Modell von Punkten in 2-D.",
  "Open it in a figure for its kind of data.": "Öffnen Sie es in einer Abbildung für seine Art von Daten.",
  "{title} models {a}, not {other}": "{title} modelliert {a}, nicht {other}",
  images: "Bilder",
  "points in 2-D": "Punkte in 2-D",
  "points in 2-D of two classes": "Punkte zweier Klassen in 2-D",
  "energies in 2-D": "Energien in 2-D",
  text: "Text",
  "There is no page of PyTorch for a {a} of such data": "Für {a} mit solchen Daten gibt es keine Seite PyTorch",
  "small letters, digits and hyphens are possible": "möglich sind kleine Buchstaben, Ziffern und Bindestriche",
  "it has to have whole frames of at least one pixel": "er muss aus ganzen Bildern von mindestens einem Pixel bestehen",
  "it would be too large; take fewer or smaller frames": "er würde zu groß; nehmen Sie weniger oder kleinere Bilder",
  "There is nothing to film here.": "Hier gibt es nichts zu filmen.",
  "Wait until it is drawn, and try again.": "Warten Sie, bis es gezeichnet ist, und versuchen Sie es noch einmal.",
  "This browser records no videos.": "Dieser Browser nimmt keine Videos auf.",
  "Save a GIF instead.": "Speichern Sie stattdessen ein GIF.",
  "This browser could not record the video.": "Dieser Browser konnte das Video nicht aufnehmen.",
  "Only images can be saved as PNG": "Nur Bilder lassen sich als PNG speichern",
  "Only plots can be saved as SVG": "Nur Darstellungen lassen sich als SVG speichern",
  "the image would be too large; take fewer samples or a smaller scale":
    "das Bild würde zu groß; nehmen Sie weniger Samples oder einen kleineren Maßstab",
  "Choose another view or another model.": "Wählen Sie eine andere Ansicht oder ein anderes Modell.",

  // Images
  "This image cannot be used: {reason}.": "Dieses Bild ist nicht verwendbar: {reason}.",
  "Use a PNG, JPEG or WebP image, or draw one.":
    "Verwenden Sie ein Bild in PNG, JPEG oder WebP, oder zeichnen Sie eines.",
  "Use a PNG, JPEG or WebP picture, or draw one.":
    "Verwenden Sie ein Bild in PNG, JPEG oder WebP, oder zeichnen Sie eines.",
  "Use a smaller picture, or draw one.": "Verwenden Sie ein kleineres Bild, oder zeichnen Sie eines.",
  "it is larger than 32 MB": "es ist größer als 32 MB",
  "it has not been loaded yet": "er ist noch nicht geladen",
  "there is no test image of that number": "unter dieser Nummer gibt es kein Testbild",
  "it has {width} × {height} pixels": "es hat {width} × {height} Pixel",
  "its pixels are not as many as its size says": "es hat nicht so viele Pixel, wie seine Größe sagt",
  "there is no ink on it": "es ist keine Tinte darauf",
  "{a} is no picture that this browser can read": "{a} ist kein Bild, das dieser Browser lesen kann",
  "the browser gave no canvas for it": "der Browser gab keine Zeichenfläche dafür",
  "this browser, or an extension of it, changes what pages read of pictures, as a protection against tracking":
    "dieser Browser oder eine Erweiterung verändert zum Schutz vor Nachverfolgung, was Seiten von Bildern lesen",
  "Allow this site to read canvases, draw the image, or take one of the test images.":
    "Erlauben Sie dieser Seite, Zeichenflächen zu lesen, zeichnen Sie das Bild, oder nehmen Sie ein Testbild.",

  // Limits
  "{need}; at most {limit} can be asked for here.": "{need}; hier sind höchstens {limit} möglich.",
  "A checkpoint of this training would have {a}": "Ein Checkpoint dieses Trainings hätte {a}",
  "This training would need {a}": "Dieses Training bräuchte {a}",
  "One step would take {a} operations": "Ein Schritt bräuchte {a} Operationen",
  "{count} samples at once would take too long or too much memory":
    "{count} Samples auf einmal bräuchten zu lange oder zu viel Speicher",
  "Lower “Batch” (batch_size).": "Verringern Sie „Batch“ (batch_size).",
  "Lower {a}.": "Verringern Sie {a}.",
  "Train a smaller model.": "Trainieren Sie ein kleineres Modell.",
  "Lower the number of samples.": "Verringern Sie die Anzahl der Samples.",
  "{a} has more than {b} MiB, which is the most that is taken.":
    "{a} hat mehr als {b} MiB; mehr wird nicht angenommen.",
  "The model in this address is larger than {a} MiB, which is the most that is unpacked.":
    "Das Modell in dieser Adresse ist größer als {a} MiB; mehr wird nicht entpackt.",
  "Put its file beside your page, and name that in src.":
    "Legen Sie seine Datei neben Ihre Seite und nennen Sie sie in src.",
  "The model in this address is damaged or was cut off.":
    "Das Modell in dieser Adresse ist beschädigt oder abgeschnitten.",
  "Copy the whole address once more, or open the model from a file.":
    "Kopieren Sie die ganze Adresse noch einmal, oder öffnen Sie das Modell aus einer Datei.",
  "Choose a smaller file.": "Wählen Sie eine kleinere Datei.",

  // Training and sessions
  "Training stopped at step {step}: “{loss}” is no longer a finite number, or far too large.":
    "Das Training brach bei Schritt {step} ab: „{loss}“ ist keine endliche Zahl mehr oder viel zu groß.",
  "Go back to the last good snapshot and lower the learning rate.":
    "Gehen Sie zum letzten guten Stand zurück, und verringern Sie die Lernrate.",
  "There is no session {session}.": "Es gibt keine Sitzung {session}.",
  "Session {session} is being trained already.": "In Sitzung {session} wird bereits trainiert.",
  "Pause it before it is trained again.": "Halten Sie das Training an, bevor es von Neuem beginnt.",
  "Cancelled.": "Abgebrochen.",
  "Start it again whenever you like.": "Sie können jederzeit neu beginnen.",
  "There is no model here yet.": "Hier gibt es noch kein Modell.",
  "Wait until it is there.": "Warten Sie, bis es da ist.",
  "This training is no longer kept in this browser.": "Dieses Training ist in diesem Browser nicht mehr aufbewahrt.",
  "Begin a new one.": "Beginnen Sie ein neues.",
  "This training goes on in another tab or figure.":
    "Dieses Training läuft in einem anderen Tab oder einer anderen Abbildung weiter.",
  "What is learned here from now on is kept beside it.": "Was hier von nun an gelernt wird, wird daneben aufbewahrt.",
  "The browser does not let this page keep its training.":
    "Der Browser lässt diese Seite das Training nicht aufbewahren.",
  "The browser has no room left to keep this training.":
    "Der Browser hat keinen Platz mehr, um dieses Training aufzubewahren.",
  "Training goes on, but a reload will lose it: download the model to be safe.":
    "Das Training geht weiter, aber beim Neuladen geht es verloren: Speichern Sie das Modell, um sicherzugehen.",
  ["Under “Kept in this browser”, delete what you no longer need: the largest, {a} at step {b}, takes {c}. " +
  "Or download the model to be safe."]:
    "Löschen Sie unter „In diesem Browser aufbewahrt“, was Sie nicht mehr brauchen: Das größte, " +
    "{a} bei Schritt {b}, belegt {c}. Oder speichern Sie das Modell, um sicherzugehen.",

  // Devices and the worker
  "The {backend} back end cannot be used here: {reason}.": "Das Backend {backend} ist hier nicht verwendbar: {reason}.",
  "Use backend=cpu, or leave it on auto.": "Verwenden Sie backend=cpu, oder lassen Sie es auf auto.",
  "this build does not carry it (cargo features: wgpu, vulkan, cuda)":
    "dieser Build enthält es nicht (Cargo-Features: wgpu, vulkan, cuda)",
  "this module does not carry it": "dieses Modul enthält es nicht",
  "the browser found no graphics card for it": "der Browser hat keine Grafikkarte dafür gefunden",
  "this browser has no WebGPU": "dieser Browser hat kein WebGPU",
  "The graphics device went away: {reason}.": "Das Grafikgerät ist verschwunden: {reason}.",
  "The graphics device reported an error: {a}.": "Das Grafikgerät meldete einen Fehler: {a}.",
  "a drill, on a back end that has none": "eine Übung, auf einem Backend, das keines hat",
  "The device has no memory left for this: {reason}.": "Das Gerät hat dafür keinen Speicher mehr: {reason}.",
  "There is no memory left for this.": "Dafür ist kein Speicher mehr da.",
  "{bytes} bytes more": "noch {bytes} Bytes",
  "Choose a smaller model or a smaller batch.": "Wählen Sie ein kleineres Modell oder einen kleineren Batch.",
  "The playground starts again from its last snapshot.": "Der Playground beginnt wieder bei seinem letzten Stand.",
  "A message to the worker could not be understood: {reason}.":
    "Eine Nachricht an den Worker war nicht zu verstehen: {reason}.",
  "nobody answers the request {name}": "niemand beantwortet die Anfrage {name}",
  "the worker has no device yet": "der Worker hat noch kein Gerät",
  "a message between workers is cut short": "eine Nachricht zwischen Workern ist abgeschnitten",
  "a message of kind {other}": "eine Nachricht der Art {other}",
  "a helper has not been told of the model": "einem Helfer wurde das Modell nicht genannt",
  "{name} is cut short": "{name} ist abgeschnitten",
  "a matrix is cut short": "eine Matrix ist abgeschnitten",
  "The graphics device belongs to the worker's shell": "Das Grafikgerät gehört zur Hülle des Workers",
  "Something went wrong inside the playground: {reason}.":
    "Im Inneren des Playgrounds ist etwas schiefgegangen: {reason}.",
  "the worker answered “{a}”": "der Worker antwortete „{a}“",
  "Reload the page; if it happens again, please report it.":
    "Laden Sie die Seite neu; geschieht es wieder, melden Sie es bitte.",
  "The worker stopped: {message}.": "Der Worker ist stehen geblieben: {message}.",
  "The worker could not be started: {reason}.": "Der Worker ließ sich nicht starten: {reason}.",
  "The worker was replaced.": "Der Worker wurde ersetzt.",
  "it did not answer for {a} seconds": "er hat {a} Sekunden lang nicht geantwortet",
  "its script did not load": "sein Skript wurde nicht geladen",
  "{what} did not answer for {a} seconds": "{what} hat {a} Sekunden lang nicht geantwortet",
  "the graphics device": "das Grafikgerät",
  "the graphics driver": "der Grafiktreiber",
  "the server": "der Server",
  "The playground's code could not be loaded: {a}.": "Der Code des Playgrounds ließ sich nicht laden: {a}.",
  "Check the connection, then reload the page.": "Prüfen Sie die Verbindung, und laden Sie die Seite dann neu.",
  "Reload the page; if it stays, the site is missing a file.":
    "Laden Sie die Seite neu; bleibt es dabei, fehlt der Website eine Datei.",
  "The computation stopped twice at the same place, so it is not tried again.":
    "Die Berechnung ist zweimal an derselben Stelle stehen geblieben und wird nicht noch einmal versucht.",
  "What was there before is still there. Try a smaller model, other options or another file.":
    "Was vorher da war, ist noch da. Versuchen Sie ein kleineres Modell, andere Optionen oder eine andere Datei.",
  "{message} This has happened too often, so it is not tried again by itself.":
    "{message} Das ist zu oft geschehen und wird nicht von selbst noch einmal versucht.",
  "Press “Try again”, or reload the page.": "Wählen Sie „Noch einmal versuchen“, oder laden Sie die Seite neu.",
  "{what} A new worker has taken over. {where}": "{what} Ein neuer Worker hat übernommen. {where}",
  "The computation stopped unexpectedly.": "Die Berechnung ist unerwartet stehen geblieben.",
  "Your model goes on from step {a}.": "Ihr Modell geht von Schritt {a} aus weiter.",
  "Everything is as it was.": "Alles ist, wie es war.",
  "There is nothing that you need to do.": "Sie brauchen nichts zu tun.",

  // Policies, other origins, deployments
  "The content security policy of this page does not allow {what}.":
    "Die Content Security Policy dieser Seite erlaubt {what} nicht.",
  "requests to {a}": "Anfragen an {a}",
  "scripts of {a}": "Skripte von {a}",
  "the worker of the playground": "den Worker des Playgrounds",
  "Whoever keeps the page can allow it: add {source} to {directive}.":
    "Wer die Seite betreibt, kann es erlauben: {source} zu {directive} hinzufügen.",
  "{a} does not let {b} read {c}.": "{a} lässt {c} nicht von {b} lesen.",
  "pages of other sites": "Seiten anderer Websites",
  "a frame in a sandbox": "einem Frame in einer Sandbox",
  "Whoever keeps that site can allow it: it has to send Access-Control-Allow-Origin: * with its files.":
    "Wer jene Website betreibt, kann es erlauben: Sie muss mit ihren Dateien Access-Control-Allow-Origin: * senden.",
  "The server sends {a} as {b}, which browsers do not take.":
    "Der Server sendet {a} als {b}; das nehmen Browser nicht an.",
  "a file of no type": "Datei ohne Typ",
  "Whoever keeps the site can mend it: the file has to be sent as {wanted}.":
    "Wer die Website betreibt, kann es beheben: Die Datei muss als {wanted} gesendet werden.",
  "The site was updated since this page was loaded, and what the page needs now is of the version before.":
    "Die Website wurde erneuert, seit diese Seite geladen wurde, und was die Seite jetzt braucht, " +
    "gehört zur Version davor.",
  "Reload the page.": "Laden Sie die Seite neu.",

  // The site
  "{a} could not be fetched: {what}.": "{a} ließ sich nicht laden: {what}.",
  "the server answered {a}": "der Server antwortete {a}",
  "the server sent nothing for {a} seconds": "der Server hat {a} Sekunden lang nichts gesendet",
  "the server cannot be reached, or the file did not arrive whole":
    "der Server ist nicht erreichbar, oder die Datei kam nicht ganz an",
  "The model did not arrive as it was sent.": "Das Modell ist nicht so angekommen, wie es gesendet wurde.",
  "Check the connection, then try again.": "Prüfen Sie die Verbindung, und versuchen Sie es dann noch einmal.",
  "Try again later; if it stays, the site is missing a file.":
    "Versuchen Sie es später noch einmal; bleibt es dabei, fehlt der Website eine Datei.",
  "{path} is not what it should be.": "{path} ist nicht, was es sein sollte.",
};
