export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** With a capital, unless it begins with a formula. */
export const sentence = (text: string) => (/^[a-z]{2}/.test(text) ? capital(text) : text);
