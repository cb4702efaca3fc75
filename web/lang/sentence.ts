/** A text over several lines of source, with a space between each two; its type is the text itself, holes and all. */
export function sentence<const Parts extends string[]>(...parts: Parts): Joined<Parts> {
  return parts.join(" ") as Joined<Parts>;
}

type Joined<Parts extends string[]> = Parts extends [infer Only extends string]
  ? Only
  : Parts extends [infer First extends string, ...infer Rest extends string[]]
    ? `${First} ${Joined<Rest>}`
    : "";
