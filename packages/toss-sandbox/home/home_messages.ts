import type { Language } from "../toss_codes.ts";
import { en } from "./en.ts";
import { type HomeMessages, ko } from "./ko.ts";

export type { Done, HomeMessages } from "./ko.ts";

export const messagesOf = (language: Language): HomeMessages => (language === "ko" ? ko : en);
