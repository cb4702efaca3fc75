/** For a plain folder, `<script type="module" src="…/lib/static.js">`: the elements with the files beside them. */
import { useFiles } from "./entry-element";

useFiles(new URL(["./files", ""].join("/"), import.meta.url));

export { GenerativeLab, GenerativeModel } from "./entry-element";
