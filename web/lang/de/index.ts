import type { Language } from "../words";
import { acting } from "./acting";
import { article } from "./article";
import { changes } from "./changes";
import { clips } from "./clips";
import { data } from "./data";
import { emoji } from "./emoji";
import { errors } from "./errors";
import { gaps } from "./gaps";
import { imagining } from "./imagining";
import { latent } from "./latent";
import { grooves } from "./grooves";
import { guests } from "./guests";
import { learners } from "./learners";
import { letters } from "./letters";
import { pairs } from "./pairs";
import { models } from "./models";
import { options } from "./options";
import { pictures } from "./pictures";
import { plots } from "./plots";
import { texts } from "./texts";
import { translation } from "./translation";
import { tuned } from "./tuning";
import { refused } from "./refused";
import { scores } from "./scores";
import { sounds } from "./sound";
import { sentences } from "./sentences";
import { speech } from "./speech";

const german: Language = {
  texts,
  told: {
    ...options,
    ...plots,
    ...errors,
    ...refused,
    ...data,
    ...pictures,
    ...clips,
    ...emoji,
    ...gaps,
    ...changes,
    ...guests,
    ...learners,
    ...letters,
    ...latent,
    ...speech,
    ...models,
    ...scores,
    ...grooves,
    ...sounds,
    ...sentences,
    ...translation,
    ...pairs,
    ...acting,
    ...imagining,
    ...tuned,
    ...article,
  },
};
export default german;
