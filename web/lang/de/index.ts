import type { Language } from "../words";
import { data } from "./data";
import { errors } from "./errors";
import { options } from "./options";
import { pictures } from "./pictures";
import { plots } from "./plots";
import { texts } from "./texts";

const german: Language = { texts, told: { ...options, ...plots, ...errors, ...data, ...pictures } };
export default german;
