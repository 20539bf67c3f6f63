import { en, type Strings } from "./en.js";
import { fr } from "./fr.js";

export type { Strings };

export type Language = "en" | "fr";

export const languages: Record<Language, Strings> = { en, fr };

/** The language of a tag such as `fr-CA`; English for what the page does not speak. */
export function languageOf(tag: string): Language {
  return /^fr\b/i.test(tag) ? "fr" : "en";
}
