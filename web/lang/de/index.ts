import type { Language } from "../words";
import { article } from "./article";
import { data } from "./data";
import { errors } from "./errors";
import { letters } from "./letters";
import { options } from "./options";
import { pictures } from "./pictures";
import { plots } from "./plots";
import { texts } from "./texts";
import { refused } from "./refused";

const german: Language = {
  texts,
  told: { ...letters, ...options, ...plots, ...errors, ...refused, ...data, ...pictures, ...article },
};
export default german;
