import { startDashboard } from "./dashboard.ts";

startDashboard();
