/** Starts the app: language, the last person's data, the screens, the service worker. */
import { createApp } from "vue";
import "../ui/app.css";
import App from "./App.vue";
import { startLocale } from "./i18n.ts";
import { registerWorker } from "./update.ts";

startLocale();
createApp(App).mount("#app");
void registerWorker();
