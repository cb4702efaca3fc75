/** All equations of models: TeX to MathML, made by web/build.mjs. */
declare module "equations:formulas" {
  const formulas: Record<string, string>;
  export default formulas;
}
declare module "*.css" {
  const text: string;
  export default text;
}
