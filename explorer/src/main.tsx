import { render } from "preact";

import { App } from "./app";
import "./style/index.css";

addEventListener("DOMContentLoaded", () => render(<App />, document.getElementById("app")!));
