import { uncover } from "./language"; // Before uPlot.
import uPlot from "uplot";

uncover();

export default uPlot;
