/** Of models out of other programs' files: what they declare, and what errors say of them. */
export const guests: Record<string, string> = {
  "“{a}” as {name}": "„{a}“ als {name}",
  "its tokenizer lacks “{text}”": "seinem Tokenizer fehlt „{text}“",
  "its weights give what is no number": "seine Gewichte ergeben, was keine Zahl ist",
  "Opened model": "Geöffnetes Modell",
  Chat: "Gespräch",
  "Put the prompt into the form in which the model was taught to answer, if it was.":
    "Den Prompt in die Form bringen, in der das Modell zu antworten gelernt hat, falls es das hat.",
  Reply: "Antwort",
  "What is said next in a chat whose text so far is the prompt.":
    "Was als Nächstes gesagt wird, in einem Gespräch, dessen Text bis dahin der Prompt ist.",

  // Errors
  "This model file cannot be used: {reason}.": "Diese Modelldatei ist nicht zu gebrauchen: {reason}.",
  "Choose a GGUF file, or model.safetensors together with its config.json and tokenizer.json.":
    "Wählen Sie eine GGUF-Datei, oder model.safetensors zusammen mit config.json und tokenizer.json.",
  "This model file has {megabytes} MiB; at most {most} MiB can be opened.":
    "Diese Modelldatei hat {megabytes} MiB; höchstens {most} MiB lassen sich öffnen.",
  ["Choose the same model with fewer bits to a weight, or a smaller one: at 4 bits 3 thousand million weights " +
  "fit."]:
    "Wählen Sie dasselbe Modell mit weniger Bit für ein Gewicht, oder ein kleineres: Mit 4 Bit passen drei " +
    "Milliarden Gewichte hinein.",
  "A model that was opened from a file of another program is read here, and not trained or saved":
    "Ein Modell, das aus der Datei eines anderen Programms geöffnet wurde, wird hier gelesen, nicht trainiert und " +
    "nicht gespeichert",
  "A model out of another program's file is read here, and not trained":
    "Ein Modell aus der Datei eines anderen Programms wird hier gelesen und nicht trainiert",
  "this model was not taught to chat": "dieses Modell hat nicht gelernt, sich zu unterhalten",
  "this is not read here: {what}": "das wird hier nicht gelesen: {what}",
  "it ends too early, as if it had been cut off": "sie endet zu früh, als wäre sie abgeschnitten worden",
  "it is none of the files that are read: GGUF, safetensors with its tokenizer.json, llama2.c":
    "sie ist keine der Dateien, die gelesen werden: GGUF, safetensors mit tokenizer.json, llama2.c",
  "{name} is missing beside it; choose it together with the weights":
    "{name} fehlt daneben; wählen Sie es zusammen mit den Gewichten",
  "tokenizer.json is missing beside it; choose it together with the weights":
    "tokenizer.json fehlt daneben; wählen Sie es zusammen mit den Gewichten",
  "a vocabulary that is elsewhere": "ein Vokabular, das anderswo steht",
  "it is a tar archive that cannot be read": "sie ist ein tar-Archiv, das nicht zu lesen ist",
  "a file in it was cut off": "eine Datei darin wurde abgeschnitten",
  "it speaks of {n} things for which it has no room": "sie spricht von {n} Dingen, für die sie keinen Platz hat",
  "a text in it is not UTF-8": "ein Text darin ist nicht UTF-8",
  "it is not a GGUF file": "sie ist keine GGUF-Datei",
  "GGUF of version {version}; 2 and 3 are read": "GGUF der Version {version}; gelesen werden 2 und 3",
  "“{a}” stands in it twice": "„{a}“ steht zweimal darin",
  "its tensors are aligned to what cannot be right": "ihre Tensoren sind an etwas ausgerichtet, das nicht stimmen kann",
  "a tensor of it lies beyond any file": "ein Tensor von ihr liegt jenseits jeder Datei",
  "its tensor “{a}” has {n} extents": "ihr Tensor „{a}“ hat {n} Ausdehnungen",
  "a tensor of it is larger than any file": "ein Tensor von ihr ist größer als jede Datei",
  "Weights of GGUF's type {number}; F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q4_K and Q6_K are read":
    "Gewichte vom GGUF-Typ {number}; gelesen werden F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q4_K und Q6_K",
  "a value in it is of the unknown type {kind}": "ein Wert darin hat den unbekannten Typ {kind}",
  "GGUF with lists of the type {kind}": "GGUF mit Listen vom Typ {kind}",
  "its {name} cannot be read: {e}": "ihr {name} ist nicht zu lesen: {e}",
  "A model in several files of weights": "ein Modell in mehreren Dateien von Gewichten",
  "there is no file of weights in it that is read": "es ist keine Datei mit Gewichten darin, die gelesen wird",
  "its tokenizer has {tokens} tokens, and its network {vocabulary}":
    "ihr Tokenizer hat {tokens} Token, ihr Netz {vocabulary}",
  "its tokenizer is missing; put tokenizer.bin behind the weights, in the same file":
    "ihr Tokenizer fehlt; hängen Sie tokenizer.bin hinter die Gewichte, in derselben Datei",
  "The architecture “{a}”; {b} are read": "die Architektur „{a}“; gelesen werden {b}",
  "heads of keys": "Köpfe der Schlüssel",
  "width of a head": "Breite eines Kopfes",
  "hidden width": "innere Breite",
  "its {what} of {n} cannot be right": "{what}: {n} kann nicht stimmen",
  "the sizes that it gives do not fit each other": "die Größen, die sie nennt, passen nicht zueinander",
  "it does not say “{a}”": "„{a}“ steht nicht darin",
  "Heads of which a part is turned": "Köpfe, von denen ein Teil gedreht wird",
  "Positions stretched by “{a}”": "Positionen, gestreckt nach „{a}“",
  "its config.json lacks “{a}”": "in config.json fehlt „{a}“",
  "The activation “{a}{b}”": "die Aktivierung „{a}{b}“",
  "its queries and keys do not fit": "ihre Fragen und Schlüssel passen nicht",
  "its tensor “{a}” cannot be turned": "ihr Tensor „{a}“ lässt sich nicht drehen",
  "it is no safetensors file, or was cut off": "sie ist keine safetensors-Datei oder wurde abgeschnitten",
  "its table of tensors cannot be read: {e}": "ihre Liste der Tensoren ist nicht zu lesen: {e}",
  "its tensor “{a}”: {e}": "ihr Tensor „{a}“: {e}",
  "Weights of the type {other}; F32, F16 and BF16 are read":
    "Gewichte der Art {other}; gelesen werden F32, F16 und BF16",
  "its tensor “{a}” is not as long as its extents say":
    "ihr Tensor „{a}“ ist nicht so lang, wie seine Ausdehnungen sagen",
  "the tensor “{a}” has extents that cannot be right": "der Tensor „{a}“ hat Ausdehnungen, die nicht stimmen können",
  "it ends before its tensor “{name}” does, as if it had been cut off":
    "sie endet vor ihrem Tensor „{name}“, als wäre sie abgeschnitten worden",
  "its tensor “{a}” holds what is no number": "ihr Tensor „{a}“ enthält etwas, das keine Zahl ist",
  "its tensor “{a}” is missing": "ihr Tensor „{a}“ fehlt",
  "its tensor “{name}” is {found} where {dims} is expected": "ihr Tensor „{name}“ ist {found}, erwartet wird {dims}",
  "it has no tokens": "sie hat keine Token",
  "The tokenizer “{a}”": "der Tokenizer „{a}“",
  "The tokenizer's words by “{a}”": "die Wörter des Tokenizers nach „{a}“",
  "its tokens have no scores": "ihre Token haben keine Werte",
  "its tokenizer.json cannot be read: {e}": "ihr tokenizer.json ist nicht zu lesen: {e}",
  "its vocabulary cannot be right": "ihr Vokabular kann nicht stimmen",
  "A tokenizer that replaces by a regular expression": "ein Tokenizer, der mit einem regulären Ausdruck ersetzt",
  "A tokenizer that changes text by “{a}”": "ein Tokenizer, der Text mit „{a}“ verändert",
  "A tokenizer with a regular expression that is not known": "ein Tokenizer mit einem unbekannten regulären Ausdruck",
  "A tokenizer that cuts text by “{a}”": "ein Tokenizer, der Text mit „{a}“ zerlegt",
};
