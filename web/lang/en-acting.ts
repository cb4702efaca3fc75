import { sentence } from "./sentence";

/** What is said of agents. */
export const acting = {
  learnsEpisodes: sentence(
    "What an expert does in rooms that are drawn anew at each step, or what comes of random play. The losses are",
    "−log p of what is learned from that; the thick curve is that of worlds that no training has seen.",
  ),
  scratchEpisodes: sentence(
    "After a minute an agent finds what lies before it, and a model of the world knows how its view turns; doors take",
    "much longer.",
  ),
  kindEpisodes: "Acting",
  learnsPaths: sentence(
    "How an expert goes from a start to a goal, in mazes that are drawn anew at each step. The loss is how far the",
    "predicted places are off, squared; below, paths through a maze at the same noise.",
  ),
  scratchPaths: "After a minute paths go about the right way; that they keep off walls takes several more.",
  kindPaths: "Planning",
  mazeHelp: "Drag the start or the goal. Press a cell to make it a wall or floor.",
  mazePlay: "Play",
  anotherMaze: "Another maze",
  noWalls: "Take all walls away",
  wallsPush: "Walls push",
  arrowsMaze: sentence(
    "{label}. Arrow keys move the pointer; Enter takes up the start or the goal and sets it down again, and elsewhere",
    "makes a cell a wall or floor.",
  ),
  mission: "Mission",
  missionHelp: sentence(
    "In English: go to, pick up or open, then a key, ball, box or door with its colour. Parts are joined by “then”.",
    "More than three parts are told to it one by one. Without a word, the world’s own.",
  ),
  missionsHere: "Missions for this world",
  anotherWorld: "Another world",
  takenByYou: "by you",
  takenAction: "taken",
  expertsAction: "expert",
  stepOf: "Step {at} of {of}" as const,
  worldFromAbove: "The world from above; the agent sees what is bright",
  takeOver: "Do something else than it would: the arrow keys, p, d and t do the same here.",
  stepsBeside: "It took {steps} steps, and the expert takes {expert}." as const,
  upTo: "It says that it is about to",
  itsPlan: "What it said, one thing after the other:",
  editPlan: "Change this plan",
  itSees: "It says that it sees",
  inTruth: "There is",
  yourQuestion: "Your question",
  questionHelp: sentence(
    "In English: what do you see? what is before you? where is the red key? how many balls do you see? is there a blue",
    "door? is the door before you open? what do you carry?",
  ),
};
