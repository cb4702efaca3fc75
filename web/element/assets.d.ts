/** All equations of models: TeX to MathML, made by web/build.mjs. */
declare module "equations:formulas" {
  const formulas: Record<string, string>;
  export default formulas;
}
declare module "*.css" {
  const text: string;
  export default text;
}
/** Of abcjs only what draws; its own types tell of the whole. */
declare module "abcjs/src/api/abc_tunebook_svg" {
  import type { AbcVisualParams, TuneObjectArray } from "abcjs";
  export default function renderAbc(into: HTMLElement, abc: string, options: AbcVisualParams): TuneObjectArray;
}
