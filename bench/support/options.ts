export function wholeNumber(option: string, word: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(word)) {
    throw new Error(`${option} takes whole numbers from 1, not "${word}"`);
  }
  return Number(word);
}
